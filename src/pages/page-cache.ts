import type { Clock } from '../model/clock.ts';
import type { Operation } from '../model/operation.ts';
import type { ListQuestion, Page, PageRequest, PageSource } from '../model/page.ts';
import type { CallerPages } from './caller-pages.ts';
import { shareInFlight } from './in-flight.ts';
import type { KnownPages, KnownWalk } from './known-pages.ts';
import { createLikelySizes } from './likely-sizes.ts';
import { MemoryStore } from './memory-store.ts';
import { pageBytes } from './page-bytes.ts';
import { noteAge, noteServed } from './served.ts';

export interface PageCacheOptions {
  /** Asked for whatever is not kept. Its errors are passed on and never kept. */
  readonly source: PageSource;
  readonly clock: Clock;
  /** How long a page may answer after upstream gave it. */
  readonly ttlMs: number;
  /** How much memory the kept pages may take. */
  readonly maxBytes: number;
  /** True: answers operations that bypass caches too. Only for a cache that holds nothing but what such an operation read itself. */
  readonly servesBypass?: boolean;
  /** How much memory a page takes. Default: an estimate within a few percent, which costs about a tenth of reading the page. */
  readonly bytesOf?: (page: Page) => number;
}

export interface PageCache extends PageSource, KnownPages {
  /** About how many bytes of memory the kept pages take. */
  readonly sizeBytes: number;
  readonly pageCount: number;
  /** Forgets every page and leaves no timer behind. The cache must not be used any more. */
  close(): void;
}

const nothingWalked: KnownWalk = { pages: [], subjectCount: 0, isWhole: false };

/**
 * Answers from pages that its source gave the same caller less than `ttlMs` ago, and keeps what the source gives now.
 * Equal calls in flight are one (`shareInFlight`). One page is kept for a caller, question and token: it answers whatever
 * page size is asked for, so that a walk over kept pages costs nothing. Operations without a caller go straight through.
 */
export const createPageCache = (options: PageCacheOptions): PageCache => {
  const { source, clock, ttlMs, maxBytes, servesBypass = false, bytesOf = pageBytes } = options;
  let store = new MemoryStore(maxBytes, bytesOf);
  const sizes = createLikelySizes(clock);
  let cancelSweep: (() => void) | undefined;

  const notBeforeMs = () => clock.nowMs() - ttlMs;
  const mayRead = (operation: Operation) => servesBypass || !operation.bypassCache;

  // What is too old to answer is not to lie around until somebody asks again.
  const planSweep = () => {
    if (cancelSweep !== undefined || ttlMs === Infinity) return;
    cancelSweep = clock.after(ttlMs, () => {
      cancelSweep = undefined;
      store.dropOld(notBeforeMs());
      if (store.pageCount > 0) planSweep();
    });
  };

  const keep = (credentialKey: string, request: PageRequest, page: Page, operation: Operation) => {
    if (page.totalSize !== undefined) sizes.note(credentialKey, request.question, page.totalSize);
    const before = store.get(credentialKey, request);
    // Two calls for one place can overlap. The larger page holds more of the chain; a bypassing operation wants the newer.
    const isBetter = before === undefined || before.fetchedAtMs <= notBeforeMs() || page.pageSize >= before.pageSize;
    if (!isBetter && !operation.bypassCache) return;
    store.set(credentialKey, request, page);
    planSweep();
  };

  const calls = shareInFlight({
    async fetchPage(request, operation) {
      const page = await source.fetchPage(request, operation);
      noteAge(operation.report, page.fetchedAtMs);
      if (operation.caller !== undefined) keep(operation.caller.credentialKey, request, page, operation);
      return page;
    },
  });

  const callerPages = (operation: Operation, includeNestedScopes: boolean): CallerPages | undefined =>
    operation.caller !== undefined && mayRead(operation)
      ? store.callerPages(operation.caller.credentialKey, includeNestedScopes)
      : undefined;

  const listOf = (question: ListQuestion, operation: Operation) =>
    callerPages(operation, question.includeNestedScopes)?.list(question);

  const readKept = (request: PageRequest, operation: Operation): Page | undefined => {
    if (operation.caller === undefined || !mayRead(operation)) return undefined;
    const page = store.get(operation.caller.credentialKey, request);
    return page !== undefined && page.fetchedAtMs > notBeforeMs() ? page : undefined;
  };

  /** A lookup's page, put together from what other pages tell. */
  const composeLookup = ({ question, pageToken, pageSize }: PageRequest, operation: Operation): Page | undefined => {
    const { subjectReference: reference, subjectType: rawType, includeNestedScopes } = question;
    if (reference === undefined || pageToken !== undefined) return undefined;
    const key = { reference, includeNestedScopes, ...(rawType !== undefined && { rawType }) };
    const known = callerPages(operation, includeNestedScopes)?.entriesOf(key, notBeforeMs());
    // Without a type there may be a subject of another type that no page has shown yet.
    if (known === undefined || (!known.isWhole && rawType === undefined)) return undefined;
    const subjects = known.entries;
    return { subjects, totalSize: subjects.length, pageSize, fetchedAtMs: known.atMs, bodyBytes: 0 };
  };

  return {
    get sizeBytes() {
      return store.sizeBytes;
    },
    get pageCount() {
      return store.pageCount;
    },
    fetchPage(request, operation) {
      const page = readKept(request, operation) ?? composeLookup(request, operation);
      if (page === undefined) return calls.fetchPage(request, operation);
      noteServed(operation.report, page.fetchedAtMs);
      return Promise.resolve(page);
    },
    entriesOf(key, operation) {
      const known = callerPages(operation, key.includeNestedScopes)?.entriesOf(key, notBeforeMs());
      if (known !== undefined) noteServed(operation.report, known.atMs);
      return known;
    },
    walkOf: (question, operation) => listOf(question, operation)?.walk(notBeforeMs()) ?? nothingWalked,
    pageBefore(question, pageToken, operation) {
      const kept = listOf(question, operation)?.before(pageToken, notBeforeMs());
      if (kept === undefined) return undefined;
      noteServed(operation.report, kept.page.fetchedAtMs);
      return { page: kept.page, ...(kept.pageToken !== undefined && { pageToken: kept.pageToken }) };
    },
    likelySize: (question, operation) =>
      operation.caller === undefined ? undefined : sizes.of(operation.caller.credentialKey, question),
    close() {
      cancelSweep?.();
      cancelSweep = undefined;
      store = new MemoryStore(maxBytes, bytesOf);
    },
  };
};
