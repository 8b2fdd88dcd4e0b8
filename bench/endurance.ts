import { parseArgs } from 'node:util';
import { createSandbox, type Sandbox } from '../src/index.ts';
import { runFuzz } from './endurance/fuzz.ts';
import { runLoad } from './endurance/load.ts';
import { readModel } from './endurance/model.ts';
import { type Server, startServer, stopAll } from './processes.ts';

const usage = `npm run endurance -- [flags]

Puts a gateway, over a sandbox of which one call in twenty fails, under load for a while: every answer is compared with the sandbox's world. Then sends
it odd requests. Watches its memory all along. Ends with 1 where an answer is wrong, the gateway ends, or its memory grows.

  --seconds N       of load, default 60
  --connections N   default 500
  --requests N      odd ones, default 100000
  --subjects N      size of the world, default 2000`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    connections: { type: 'string', default: '500' },
    requests: { type: 'string', default: '100000' },
    subjects: { type: 'string', default: '2000' },
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

/** Part of the time after which memory is expected to stay level. */
const warmUp = 0.4;
/** How much the median of the last readings may be above that of the first ones after the warm-up. */
const maxGrowth = 1.15;

/** Reads the gateway's memory while `work` goes on, in megabytes. */
const watchMemory = async <Value>(
  server: Server,
  work: Promise<Value>,
): Promise<{ value: Value; level: string; grew: boolean }> => {
  const readings: number[] = [];
  const timer = setInterval(() => readings.push((server.usage()?.memoryBytes ?? 0) / 1e6), 250);
  try {
    const value = await work;
    const level = readings.slice(Math.floor(readings.length * warmUp));
    const third = Math.max(1, Math.floor(level.length / 3));
    const [first, last] = [median(level.slice(0, third)), median(level.slice(-third))];
    const text = `${first.toFixed(0)} MB after the warm-up, ${last.toFixed(0)} MB at the end, ${Math.max(0, ...readings).toFixed(0)} MB at most`;
    return { value, level: text, grew: last > first * maxGrowth };
  } finally {
    clearInterval(timer);
  }
};

const median = (readings: readonly number[]): number => readings.toSorted((a, b) => a - b)[readings.length >> 1] ?? 0;

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
  const models = await Promise.all(tokens.map((token) => readModel(sandbox.url, token)));
  sandbox.control.setFaults([...faults]);
  const gateway = await startServer({
    program: ['../src/cli/main.js', 'serve'],
    environment: {
      PORT: '0',
      ROLESCOPE_UPSTREAM_URL: sandbox.url,
      ROLESCOPE_RATE_LIMIT: '1000000',
      // Short, so that both ways are walked: from kept pages and from upstream.
      ROLESCOPE_CACHE_TTL_MS: '500',
      ROLESCOPE_LOG_LEVEL: 'silent',
      ROLESCOPE_SUBGRAPH: 'true',
    },
  });
  const complaints: string[] = [];

  const load = await watchMemory(
    gateway,
    runLoad({
      gatewayUrl: gateway.url,
      models,
      connections: Number(values.connections),
      seconds: Number(values.seconds),
      seed: 1,
    }),
  );
  const { answers, right, refused, wrong, medianMs, p99Ms } = load.value;
  print(
    `load: ${answers} answers over ${values.connections} connections in ${values.seconds} s, median ${medianMs.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms`,
  );
  print(
    `  ${right} right, ${wrong.length} wrong, refused for upstream's sake: ${JSON.stringify(Object.fromEntries(refused))}`,
  );
  print(`  memory: ${load.level}`);
  complaints.push(...wrong, ...(load.grew ? ['memory grew under load'] : []));

  sandbox.control.setFaults([]);
  const fuzz = await watchMemory(
    gateway,
    runFuzz({ gatewayUrl: gateway.url, token: tokens[0] ?? '', requests: Number(values.requests), seed: 1 }),
  );
  print(`odd requests: ${values.requests}, ${fuzz.value.length} answered as they must not be`);
  print(`  memory: ${fuzz.level}`);
  complaints.push(...fuzz.value, ...(fuzz.grew ? ['memory grew under odd requests'] : []));

  await gateway.stop();
  await sandbox.close();
  for (const complaint of complaints) print(complaint);
  process.exitCode = complaints.length === 0 ? 0 : 1;
};

main().catch((error: unknown) => {
  stopAll();
  process.stderr.write(`endurance: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
