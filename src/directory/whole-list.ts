import { LRUCache } from 'lru-cache';
import type { Operation } from '../model/operation.ts';
import type { Page, PageToken } from '../model/page.ts';
import { GatewayError } from '../model/errors.ts';
import type { OpenList } from '../pages/create-pages.ts';

/** A list of the directory that is read to its end, because upstream offers no way to ask for what is wanted of it. */
export interface WholeList<Question, Item> {
  /** Every item, each once however often its row came. Fresh kept pages cost nothing. Fails as a call does. */
  read(question: Question, operation: Operation): Promise<readonly Item[]>;
  /** The first page, kept as every page is. Fails as a call does. */
  readFirstPage(question: Question, operation: Operation): Promise<Page<Item>>;
  isFirstPageKept(question: Question, operation: Operation): boolean;
  /** How many calls `read` would cost, about; undefined where nobody knows yet how long the list is. */
  costOf(question: Question, operation: Operation): number | undefined;
}

export interface WholeListOptions<Question, Item> {
  readonly list: OpenList<Question, Item>;
  /** Equal exactly for equal questions. */
  readonly questionKey: (question: Question) => string;
  /** Tells rows apart. */
  readonly keyOf: (item: Item) => string;
  readonly pageSize: number;
  /** How many calls a walk may cost. 0: lists are not walked. */
  readonly maxCalls: number;
}

/** Lists whose lengths are remembered, for choosing between plans only. */
const maxLengths = 10_000;

export const createWholeList = <Question, Item>(
  options: WholeListOptions<Question, Item>,
): WholeList<Question, Item> => {
  const { list, questionKey, keyOf, pageSize, maxCalls } = options;
  const lengths = new LRUCache<string, number>({ max: maxLengths });
  const lengthKey = (question: Question, { caller }: Operation): string =>
    `${caller?.credentialKey ?? ''} ${questionKey(question)}`;

  const costOf: WholeList<Question, Item>['costOf'] = (question, operation) => {
    const known = list.cache?.walkOf(question, operation);
    if (known?.isWhole === true) return 0;
    const length = list.cache?.likelySize(question, operation) ?? lengths.get(lengthKey(question, operation));
    if (length === undefined) return undefined;
    return Math.max(1, Math.ceil((length - (known?.itemCount ?? 0)) / pageSize));
  };

  return {
    costOf,
    readFirstPage: (question, operation) => list.source.fetchPage({ question, pageSize }, operation),
    isFirstPageKept: (question, operation) => (list.cache?.walkOf(question, operation).pages.length ?? 0) > 0,
    async read(question, operation) {
      const cost = costOf(question, operation);
      if (maxCalls === 0 || (cost !== undefined && cost > maxCalls)) throw tooLong(cost, maxCalls);
      const items = new Map<string, Item>();
      let calls = 0;
      for await (const page of pagesOf(list, question, pageSize, operation)) {
        for (const item of page.items) {
          const key = keyOf(item);
          if (!items.has(key)) items.set(key, item);
        }
        if (++calls > maxCalls) throw tooLong(undefined, maxCalls);
      }
      lengths.set(lengthKey(question, operation), items.size);
      return [...items.values()];
    },
  };
};

async function* pagesOf<Question, Item>(
  { source }: OpenList<Question, Item>,
  question: Question,
  pageSize: number,
  operation: Operation,
): AsyncGenerator<Page<Item>> {
  const seen = new Set<PageToken>();
  let pageToken: PageToken | undefined;
  do {
    const page = await source.fetchPage(
      { question, pageSize, ...(pageToken !== undefined && { pageToken }) },
      operation,
    );
    yield page;
    pageToken = page.nextPageToken;
    if (pageToken !== undefined && seen.has(pageToken)) throw repeatedToken();
    if (pageToken !== undefined) seen.add(pageToken);
  } while (pageToken !== undefined);
}

const repeatedToken = (): GatewayError =>
  new GatewayError(
    'UPSTREAM_INVALID_RESPONSE',
    'ESET Connect gave a page token twice: the list has no end. Try again.',
  );

const tooLong = (cost: number | undefined, maxCalls: number): GatewayError =>
  new GatewayError(
    'CALL_BUDGET_EXCEEDED',
    `Reading this list whole would cost ${cost ?? `more than ${maxCalls}`} upstream calls, and ROLESCOPE_MAX_CENSUS_CALLS allows ${maxCalls}.`,
  );
