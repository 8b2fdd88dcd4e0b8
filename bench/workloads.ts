import type { Ask } from './load.ts';
import { accessAt, censusQuestion, exportOfAll, namedPage, overviewOfConsole } from './questions.ts';
import { byHand, type Dialect, edges, nodes, rest } from './queries.ts';

export const contenderNames = ['bare proxy', 'by hand', 'nodes', 'edges'] as const;
/** Who is asked: the yardstick, the peer, and Rolescope in two dialects. */
export type ContenderName = (typeof contenderNames)[number];

export const dialects: Readonly<Record<ContenderName, Dialect>> = {
  'bare proxy': rest,
  'by hand': byHand,
  nodes,
  edges,
};

/** What is known of the world before the clock runs. */
export interface Known {
  /** References of subjects, in the list's order. */
  readonly references: readonly string[];
  /** Uuids of sites at which somebody holds a role. */
  readonly sites: readonly string[];
  /** Handles on the pages behind the first, in their order. */
  readonly handles: readonly string[];
}

/** What a contender is to reach beside the bare proxy. */
export interface Goal {
  /** Of the proxy's requests a second, at least; for a walk: times the proxy's time, at most. */
  readonly share?: number;
  /** Times the proxy's CPU, at most. */
  readonly cpu?: number;
}

export interface Workload {
  readonly name: string;
  readonly title: string;
  /** Who is asked it. The bare proxy is asked for a page of the list where it has no such question. */
  readonly contenders: readonly ContenderName[];
  readonly goals: Readonly<Partial<Record<ContenderName, Goal>>>;
  /** Whether Rolescope keeps pages and names. The others never do. */
  readonly cache: boolean;
  /** Whether Rolescope is told where names, groups and the tree of places are read. Default: not. */
  readonly hasDirectory?: boolean;
  readonly pageSize: number;
  /** `walk`: each request follows from the answer before it, from the first page to the last. `export`: the same from the proxy, and one export from the gateway. */
  readonly kind: 'load' | 'walk' | 'export';
  readonly connections: number;
  /** Requests after which a server is taken to be warm: compilers count calls, not seconds. */
  readonly warmupRequests: number;
  /** How many pages behind the first are asked for, at most. */
  readonly maxHandles: number;
  /** The n-th request. */
  ask(dialect: Dialect, known: Known, n: number): Ask;
}

const anyPage =
  (pageSize: number): Workload['ask'] =>
  (dialect, { handles }, n) =>
    dialect.page(pageSize, handles[n % (handles.length + 1)]);

/** A question that upstream does not have: beside it the proxy answers a page of 50. */
const onlyHere =
  (ask: (known: Known, n: number) => Ask): Workload['ask'] =>
  (dialect, known, n) =>
    dialect === rest ? rest.page(50, undefined) : ask(known, n);

const small = { kind: 'load', pageSize: 50, connections: 16, warmupRequests: 3000 } as const;
const large = { kind: 'load', pageSize: 1000, connections: 4, warmupRequests: 250 } as const;
const whole = { pageSize: 1000, connections: 1, warmupRequests: 250, maxHandles: 0, ask: anyPage(1000) } as const;
const everybody = contenderNames;
const ours = ['bare proxy', 'nodes', 'edges'] as const;
const onlyUs = ['bare proxy', 'nodes'] as const;

/** An answer is kept whole from the second time on that it comes of kept pages alone. */
const untilKept = (maxHandles: number) => ({ maxHandles, warmupRequests: 4 * (maxHandles + 1) });

/** More questions in turn than the gateway remembers as asked once: no answer is kept whole. */
const moreThanRemembered = 1100;

export const workloads: readonly Workload[] = [
  {
    ...small,
    name: 'pages-50',
    title: 'pages of 50, different each time, nothing kept',
    contenders: everybody,
    goals: { nodes: { share: 0.3, cpu: 4 } },
    cache: false,
    maxHandles: 400,
    ask: anyPage(50),
  },
  {
    ...large,
    name: 'pages-1000',
    title: 'pages of 1000, different each time, nothing kept',
    contenders: everybody,
    goals: { nodes: { share: 0.12, cpu: 9 }, edges: { share: 0.1 } },
    cache: false,
    maxHandles: 99,
    ask: anyPage(1000),
  },
  {
    ...small,
    name: 'subject',
    title: 'one subject, different each time, nothing kept',
    contenders: everybody,
    goals: { nodes: { share: 0.5, cpu: 3 } },
    cache: false,
    maxHandles: 0,
    ask: (dialect, { references }, n) => dialect.subject(references[n % references.length] as string),
  },
  {
    ...small,
    name: 'same',
    title: 'the same page of 50 again, kept',
    contenders: everybody,
    goals: { nodes: { share: 1, cpu: 1 } },
    cache: true,
    maxHandles: 0,
    ask: (dialect) => dialect.page(50, undefined),
  },
  {
    ...small,
    name: 'fresh',
    title: 'pages of 50, all different, kept',
    contenders: everybody,
    goals: { nodes: { share: 0.9, cpu: 1.1 } },
    cache: true,
    ...untilKept(399),
    ask: anyPage(50),
  },
  {
    ...small,
    name: 'fresh-made',
    title: 'pages of 50, all different, kept, but their answers made anew',
    contenders: onlyUs,
    goals: {},
    cache: true,
    maxHandles: moreThanRemembered,
    ask: anyPage(50),
  },
  {
    ...large,
    name: 'fresh-1000',
    title: 'pages of 1000, all different, kept',
    contenders: ours,
    goals: { nodes: { share: 4.1, cpu: 0.2 } },
    cache: true,
    ...untilKept(19),
    ask: anyPage(1000),
  },
  {
    ...small,
    name: 'fresh-subject',
    title: 'one subject of 1100, kept, but the answer made anew',
    contenders: ours,
    goals: { nodes: { share: 1 } },
    cache: true,
    maxHandles: 0,
    ask: (dialect, { references }, n) =>
      dialect.subject(references[n % Math.min(references.length, moreThanRemembered)] as string),
  },
  {
    ...whole,
    kind: 'walk',
    name: 'walk',
    title: 'the whole list in pages of 1000, nothing kept, time',
    contenders: everybody,
    goals: { nodes: { share: 2 } },
    cache: false,
  },
  {
    ...whole,
    kind: 'walk',
    name: 'fresh-walk',
    title: 'the whole list in pages of 1000, kept, time',
    contenders: ours,
    goals: { nodes: { share: 1.5 } },
    cache: true,
  },
  {
    ...small,
    name: 'names',
    title: 'a page of 50 with names, of 20 pages, all kept but the answer',
    contenders: onlyUs,
    goals: {},
    cache: true,
    hasDirectory: true,
    maxHandles: 19,
    ask: (dialect, { handles }, n) => {
      const handle = handles[n % (handles.length + 1)];
      return dialect === rest ? rest.page(50, handle) : namedPage(handle, n);
    },
  },
  {
    ...small,
    name: 'census',
    title: 'roles and scopes with most holders, of a kept census; beside the proxy with a page of 50',
    contenders: onlyUs,
    goals: {},
    cache: true,
    maxHandles: 0,
    ask: onlyHere((_known, n) => censusQuestion(n)),
  },
  {
    ...small,
    name: 'access',
    title: 'who can act at a site, first page, of a kept census; beside the proxy with a page of 50',
    contenders: onlyUs,
    goals: {},
    cache: true,
    hasDirectory: true,
    warmupRequests: 1000,
    maxHandles: 0,
    ask: onlyHere(({ sites }, n) => accessAt(sites[n % sites.length] as string, n)),
  },
  {
    ...small,
    name: 'overview',
    title: 'the overview of the console, of a kept census; beside the proxy with a page of 50',
    contenders: onlyUs,
    goals: {},
    cache: true,
    hasDirectory: true,
    maxHandles: 0,
    ask: onlyHere((_known, n) => overviewOfConsole(n)),
  },
  {
    ...whole,
    kind: 'export',
    name: 'export',
    title: 'an export of the whole account without names; beside the proxy with the list in pages of 1000, time',
    contenders: onlyUs,
    goals: {},
    cache: false,
    // Each reads the whole list.
    warmupRequests: 2,
    ask: (dialect) => (dialect === rest ? rest.page(1000, undefined) : exportOfAll),
  },
];
