import { inspect, parseArgs } from 'node:util';
import { createSandbox } from '../src/index.ts';
import { type RunningRedis, runRedis } from '../test/support/redis-server.ts';
import { runExports } from './endurance/exports.ts';
import { runFuzz } from './endurance/fuzz.ts';
import { type Health, watchHealth } from './endurance/health.ts';
import { runLoad } from './endurance/load.ts';
import { watchMemory } from './endurance/memory.ts';
import { readModel } from './endurance/model.ts';
import { startRecorded } from './endurance/recorded.ts';
import { startReplica, tokenOf } from './endurance/replica.ts';
import { builtGateway, type Server, startServer, stopAll } from './processes.ts';

const usage = `npm run endurance -- [flags]

Puts two replicas with one Redis, over a sandbox of which one call in twenty fails, under load as users make it: every answer is compared with the sandbox's
world. Redis is ended and started again twice meanwhile. Two more replicas with a record, over a world that changes, tell subscribers of the changes, which are
compared with what was changed; their PostgreSQL is ended and started again once. Then sends one replica odd requests. Watches memory and /healthz all along. Ends with 1
where an answer is wrong, a replica ends or its memory grows, or one in a hundred answers of /healthz takes longer by its limit
than those of a process that does nothing.

  --minutes N       of load, default 10
  --connections N   default 500
  --subscribers N   streams of events, default 60; 0: none, and no record
  --pause-ms N      longest that a connection waits before its next question, default 20000
  --health-ms N     limit of /healthz, default 50
  --requests N      odd ones, default 20000
  --subjects N      size of the world, default 2000
  --gateway PATH    a command to start instead of what "npm run build" makes`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    connections: { type: 'string', default: '500' },
    subscribers: { type: 'string', default: '60' },
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

/** What ends each thing that was started and is no process of node. */
const ends: (() => unknown)[] = [];
const endAll = async (): Promise<void> => {
  stopAll();
  for (const end of ends.splice(0).reverse()) await end();
};

const run = async (): Promise<void> => {
  const sandbox = await createSandbox({ subjects: Number(values.subjects), rateLimit: false, fairUse: false });
  ends.push(() => sandbox.close());
  const users = ['administrator', 'customer', 'administrator', 'administrator'];
  const tokens = await Promise.all(users.map((name) => tokenOf(sandbox, name)));
  const models = await Promise.all(
    tokens.map((token, index) => readModel(sandbox.url, token, users[index] === 'customer' ? undefined : sandbox.urls)),
  );
  sandbox.control.setFaults([...faults]);
  const redis = await runRedis();
  ends.push(() => redis.remove());
  const { gateway } = values;
  const asked = await Promise.all([1, 2].map(() => startReplica({ gateway, sandbox, redisUrl: redis.url })));
  const gatewayUrls = asked.map(({ url }) => url);
  const subscribers = Number(values.subscribers);
  const recorded =
    subscribers > 0
      ? await startRecorded({
          gateway,
          redisUrl: redis.url,
          subjects: Number(values.subjects),
          faults,
          subscribers,
          onStarted: (end) => ends.push(end),
        })
      : undefined;
  if (recorded === undefined) print('without subscriptions: none are wanted, or there is no PostgreSQL');
  const replicas = [...asked, ...(recorded?.replicas ?? [])];
  const idle = await startServer({ program: ['./servers/idle.js'], hasOwnCore: false });
  const complaints: string[] = [];
  const seconds = Number(values.minutes) * 60;

  const memories = replicas.map((replica, index) => watchMemory(replica, index / replicas.length));
  const healths = replicas.map(({ url }) => watchHealth(url));
  const idleHealth = watchHealth(idle.url);
  const [load, exports, told] = await Promise.all([
    runLoad({
      gatewayUrls,
      models,
      connections: Number(values.connections),
      maxPauseMs: Number(values['pause-ms']),
      seconds,
      seed: 1,
    }),
    runExports({ gatewayUrls, models: models.slice(0, 2), seconds }),
    recorded?.run(seconds),
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
  if (told !== undefined) {
    print(
      `subscriptions: ${told.events} events in ${told.streams} streams of ${told.changes} changes, ${told.wrong.length} wrong`,
    );
  }
  const calls = sandbox.transcript();
  const failing = calls.filter(({ fault }) => fault !== undefined).length;
  print(`upstream: ${calls.at(-1)?.number} calls; of the last ${calls.length} ${failing} failed`);
  complaints.push(...wrong, ...exports.wrong, ...(told?.wrong ?? []));
  const yardstick = await idleHealth.stop();
  print(`an idle process beside them: ${written(yardstick)}`);
  for (const [index, watched] of healths.entries()) {
    const health = await watched.stop();
    const memory = memories[index]?.stop();
    print(`replica ${index + 1}${index < asked.length ? '' : ', with a record'}: /healthz ${written(health)}`);
    print(`  memory: ${memory?.text}; processor time: ${((replicas[index]?.usage()?.cpuMs ?? 0) / 1000).toFixed(0)} s`);
    if (health.p99Ms - yardstick.p99Ms > Number(values['health-ms']))
      complaints.push(`/healthz of replica ${index + 1} is too slow`);
    if (health.failed > 0) complaints.push(`/healthz of replica ${index + 1} failed`);
    if (memory?.grew === true) complaints.push(`the memory of replica ${index + 1} grew under load`);
  }

  sandbox.control.setFaults([]);
  const [replica] = asked as [Server, Server];
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
  for (const complaint of complaints) print(complaint);
  process.exitCode = complaints.length === 0 ? 0 : 1;
};

const written = ({ medianMs, p99Ms, longestMs, answers, failed }: Health): string =>
  `median ${medianMs.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, longest ${longestMs.toFixed(0)} ms, of ${answers}, ${failed} failed`;

const main = async (): Promise<void> => {
  if (values.help === true) return print(usage);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void endAll().finally(() => process.exit(1)));
  }
  try {
    await run();
  } catch (error) {
    process.stderr.write(`endurance: ${inspect(error)}\n`);
    process.exitCode = 1;
  } finally {
    await endAll();
  }
};

await main();
