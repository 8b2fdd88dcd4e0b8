import type { Operation } from '../model/operation.ts';
import type { Pages, OpenList } from '../pages/create-pages.ts';
import type { PagedList } from '../pages/paged-list.ts';
import type { KnownValue } from '../pages/values/value-kind.ts';
import type { Clock } from '../platform/clock.ts';
import type { Upstream } from '../upstream/client.ts';
import type { ListEndpoint } from '../upstream/endpoint.ts';
import type { ClosedDomains } from './closed-domains.ts';
import { createWholeList, type WholeList } from './whole-list.ts';

/** What every source of the directory is made with. */
export interface DirectoryParts {
  readonly upstream: Pick<Upstream, 'call' | 'has' | 'list'>;
  readonly pages: Pages;
  readonly closed: ClosedDomains;
  readonly clock: Clock;
  /** How long names, tree and groups may answer after upstream gave them. */
  readonly ttlMs: number;
  /** Calls that walking one list may cost (`ROLESCOPE_MAX_CENSUS_CALLS`); 0 turns walks off. */
  readonly maxWalkCalls: number;
  /** Whether a walk that nobody waits for any more goes on to its end. */
  readonly walksGoOn: boolean;
}

/** A list of the directory: its pages as they are read, and all of it. */
interface DirectoryList<Question, Item> {
  readonly open: OpenList<Question, Item>;
  readonly whole: WholeList<Question, Item>;
}

/** Where nobody waits longer: what upstream takes until it says 504, and some. */
const pageTimeoutMs = 150_000;

/** Puts a list of upstream behind what is kept of it. */
export const openList = <Question, Item>(
  { upstream, pages, ttlMs, maxWalkCalls, walksGoOn }: DirectoryParts,
  endpoint: ListEndpoint<Question, Item>,
  list: PagedList<Question, Item>,
): DirectoryList<Question, Item> => {
  const source = upstream.list(endpoint);
  // These lists have no order, and upstream may repeat rows between pages: a row that comes twice says nothing new.
  const open = pages.open({ list: { ...list, isSame: () => false }, source, ttlMs });
  const { keyOf } = list;
  const { maxPageSize: pageSize } = endpoint;
  const walks = pages.openWalks(open, {
    pageSize,
    maxCalls: { limit: maxWalkCalls, setting: 'ROLESCOPE_MAX_CENSUS_CALLS' },
    goesOn: walksGoOn,
    pageTimeoutMs,
    ttlMs,
  });
  return { open, whole: createWholeList({ list: open, walks, keyOf, pageSize }) };
};

/** What kept pages tell of one thing; undefined where they do not know. */
export const listedIn = <Question, Item>(
  { open }: DirectoryList<Question, Item>,
  question: Question,
  uuid: string,
  operation: Operation,
): KnownValue<Item> | undefined => {
  const items = open.cache?.itemsOf(question, uuid, operation);
  if (items === undefined) return undefined;
  const [value] = items.items;
  return value === undefined && !items.isWhole ? undefined : { value, atMs: items.atMs };
};
