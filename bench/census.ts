import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { programOf } from './contenders.ts';
import { startServer, startUpstream, stopAll, type Server, type Upstream } from './processes.ts';

const usage = `npm run bench:census -- [flags]

One caller asks for the census of a whole account, upstream without a limit: its time beside that of walking the list without a gateway, how long a small
question of somebody else waits meanwhile, what the first page of each question takes that is answered from it, and memory before and after.

  --subjects N       size of the account, default 100000
  --cache-mb N       memory for what is kept, default 64 and as many for each 100,000 subjects
  --heap-mb N        Node's --max-old-space-size, default as much as the cache, 256 at least
  --stretches        instead of processor time, the longest stretch in which the census and each question hold the event loop (Linux)`;

const { values } = parseArgs({
  options: {
    subjects: { type: 'string' },
    'cache-mb': { type: 'string' },
    'heap-mb': { type: 'string' },
    stretches: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const timed = async <Value>(work: () => Promise<Value>): Promise<{ readonly value: Value; readonly ms: number }> => {
  const startedAtMs = performance.now();
  const value = await work();
  return { value, ms: performance.now() - startedAtMs };
};

/** Every page of a thousand, read and parsed, one after the other. */
const walkBare = async ({ url, token }: Upstream): Promise<number> => {
  let count = 0;
  let pageToken = '';
  do {
    const response = await fetch(
      `${url}/v2/role-assignments?pageSize=1000&pageToken=${encodeURIComponent(pageToken)}`,
      {
        headers: { authorization: `Bearer ${token}` },
      },
    );
    const body = (await response.json()) as { assignments: readonly unknown[]; nextPageToken?: string };
    count += body.assignments.length;
    pageToken = body.nextPageToken ?? '';
  } while (pageToken !== '');
  return count;
};

/** Asked in this order, each for the first time since the census was made: what is made once for it is made then. */
const questions: Readonly<Record<string, string>> = {
  roles: '{ census { roles { totalCount nodes { name } } } }',
  scopes: '{ census { scopes { totalCount nodes { uuid } } } }',
  'scopes of one kind': '{ census { scopes(kind: DEVICE) { totalCount nodes { uuid } } } }',
  'scopes of a role': '{ role(name: "admin") { scopes { totalCount nodes { uuid } } } }',
  'matrix of 50 by 50': '{ census { matrix { everywhere } } }',
  'findings without names':
    '{ census { findings(kinds: [GLOBAL_GRANT, BROAD_GRANT, WITHOUT_ROLES, UNKNOWN_KIND]) { totalCount nodes { kind subject { reference } } } } }',
  'holders of a role': '{ role(name: "admin") { subjects { totalCount nodes { reference } } } }',
  'who can act at a site':
    '{ scope(by: { siteUuid: "6a1f0b9e-0000-4000-8000-000000000000" }) { access(reasons: [DIRECT, GLOBAL], subjectType: USER) { totalCount nodes { reference } } } }',
  // Before anything else is looked up by its reference.
  'a subject by its reference': '{ subject(reference: "nobody") { reference } }',
  'a check': '{ checkAccess(subject: { reference: "nobody", type: SERVICE }, roleName: "admin") { isAllowed } }',
};

const run = async ({
  subjects,
  cacheMb,
  heapMb,
  areStretches,
}: Readonly<Record<'subjects' | 'cacheMb' | 'heapMb', number>> & { readonly areStretches: boolean }): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'rolescope-bench-'));
  const stretchFile = join(folder, 'stretch');
  const upstream = await startUpstream(subjects);
  const gateway: Server = await startServer(
    programOf('nodes', {
      upstreamUrl: upstream.url,
      cache: true,
      environment: {
        ROLESCOPE_CACHE_MAX_BYTES: String(cacheMb * 1024 * 1024),
        ROLESCOPE_TIMEOUT_MS: '600000',
        BENCH_STRETCHES: stretchFile,
      },
      nodeFlags: [
        `--max-old-space-size=${heapMb}`,
        ...(areStretches ? [`--import=${new URL('./servers/stretches.js', import.meta.url).href}`] : []),
      ],
    }),
  );
  const ask = async (query: string): Promise<unknown> => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${upstream.token}`,
      },
      body: JSON.stringify({ query }),
    });
    const answer = (await response.json()) as { readonly errors?: unknown };
    if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors));
    return answer;
  };
  try {
    await walkBare(upstream);
    const bare = await timed(() => walkBare(upstream));
    print(`${bare.value} subjects walked without a gateway in ${Math.round(bare.ms)} ms`);
    await ask('{ __typename }');
    const idleMb = megabytes(gateway.usage()?.memoryBytes);
    /** Answers how long somebody else waited at most for a question that costs nothing. */
    const whileOthersAsk = async (work: () => Promise<unknown>): Promise<number> => {
      const state = { isOver: false };
      const waits: number[] = [0];
      const others = (async () => {
        while (!state.isOver) {
          waits.push((await timed(() => ask('{ __typename }'))).ms);
          await pauseMs(5);
        }
      })();
      await work();
      state.isOver = true;
      await others;
      return Math.max(...waits);
    };
    /** With the processor time of the gateway. */
    const measured = async (query: string): Promise<{ readonly ms: number; readonly cpuMs: number }> => {
      const before = gateway.usage()?.cpuMs ?? Number.NaN;
      const { ms } = await timed(() => ask(query));
      return { ms, cpuMs: (gateway.usage()?.cpuMs ?? Number.NaN) - before };
    };
    /** The longest time for which work holds the loop of the gateway, in milliseconds of its processor time. */
    const longestStretch = async (work: () => Promise<unknown>): Promise<number> => {
      writeFileSync(stretchFile, 'begun');
      gateway.signal('SIGUSR2');
      while (readFileSync(stretchFile, 'utf8') !== '') await pauseMs(1);
      await work();
      // What it has begun for later belongs to it.
      await pauseMs(2000);
      gateway.signal('SIGUSR2');
      while (readFileSync(stretchFile, 'utf8') === '') await pauseMs(1);
      return Number(readFileSync(stretchFile, 'utf8'));
    };
    if (areStretches) {
      const ms = await longestStretch(() => ask('{ census { subjectCount } }'));
      print(`census, the walk included: ${ms.toFixed(1)} ms in one stretch`);
    } else {
      const census = { ms: 0, cpuMs: 0 };
      const waitedMs = await whileOthersAsk(async () =>
        Object.assign(census, await measured('{ census { subjectCount } }')),
      );
      print(
        `census in ${Math.round(census.ms)} ms, ${(census.ms / bare.ms).toFixed(2)} × the walk, ${Math.round(census.cpuMs)} ms of processor time; meanwhile another question waited for ${Math.round(waitedMs)} ms at most`,
      );
    }
    const held = gateway.usage();
    print(
      `memory ${idleMb} MB idle, ${megabytes(held?.memoryBytes)} MB with the census, ${megabytes(held?.peakMemoryBytes)} MB at most`,
    );
    for (const [what, query] of Object.entries(questions)) {
      if (areStretches) {
        const first = await longestStretch(() => ask(query));
        const again = await longestStretch(() => ask(`query Again ${query}`));
        print(`${what}, first page: ${first.toFixed(1)} ms in one stretch, then ${again.toFixed(1)}`);
        continue;
      }
      const first = { ms: 0, cpuMs: 0 };
      const waited = await whileOthersAsk(async () => Object.assign(first, await measured(query)));
      // Written differently, so that no kept answer is given.
      const again = await measured(`query Again ${query}`);
      print(
        `${what}, first page: ${first.ms.toFixed(1)} ms (${first.cpuMs.toFixed(1)} of processor time; another question waited for ${waited.toFixed(1)}), then ${again.ms.toFixed(1)} ms (${again.cpuMs.toFixed(1)})`,
      );
    }
    // Looking at each turn of the loop makes garbage of its own.
    if (areStretches) return;
    print(
      `memory ${megabytes(gateway.usage()?.memoryBytes)} MB after all, ${megabytes(gateway.usage()?.peakMemoryBytes)} MB at most`,
    );
  } finally {
    await gateway.stop();
    await upstream.stop();
    rmSync(folder, { recursive: true });
  }
};

const pauseMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const megabytes = (bytes: number | undefined): number => Math.round((bytes ?? Number.NaN) / 1e6);

if (values.help === true) {
  print(usage);
} else {
  const subjects = Number(values.subjects ?? 100_000);
  const cacheMb = Number(values['cache-mb'] ?? 64 + Math.ceil(subjects / 100_000) * 64);
  const heapMb = Number(values['heap-mb'] ?? Math.max(256, cacheMb));
  try {
    await run({ subjects, cacheMb, heapMb, areStretches: values.stretches === true });
  } finally {
    stopAll();
  }
}
