import { parseArgs } from 'node:util';
import { legal, refusals, withoutCredential } from '../test/hostile/attacks.ts';
import { runLoad, type LoadResult } from '../test/hostile/load.ts';
import type { HostileAnswer, HostileRequest } from '../test/hostile/measured-gateway.ts';
import {
  builtGateway,
  pinDriver,
  type Server,
  startServer,
  startUpstream,
  stopAll,
  type Upstream,
} from './processes.ts';
import { spreadOf, thirdsOf } from './summary.ts';

const usage = `npm run bench:hostile -- [flags]

Asks small questions at a rate, in a heap of 256 MB: alone; for a minute beside three callers who ask the worst that they may; and then beside these, one
without a credential, one with made-up tokens, and one whose documents are refused. Ends with 1 where the gateway ends, a small question fails, one in a
hundred takes longer than its limit, or memory grows after the first two minutes (which takes a run of four to tell).

  --minutes N       beside all of them, default 10
  --p99-ms N        limit of small questions beside the three callers, default 50
  --p99-all-ms N    the same beside all, default 250
  --per-second N    small questions, default 20
  --subjects N      size of the account, default 2000`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    'p99-ms': { type: 'string', default: '50' },
    'p99-all-ms': { type: 'string', default: '250' },
    'per-second': { type: 'string', default: '20' },
    subjects: { type: 'string', default: '2000' },
    help: { type: 'boolean' },
  },
});

const heapMb = 256;
/** Seconds after which memory is expected to stay level. A run in which less than that follows is too short to tell. */
const levelAfterSeconds = 120;
/** How much the median of the last third of the readings after that may be above that of the first. */
const maxGrowth = 1.15;
const readingMs = 500;
const aloneSeconds = 10;
const callersSeconds = 60;
/** The first of the neighbours: those who have a credential. */
const callerCount = 3;

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** One request of many, in turn. Made anew, because each is asked many times. */
const inTurn =
  (requests: readonly HostileRequest[], change: (request: HostileRequest, turn: number) => HostileRequest) =>
  (turn: number): HostileRequest =>
    change(requests[turn % requests.length] as HostileRequest, turn);

/** Six who are no help: what each asks, by what they are. */
const neighboursOf = ({ otherTokens }: Upstream): Readonly<Record<string, (turn: number) => HostileRequest>> => {
  const [first, second, third] = otherTokens.map((token) => ({ authorization: `Bearer ${token}` }));
  const questions = Object.values(legal);
  const asked = questions.map((query) => ({ body: { query } }));
  return {
    'the worst legal questions': inTurn(asked, ({ body }) => ({ headers: { ...first }, body })),
    'the same, each time another': inTurn(asked, (_request, turn) => ({
      headers: { ...second },
      body: { query: `query Q${turn} ${questions[turn % questions.length] ?? ''}` },
    })),
    'the same, with no-cache': inTurn(asked, ({ body }) => ({
      headers: { ...third, 'cache-control': 'no-cache' },
      body,
    })),
    'without a credential': inTurn(Object.values(withoutCredential), (request) => request),
    'with made-up tokens': inTurn(asked, ({ body }, turn) => ({
      headers: { authorization: `Bearer made-up-${turn}` },
      body,
    })),
    'refused documents': inTurn(Object.values(refusals), (request) => request),
  };
};

/** Sends and reads without keeping what is large: an answer that nobody looks at must not cost this process its time. */
const senderTo =
  (gateway: Server) =>
  async ({ path = '/graphql', headers, body }: HostileRequest): Promise<HostileAnswer> => {
    try {
      const response = await fetch(`${gateway.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      if (Number(response.headers.get('content-length') ?? 0) < 100_000) {
        return { status: response.status, text: await response.text() };
      }
      await response.body?.pipeTo(new WritableStream());
      return { status: response.status, text: '' };
    } catch {
      // No answer. Where the gateway is gone, asking on at once would help nobody.
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return { status: 0, text: '' };
    }
  };

/** Megabytes that the gateway has resident: undefined once it is gone, or where the system does not tell. */
const residentMb = (gateway: Server): number | undefined => {
  try {
    const { memoryBytes } = gateway.usage() ?? {};
    return memoryBytes === undefined ? undefined : memoryBytes / 1e6;
  } catch {
    return undefined;
  }
};

const isAlive = async (gateway: Server): Promise<boolean> => {
  try {
    return (await fetch(`${gateway.url}/healthz`)).ok;
  } catch {
    return false;
  }
};

const describeTimes = ({ asked, failed, p50Ms, p99Ms, maxMs }: LoadResult): string =>
  `${asked} small questions, ${failed} failed, median ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, longest ${maxMs.toFixed(0)} ms`;

const run = async (upstream: Upstream, gateway: Server): Promise<readonly string[]> => {
  const target = { send: senderTo(gateway), token: upstream.token };
  const perSecond = Number(values['per-second']);
  const seconds = Number(values.minutes) * 60;
  print(`alone: ${describeTimes(await runLoad(target, { seconds: aloneSeconds, beside: [], perSecond }))}`);

  const neighbours = neighboursOf(upstream);
  const callers = Object.values(neighbours).slice(0, callerCount);
  const besideCallers = await runLoad(target, { seconds: callersSeconds, beside: callers, perSecond });
  print(`beside three callers, for a minute: ${describeTimes(besideCallers)}`);
  const readings: number[] = [];
  const timer = setInterval(() => {
    const mb = residentMb(gateway);
    if (mb !== undefined) readings.push(mb);
  }, readingMs);
  let beside: LoadResult;
  try {
    beside = await runLoad(target, { seconds, beside: Object.values(neighbours), perSecond });
  } finally {
    clearInterval(timer);
  }
  print(`beside all, for ${values.minutes} minutes: ${describeTimes(beside)}`);
  for (const [number, name] of Object.keys(neighbours).entries()) {
    print(`  ${name}: ${beside.askedBeside[number]} requests`);
  }

  const level = readings.slice((levelAfterSeconds * 1000) / readingMs);
  const [first, last] = thirdsOf(level).map((readings) => spreadOf(readings).median) as [number, number];
  const isTold = seconds >= 2 * levelAfterSeconds && level.length > 2;
  print(
    `memory, heap of ${heapMb} MB: ${isTold ? `${first.toFixed(0)} MB after two minutes, ${last.toFixed(0)} MB at the end, ` : ''}${Math.max(0, ...readings).toFixed(0)} MB at most${isTold ? '' : '; whether it stays level takes four minutes to tell'}`,
  );
  const limitMs = Number(values['p99-ms']);
  const limitAllMs = Number(values['p99-all-ms']);
  const failed = besideCallers.failed + beside.failed;
  return [
    ...((await isAlive(gateway)) ? [] : ['the gateway is gone']),
    ...(failed > 0 ? [`${failed} small questions failed`] : []),
    ...(besideCallers.p99Ms > limitMs ? [`p99 beside three callers is above ${limitMs} ms`] : []),
    ...(beside.p99Ms > limitAllMs ? [`p99 beside all is above ${limitAllMs} ms`] : []),
    ...(isTold && last > first * maxGrowth ? ['memory grew'] : []),
  ];
};

const main = async (): Promise<void> => {
  if (values.help === true) return print(usage);
  pinDriver();
  const upstream = await startUpstream(Number(values.subjects));
  const gateway = await startServer({
    program: [builtGateway, 'serve'],
    nodeFlags: [`--max-old-space-size=${heapMb}`],
    environment: {
      PORT: '0',
      ROLESCOPE_UPSTREAM_URL: upstream.url,
      // Without what upstream allows to one address, calls wait for no turn: the more there is to do.
      ROLESCOPE_RATE_LIMIT: '1000',
      ROLESCOPE_LOG_LEVEL: 'silent',
    },
  });
  const complaints = await run(upstream, gateway);
  await gateway.stop();
  await upstream.stop();
  for (const complaint of complaints) print(complaint);
  process.exitCode = complaints.length === 0 ? 0 : 1;
};

main().catch((error: unknown) => {
  stopAll();
  process.stderr.write(`hostile: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
