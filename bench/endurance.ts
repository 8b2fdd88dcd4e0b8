import { parseArgs } from 'node:util';
import { createSandbox, type Sandbox } from '../src/index.ts';
import { type RunningRedis, runRedis } from '../test/support/redis-server.ts';
import { runExports } from './endurance/exports.ts';
import { runFuzz } from './endurance/fuzz.ts';
import { type Health, watchHealth } from './endurance/health.ts';
import { runLoad } from './endurance/load.ts';
import { watchMemory } from './endurance/memory.ts';
import { readModel } from './endurance/model.ts';
import { builtGateway, type Server, startServer, stopAll } from './processes.ts';

const usage = `npm run endurance -- [flags]

Puts two replicas with one Redis, over a sandbox of which one call in twenty fails, under load as users make it: every answer is compared with the sandbox's
world. Redis is ended and started again twice meanwhile. Then sends one replica odd requests. Watches memory and /healthz all along. Ends with 1
where an answer is wrong, a replica ends or its memory grows, or one in a hundred answers of /healthz takes longer by its limit
than those of a process that does nothing.

  --minutes N       of load, default 10
  --connections N   default 500
  --pause-ms N      longest that a connection waits before its next question, default 20000
  --health-ms N     limit of /healthz, default 50
  --requests N      odd ones, default 20000
  --subjects N      size of the world, default 2000
  --gateway PATH    a command to start instead of what "npm run build" makes`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    connections: { type: 'string', default: '500' },
    'pause-ms': { type: 'string', default: '20000' },
    'health-ms': { type: 'string', default: '50' },
    requests: { type: 'string', default: '20000' },
    subjects: { type: 'string', default: '2000' },
    gateway: { type: 'string', default: builtGateway },
    help: { type: 'boolean' },
  },
});

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const faults = [
  { probability: 0.01, status: 500 },
  { probability: 0.01, status: 503 },
  { probability: 0.01, form: 'reset' },
  { probability: 0.01, form: 'cut' },
  { probability: 0.01, form: 'malformed' },
] as const;

/** When Redis goes away and comes back, in parts of the time. */
const outages = [
  { from: 0.3, to: 0.4 },
  { from: 0.6, to: 0.7 },
];

const endAndStart = async (redis: RunningRedis, seconds: number): Promise<void> => {
  let passed = 0;
  const until = async (part: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, (part - passed) * seconds * 1000));
    passed = part;
  };
  for (const { from, to } of outages) {
    await until(from);
    await redis.stop();
    await until(to);
    await redis.start();
  }
};

const tokenOf = async (sandbox: Sandbox, name: string): Promise<string> => {
  const user = sandbox.users.find((known) => known.name.startsWith(name));
  const response = await fetch(sandbox.tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', username: user?.name ?? '', password: user?.password ?? '' }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
};

const main = async (): Promise<void> => {
  if (values.help === true) return print(usage);
  const sandbox = await createSandbox({ subjects: Number(values.subjects), rateLimit: false, fairUse: false });
  const users = ['administrator', 'customer', 'administrator', 'administrator'];
  const tokens = await Promise.all(users.map((name) => tokenOf(sandbox, name)));
  const models = await Promise.all(
    tokens.map((token, index) => readModel(sandbox.url, token, users[index] === 'customer' ? undefined : sandbox.urls)),
  );
  sandbox.control.setFaults([...faults]);
  const redis = await runRedis();
  const replicas = await Promise.all([1, 2].map(() => startReplica(sandbox, redis.url)));
  const gatewayUrls = replicas.map(({ url }) => url);
  const idle = await startServer({ program: ['./servers/idle.js'], hasOwnCore: false });
  const complaints: string[] = [];
  const seconds = Number(values.minutes) * 60;

  const memories = replicas.map(watchMemory);
  const healths = gatewayUrls.map(watchHealth);
  const idleHealth = watchHealth(idle.url);
  const [load, exports] = await Promise.all([
    runLoad({
      gatewayUrls,
      models,
      connections: Number(values.connections),
      maxPauseMs: Number(values['pause-ms']),
      seconds,
      seed: 1,
    }),
    runExports({ gatewayUrls, models: models.slice(0, 2), seconds }),
    endAndStart(redis, seconds),
  ]);
  const { answers, right, refused, wrong, medianMs, p99Ms } = load;
  print(
    `load: ${answers} answers over ${values.connections} connections in ${seconds} s, median ${medianMs.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms`,
  );
  print(
    `  ${right} right, ${wrong.length} wrong, with errors for upstream's sake: ${JSON.stringify(Object.fromEntries(refused))}`,
  );
  print(
    `exports: ${exports.whole} whole and right, ${exports.wrong.length} wrong, others: ${JSON.stringify(Object.fromEntries(exports.failed))}`,
  );
  const calls = sandbox.transcript();
  const failing = calls.filter(({ fault }) => fault !== undefined).length;
  print(`upstream: ${calls.at(-1)?.number} calls; of the last ${calls.length} ${failing} failed`);
  complaints.push(...wrong, ...exports.wrong);
  const yardstick = await idleHealth.stop();
  print(`an idle process beside them: ${written(yardstick)}`);
  for (const [index, watched] of healths.entries()) {
    const health = await watched.stop();
    const memory = memories[index]?.stop();
    print(`replica ${index + 1}: /healthz ${written(health)}`);
    print(`  memory: ${memory?.text}; processor time: ${((replicas[index]?.usage()?.cpuMs ?? 0) / 1000).toFixed(0)} s`);
    if (health.p99Ms - yardstick.p99Ms > Number(values['health-ms']))
      complaints.push(`/healthz of replica ${index + 1} is too slow`);
    if (health.failed > 0) complaints.push(`/healthz of replica ${index + 1} failed`);
    if (memory?.grew === true) complaints.push(`the memory of replica ${index + 1} grew under load`);
  }

  sandbox.control.setFaults([]);
  const [replica] = replicas as [Server, Server];
  const memory = watchMemory(replica);
  const odd = await runFuzz({
    gatewayUrl: replica.url,
    token: tokens[0] ?? '',
    requests: Number(values.requests),
    seed: 1,
  });
  const { text, grew } = memory.stop();
  print(`odd requests: ${values.requests}, ${odd.length} answered as they must not be`);
  print(`  memory: ${text}`);
  complaints.push(...odd, ...(grew ? ['memory grew under odd requests'] : []));

  await Promise.all([...replicas, idle].map((server) => server.stop()));
  await redis.remove();
  await sandbox.close();
  for (const complaint of complaints) print(complaint);
  process.exitCode = complaints.length === 0 ? 0 : 1;
};

const written = ({ medianMs, p99Ms, longestMs, answers, failed }: Health): string =>
  `median ${medianMs.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, longest ${longestMs.toFixed(0)} ms, of ${answers}, ${failed} failed`;

const startReplica = (sandbox: Sandbox, redisUrl: string): Promise<Server> =>
  startServer({
    program: [values.gateway, 'serve'],
    // Two replicas, and whatever else the machine does, share all that there is.
    hasOwnCore: false,
    environment: {
      PORT: '0',
      ROLESCOPE_UPSTREAM_URL: sandbox.url,
      ROLESCOPE_TOKEN_URL: sandbox.tokenUrl,
      ROLESCOPE_USERS_URL: sandbox.urls.users,
      ROLESCOPE_DEVICES_URL: sandbox.urls.devices,
      ROLESCOPE_POLICIES_URL: sandbox.urls.policies,
      ROLESCOPE_REDIS_URL: redisUrl,
      ROLESCOPE_RATE_LIMIT: '1000000',
      ROLESCOPE_ADDRESS_RATE_LIMIT: '1000000',
      // Short, so that both ways are walked: from kept pages and names, and from upstream.
      ROLESCOPE_CACHE_TTL_MS: '2000',
      ROLESCOPE_NAMES_TTL_MS: '5000',
      ROLESCOPE_LOG_LEVEL: 'silent',
      ROLESCOPE_SUBGRAPH: 'true',
    },
  });

main().catch((error: unknown) => {
  stopAll();
  process.stderr.write(`endurance: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
