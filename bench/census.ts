import { parseArgs } from 'node:util';
import { programOf } from './contenders.ts';
import { startServer, startUpstream, stopAll, type Server, type Upstream } from './processes.ts';

const usage = `npm run bench:census -- [flags]

One caller asks for the census of a whole account, upstream without a limit: its time beside that of walking the list without a gateway, how long a small
question of somebody else waits meanwhile, what later questions take, and memory before and after.

  --subjects N       size of the account, default 100000
  --cache-mb N       memory for what is kept, default 256 for each 200,000 subjects`;

const { values } = parseArgs({
  options: { subjects: { type: 'string' }, 'cache-mb': { type: 'string' }, help: { type: 'boolean' } },
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

const questions: Readonly<Record<string, string>> = {
  'roles, first page': '{ census { roles { totalCount nodes { name } } } }',
  'scopes, first page': '{ census { scopes { totalCount nodes { uuid } } } }',
  'matrix of 50 by 50': '{ census { matrix { everywhere } } }',
  'scopes of a role': '{ role(name: "admin") { scopes { totalCount nodes { uuid } } } }',
  'who can act at a site, first page':
    '{ scope(by: { siteUuid: "6a1f0b9e-0000-4000-8000-000000000000" }) { access(reasons: [DIRECT, GLOBAL], subjectType: USER) { totalCount nodes { reference } } } }',
  'a check': '{ checkAccess(subject: { reference: "nobody", type: SERVICE }, roleName: "admin") { isAllowed } }',
  'findings without names, first page':
    '{ census { findings(kinds: [GLOBAL_GRANT, BROAD_GRANT, WITHOUT_ROLES]) { totalCount nodes { kind } } } }',
};

const run = async (subjects: number, cacheMb: number): Promise<void> => {
  const upstream = await startUpstream(subjects);
  const gateway: Server = await startServer(
    programOf('nodes', {
      upstreamUrl: upstream.url,
      cache: true,
      environment: { ROLESCOPE_CACHE_MAX_BYTES: String(cacheMb * 1024 * 1024), ROLESCOPE_TIMEOUT_MS: '600000' },
      nodeFlags: [`--max-old-space-size=${Math.max(512, 3 * cacheMb)}`],
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
    const other = { isOver: false };
    const waits: number[] = [];
    const others = (async () => {
      while (!other.isOver) {
        waits.push((await timed(() => ask('{ __typename }'))).ms);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    const census = await timed(() => ask('{ census { subjectCount } }'));
    other.isOver = true;
    await others;
    print(
      `census in ${Math.round(census.ms)} ms, ${(census.ms / bare.ms).toFixed(2)} × the walk; meanwhile another question waited for ${Math.round(Math.max(...waits))} ms at most`,
    );
    const usage = gateway.usage();
    print(
      `memory ${idleMb} MB idle, ${megabytes(usage?.memoryBytes)} MB with the census, ${megabytes(usage?.peakMemoryBytes)} MB at most`,
    );
    for (const [what, query] of Object.entries(questions)) {
      const first = await timed(() => ask(query));
      // Written differently, so that no kept answer is given.
      const again = await timed(() => ask(`query Again ${query}`));
      print(`${what}: ${first.ms.toFixed(1)} ms, then ${again.ms.toFixed(1)} ms`);
    }
  } finally {
    await gateway.stop();
    await upstream.stop();
  }
};

const megabytes = (bytes: number | undefined): number => Math.round((bytes ?? Number.NaN) / 1e6);

if (values.help === true) {
  print(usage);
} else {
  const subjects = Number(values.subjects ?? 100_000);
  const cacheMb = Number(values['cache-mb'] ?? Math.ceil(subjects / 200_000) * 256);
  try {
    await run(subjects, cacheMb);
  } finally {
    stopAll();
  }
}
