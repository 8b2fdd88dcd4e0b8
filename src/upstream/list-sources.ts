import { LRUCache } from 'lru-cache';
import type { Operation } from '../model/operation.ts';
import type { Page, PageSource } from '../model/page.ts';
import { atMost } from '../platform/at-most.ts';
import type { Clock } from '../platform/clock.ts';
import { keyPart } from '../platform/key-part.ts';
import type { Answered } from './call.ts';
import type { Endpoint, ListEndpoint, PageContent, PageInput } from './endpoint.ts';
import { OversizedAnswerError } from './errors.ts';

/** Gives the pages of a list endpoint. */
export type ListSource = <Question, Item>(endpoint: ListEndpoint<Question, Item>) => PageSource<Question, Item>;

interface ListSourcesOptions {
  readonly clock: Clock;
  readonly call: <Input, Value>(
    endpoint: Endpoint<Input, Value>,
    input: Input,
    operation: Operation,
  ) => Promise<Answered<Value>>;
}

/** After a page that was too large the next size is this much smaller: each that is too large again costs a call and all of its bytes. */
const shrinkBy = 4;

/** How long it is remembered which size was small enough. */
const rememberMs = 600_000;
/** For so many credentials and lists. */
const maxRemembered = 1000;

/**
 * Pages are as large as they are asked for, but no larger than the endpoint allows, and smaller where one came too large to be read: upstream lets the size
 * change from page to page, so the list is the same. What was small enough is remembered for a while.
 */
export const createListSources = ({ clock, call }: ListSourcesOptions): ListSource => {
  const sizes = new LRUCache<string, number>({
    ...atMost(maxRemembered),
    ttl: rememberMs,
    perf: { now: () => clock.nowMs() },
  });

  return <Question, Item>(endpoint: ListEndpoint<Question, Item>): PageSource<Question, Item> => {
    const fetchSmaller = async (
      request: PageInput<Question>,
      operation: Operation,
      sizesKey: string,
    ): Promise<Page<Item>> => {
      try {
        return pageOf(await call(endpoint, request, operation), request.pageSize, operation);
      } catch (error) {
        if (!(error instanceof OversizedAnswerError) || request.pageSize === 1) throw error;
        const pageSize = Math.ceil(request.pageSize / shrinkBy);
        sizes.set(sizesKey, pageSize);
        return await fetchSmaller({ ...request, pageSize }, operation, sizesKey);
      }
    };

    return {
      fetchPage(request, operation) {
        const sizesKey = keyPart(operation.caller?.credentialKey) + endpoint.name;
        const largest = sizes.get(sizesKey) ?? endpoint.maxPageSize;
        return fetchSmaller({ ...request, pageSize: Math.min(request.pageSize, largest) }, operation, sizesKey);
      },
    };
  };
};

const pageOf = <Item>(
  { value, requestId, receivedAtMs: fetchedAtMs, bodyBytes }: Answered<PageContent<Item>>,
  pageSize: number,
  { report }: Operation,
): Page<Item> => {
  report.oldestPageAtMs = Math.min(report.oldestPageAtMs ?? fetchedAtMs, fetchedAtMs);
  const { items, nextPageToken, totalSize, dispose } = value;
  return { items, nextPageToken, totalSize, pageSize, fetchedAtMs, requestId, bodyBytes, dispose };
};
