import type { Ask } from './load.ts';
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
  /** Handles on the pages behind the first, in their order. */
  readonly handles: readonly string[];
}

export interface Workload {
  readonly name: string;
  readonly title: string;
  /** Share of the bare proxy that issue 8 sets as the target; for a walk: how many times the bare proxy's time. */
  readonly target: number;
  /** Whether Rolescope keeps pages. The others never do. */
  readonly cache: boolean;
  readonly pageSize: number;
  /** `walk`: each request follows from the answer before it, from the first page to the last. */
  readonly kind: 'load' | 'walk';
  readonly connections: number;
  /** Requests after which a server is taken to be warm: compilers count calls, not seconds. */
  readonly warmupRequests: number;
  /** The n-th request. */
  ask(dialect: Dialect, known: Known, n: number): Ask;
}

const anyPage =
  (pageSize: number): Workload['ask'] =>
  (dialect, { handles }, n) =>
    dialect.page(pageSize, handles[n % (handles.length + 1)]);

export const workloads: readonly Workload[] = [
  {
    name: 'pages-50',
    title: 'pages of 50, different each time, cache off',
    target: 0.2,
    cache: false,
    pageSize: 50,
    kind: 'load',
    connections: 16,
    warmupRequests: 4000,
    ask: anyPage(50),
  },
  {
    name: 'pages-1000',
    title: 'pages of 1000, different each time, cache off',
    target: 0.1,
    cache: false,
    pageSize: 1000,
    kind: 'load',
    connections: 4,
    warmupRequests: 300,
    ask: anyPage(1000),
  },
  {
    name: 'subject',
    title: 'one subject, different each time, cache off',
    target: 0.3,
    cache: false,
    pageSize: 1000,
    kind: 'load',
    connections: 16,
    warmupRequests: 6000,
    ask: (dialect, { references }, n) => dialect.subject(references[n % references.length] as string),
  },
  {
    name: 'same',
    title: 'the same question again, cache on',
    target: 0.6,
    cache: true,
    pageSize: 50,
    kind: 'load',
    connections: 16,
    warmupRequests: 6000,
    ask: (dialect) => dialect.page(50, undefined),
  },
  {
    name: 'fresh',
    title: 'different pages of 50, all fresh in the cache',
    target: 0.3,
    cache: true,
    pageSize: 50,
    kind: 'load',
    connections: 16,
    warmupRequests: 4000,
    ask: anyPage(50),
  },
  {
    name: 'walk',
    title: 'the whole list in pages of 1000, cache off, time',
    target: 2.5,
    cache: false,
    pageSize: 1000,
    kind: 'walk',
    connections: 1,
    warmupRequests: 1,
    ask: anyPage(1000),
  },
];
