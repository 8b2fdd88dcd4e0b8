import { parseArgs } from 'node:util';
import { programOf } from './contenders.ts';
import { startServer, startUpstream, stopAll, type Server } from './processes.ts';

const usage = `npm run bench:memory -- [flags]

One caller walks a whole account in pages of 1000, with the cache as large as it is by default and nothing ever stale, and
looks a subject up now and then. Fails where the gateway's process ever took more memory than the limit.

  --subjects N       size of the account, default 1000000
  --limit-mb N       default 600`;

const { values } = parseArgs({
  options: { subjects: { type: 'string' }, 'limit-mb': { type: 'string' }, help: { type: 'boolean' } },
});

interface Walked {
  readonly data: {
    readonly subjects: {
      readonly nodes: readonly { readonly reference: string }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    };
  };
}

const page = `query ($after: String) {
  subjects(first: 1000, after: $after) {
    nodes { reference type roles { nodes { name scopes { nodes { kind uuid } } } } }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** What the README recommends: twice the cache. Without it V8 lets garbage pile up while there is room, to 660 MB (Node 20) or 780 MB (Node 24) for 500,000 subjects. */
const heapLimitMb = 512;

const megabytes = (bytes: number | undefined): number => Math.round((bytes ?? Number.NaN) / 1e6);

const walk = async (gateway: Server, token: string): Promise<number> => {
  const ask = async (query: string, variables: object): Promise<unknown> => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  };
  let count = 0;
  let after: string | null = null;
  for (let pages = 1; ; pages++) {
    const { subjects }: Walked['data'] = ((await ask(page, { after })) as Walked).data;
    count += subjects.nodes.length;
    if (pages % 20 === 0) {
      const { reference } = subjects.nodes[0] as { reference: string };
      await ask('query ($reference: String!) { subject(reference: $reference) { id } }', { reference });
    }
    if (pages % 100 === 0) print(`${count} subjects read, ${megabytes(gateway.usage()?.memoryBytes)} MB`);
    if (!subjects.pageInfo.hasNextPage) return count;
    after = subjects.pageInfo.endCursor;
  }
};

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const run = async (subjects: number, limitMb: number): Promise<void> => {
  const upstream = await startUpstream(subjects);
  const gateway = await startServer(
    programOf('nodes', {
      upstreamUrl: upstream.url,
      cache: true,
      environment: {},
      nodeFlags: [`--max-old-space-size=${heapLimitMb}`],
    }),
  );
  try {
    const count = await walk(gateway, upstream.token);
    const calls = await upstream.calls();
    const peakMb = megabytes(gateway.usage()?.peakMemoryBytes);
    print(`${count} subjects, ${calls} calls, at most ${peakMb} MB`);
    if (count !== subjects || !(peakMb <= limitMb)) process.exitCode = 1;
  } finally {
    await gateway.stop();
    await upstream.stop();
  }
};

if (values.help === true) {
  print(usage);
} else {
  try {
    await run(Number(values.subjects ?? 1_000_000), Number(values['limit-mb'] ?? 600));
  } finally {
    stopAll();
  }
}
