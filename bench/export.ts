import { type IncomingMessage, request } from 'node:http';
import { parseArgs } from 'node:util';
import { programOf } from './contenders.ts';
import { pinDriver, startServer, startUpstream, stopAll, type Server } from './processes.ts';

const usage = `npm run bench:export -- [flags]

One client takes an export of a whole account over HTTP, slowly, while /healthz is asked ten times a second. Fails where the gateway's
process ever took more memory than the limit, or /healthz more time than its limit in one of a hundred answers.

  --subjects N           size of the account, default 1000000
  --format csv|ndjson    default csv
  --mb-per-second N      how fast the client reads, default 10
  --limit-mb N           default 300
  --health-ms N          default 50`;

const { values } = parseArgs({
  options: {
    subjects: { type: 'string' },
    format: { type: 'string' },
    'mb-per-second': { type: 'string' },
    'limit-mb': { type: 'string' },
    'health-ms': { type: 'string' },
    help: { type: 'boolean' },
  },
});

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const megabytes = (bytes: number | undefined): number => Math.round((bytes ?? Number.NaN) / 1e6);

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const openExport = (gateway: Server, token: string, format: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request(`${gateway.url}/export?names=false&format=${format}`, { headers: { authorization: `Bearer ${token}` } })
      .once('response', resolve)
      .once('error', reject)
      .end();
  });

interface Read {
  readonly bytes: number;
  readonly lines: number;
}

/** Reads no faster than so many bytes a second. Fails where the transfer is broken off. */
const readSlowly = async (response: IncomingMessage, bytesPerMs: number): Promise<Read> => {
  const startedMs = performance.now();
  let [bytes, lines] = [0, 0];
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
    const earlyMs = bytes / bytesPerMs - (performance.now() - startedMs);
    if (earlyMs > 5) await sleep(earlyMs);
  }
  if (!response.complete) throw new Error('the transfer was broken off');
  return { bytes, lines };
};

interface Health {
  /** When it was asked for, since the watching began. */
  readonly atMs: number;
  readonly tookMs: number;
}

/** Asks for `/healthz` until it is stopped, and gives how long each answer took, the fastest first. */
const watchHealth = (gateway: Server): { stop(): Promise<readonly Health[]> } => {
  const times: Health[] = [];
  const state = { isOver: false };
  const beganMs = performance.now();
  const work = (async () => {
    while (!state.isOver) {
      const startedMs = performance.now();
      await (await fetch(`${gateway.url}/healthz`)).arrayBuffer();
      times.push({ atMs: startedMs - beganMs, tookMs: performance.now() - startedMs });
      await sleep(100);
    }
  })();
  return {
    async stop() {
      state.isOver = true;
      await work;
      return times.toSorted((one, other) => one.tookMs - other.tookMs);
    },
  };
};

interface Limits {
  readonly megabytes: number;
  readonly healthMs: number;
}

const run = async (subjects: number, format: string, bytesPerMs: number, limits: Limits): Promise<void> => {
  const upstream = await startUpstream(subjects);
  const gateway = await startServer(
    programOf('nodes', { upstreamUrl: upstream.url, cache: true, environment: {}, nodeFlags: [] }),
  );
  try {
    await (await fetch(`${gateway.url}/healthz`)).arrayBuffer();
    print(`idle: ${megabytes(gateway.usage()?.memoryBytes)} MB`);
    const startedMs = performance.now();
    const health = watchHealth(gateway);
    const told = setInterval(() => {
      print(`${Math.round((performance.now() - startedMs) / 1000)} s: ${megabytes(gateway.usage()?.memoryBytes)} MB`);
    }, 10_000);
    const { bytes, lines } = await readSlowly(await openExport(gateway, upstream.token, format), bytesPerMs);
    clearInterval(told);
    const seconds = (performance.now() - startedMs) / 1000;
    const times = await health.stop();
    const at = (share: number): number =>
      times[Math.min(times.length - 1, Math.floor(share * times.length))]?.tookMs ?? NaN;
    const peakMb = megabytes(gateway.usage()?.peakMemoryBytes);
    const late = times.filter(({ tookMs }) => tookMs > limits.healthMs);
    print(
      `${subjects} subjects: ${lines} lines, ${megabytes(bytes)} MB in ${seconds.toFixed(1)} s, ${await upstream.calls()} calls, at most ${peakMb} MB of memory`,
    );
    print(
      `/healthz: ${times.length} answers, median ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms, longest ${at(1).toFixed(1)} ms, ${late.length} over ${limits.healthMs} ms${late.map(({ atMs, tookMs }) => `; ${tookMs.toFixed(0)} ms at ${(atMs / 1000).toFixed(1)} s`).join('')}`,
    );
    if (!(peakMb <= limits.megabytes) || at(0.99) > limits.healthMs) process.exitCode = 1;
  } finally {
    await gateway.stop();
    await upstream.stop();
  }
};

if (values.help === true) {
  print(usage);
} else {
  try {
    pinDriver();
    await run(
      Number(values.subjects ?? 1_000_000),
      values.format ?? 'csv',
      Number(values['mb-per-second'] ?? 10) * 1000,
      { megabytes: Number(values['limit-mb'] ?? 300), healthMs: Number(values['health-ms'] ?? 50) },
    );
  } finally {
    stopAll();
  }
}
