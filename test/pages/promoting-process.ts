import { constants, type NodeGCPerformanceDetail, PerformanceObserver } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';
import { createGateway, type GatewaySettings } from '../../src/index.ts';

// Runs in a process of its own, with `--expose-gc` and an old space that begins large enough to be looked through at no other time: what it grows by is what
// was moved there. Its first argument are the gateway's settings and a token, as JSON.

/** What it is started with. */
export interface PromotingTask {
  readonly settings: GatewaySettings;
  readonly token: string;
  readonly rounds: number;
  /** Answers of a round, and as many before the first one. */
  readonly answers: number;
}

/** What it writes of each round, a line of JSON. */
export interface PromotedRound {
  readonly promotedBytesPerAnswer: number;
  /** How often the young generation was collected. */
  readonly scavenges: number;
  /** How often the whole heap was looked through, which makes the other figures worthless. */
  readonly otherCollections: number;
  /** Subjects in all answers. */
  readonly subjects: number;
}

const { settings, token, rounds, answers } = JSON.parse(process.argv[2] ?? '') as PromotingTask;
/** Answers under way at the same time: how many may rightly be alive while garbage is collected. */
const width = 4;

const gateway = createGateway({ port: 0, ...settings });
const query = `query Q($after: String) {
  subjects(first: 50, after: $after) {
    nodes { reference type roles { nodes { name scopes { nodes { kind uuid } } } } }
    pageInfo { endCursor hasNextPage }
  }
}`;

interface PageAnswer {
  readonly subjects: {
    readonly nodes: readonly unknown[];
    readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
  };
}

const ask = async (after: string | undefined): Promise<PageAnswer['subjects']> => {
  const { data } = await gateway.execute({
    query,
    variables: { after },
    operationName: 'Q',
    headers: { authorization: `Bearer ${token}` },
  });
  return (data as unknown as PageAnswer).subjects;
};

/** Where each page of the list begins. */
const readCursors = async (): Promise<readonly (string | undefined)[]> => {
  const cursors: (string | undefined)[] = [undefined];
  for (;;) {
    const { pageInfo } = await ask(cursors.at(-1));
    if (!pageInfo.hasNextPage) return cursors;
    cursors.push(pageInfo.endCursor);
  }
};

const cursors = await readCursors();
let asked = 0;
/** Asks for one page after the other; answers with the number of subjects. */
const askAll = async (): Promise<number> => {
  let left = answers;
  let subjects = 0;
  const askOn = async (): Promise<void> => {
    while (left-- > 0) {
      const { nodes } = await ask(cursors[asked++ % cursors.length]);
      subjects += nodes.length;
    }
  };
  await Promise.all(Array.from({ length: width }, askOn));
  return subjects;
};

const oldSpaceBytes = (): number =>
  getHeapSpaceStatistics()
    .filter(({ space_name }) => space_name === 'old_space' || space_name === 'large_object_space')
    .reduce((sum, { space_used_size }) => sum + space_used_size, 0);

const collections = { scavenges: 0, others: 0 };
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    // Node's types lack what an entry of this kind has besides.
    const { kind } = (entry as { readonly detail?: NodeGCPerformanceDetail }).detail ?? {};
    if (kind === constants.NODE_PERFORMANCE_GC_MINOR) collections.scavenges++;
    else collections.others++;
  }
}).observe({ entryTypes: ['gc'] });

// The first ones load, compile and give objects their shapes.
await askAll();
for (let round = 0; round < rounds; round++) {
  globalThis.gc?.();
  // What was collected is told a turn later.
  await setImmediate();
  await setImmediate();
  Object.assign(collections, { scavenges: 0, others: 0 });
  const before = oldSpaceBytes();
  const subjects = await askAll();
  const promotedBytesPerAnswer = Math.round((oldSpaceBytes() - before) / answers);
  await setImmediate();
  await setImmediate();
  const { scavenges, others } = collections;
  const told: PromotedRound = { promotedBytesPerAnswer, scavenges, otherCollections: others, subjects };
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
await gateway.close();
