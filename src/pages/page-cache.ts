import type { Clock } from '../platform/clock.ts';
import { isRefusedToken } from '../model/errors.ts';
import type { Operation } from '../model/operation.ts';
import type { ListQuestion, Page, PageRequest, PageSource, PageToken } from '../model/page.ts';
import type { CallerPages } from './caller-pages.ts';
import { createDeadEnds } from './refused-tokens.ts';
import { shareInFlight } from './single-flight.ts';
import { listKey } from './key.ts';
import type { KeptList } from './kept-list.ts';
import type { EntryKey, KnownEntries, KnownPages, KnownWalk, PageBefore } from './known-pages.ts';
import { createLikelySizes, type LikelySizes } from './size-estimates.ts';
import { MemoryStore, type PageStore } from './memory-store.ts';
import { noteAge, noteServed } from './served.ts';

export interface PageCacheOptions {
  /** Asked for whatever is not kept. Its errors are passed on and never kept. */
  readonly source: PageSource;
  readonly clock: Clock;
  /** How long a page may answer after upstream gave it. */
  readonly ttlMs: number;
  /** How much memory the kept pages may take. */
  readonly maxBytes: number;
}

export interface PageCache extends PageSource, KnownPages {
  /** About how many bytes of memory the kept pages take. */
  readonly sizeBytes: number;
  readonly pageCount: number;
  /**
   * Another number whenever a page of this caller has come or gone. While it is the same and the pages used are fresh, the same question
   * has the same answer.
   */
  stampOf(credentialKey: string): number;
  /** Drops every page and leaves no timer behind. The cache must not be used any more. */
  close(): void;
}

/**
 * Answers from pages that its source gave the same caller less than `ttlMs` ago, and keeps what the source gives now.
 * Equal calls in flight are one (`shareInFlight`). One page is kept for a caller, question and token: it answers whatever
 * page size is asked for, so that a walk over kept pages costs nothing. Operations without a caller go straight through.
 */
export const createPageCache = ({ maxBytes, ...options }: PageCacheOptions): PageCache =>
  createCacheOver(new MemoryStore(maxBytes), options);

export interface CacheOverOptions extends Omit<PageCacheOptions, 'maxBytes'> {
  /** True: answers operations that bypass caches too. Only where nothing is held but what such an operation read itself. */
  readonly servesBypass?: boolean;
}

/** The same over another store, which bounds it. Cheap to make: an operation may have one of its own. */
export const createCacheOver = (store: PageStore, options: CacheOverOptions): PageCache => new Cache(store, options);

const nothingWalked: KnownWalk = { pages: [], subjectCount: 0, isWhole: false };

class Cache implements PageCache {
  readonly #store: PageStore;
  readonly #source: PageSource;
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #servesBypass: boolean;
  readonly #sizes: LikelySizes;
  readonly #calls: PageSource;
  readonly #deadEnds = createDeadEnds();
  #cancelSweep: (() => void) | undefined;

  constructor(store: PageStore, { source, clock, ttlMs, servesBypass = false }: CacheOverOptions) {
    this.#store = store;
    this.#source = source;
    this.#clock = clock;
    this.#ttlMs = ttlMs;
    this.#servesBypass = servesBypass;
    this.#sizes = createLikelySizes(clock);
    // Kept before the flight ends: whoever comes too late to join it finds the page.
    this.#calls = shareInFlight({ fetchPage: (request, operation) => this.#fetch(request, operation) });
  }

  get sizeBytes(): number {
    return this.#store.sizeBytes;
  }

  get pageCount(): number {
    return this.#store.pageCount;
  }

  fetchPage(request: PageRequest, operation: Operation): Promise<Page> {
    const page = this.#readKept(request, operation) ?? this.#composeLookup(request, operation);
    if (page === undefined) return this.#calls.fetchPage(request, operation);
    noteServed(operation.report, page.fetchedAtMs);
    return Promise.resolve(page);
  }

  entriesOf(key: EntryKey, operation: Operation): KnownEntries | undefined {
    const known = this.#callerPages(operation, key.includeNestedScopes)?.entriesOf(key, this.#notBeforeMs());
    if (known !== undefined) noteServed(operation.report, known.atMs);
    return known;
  }

  walkOf(question: ListQuestion, operation: Operation): KnownWalk {
    const walk = this.#listOf(question, operation)?.walk(this.#notBeforeMs());
    if (walk === undefined || walk.pages.length === 0) return nothingWalked;
    noteAge(operation.report, walk.oldestAtMs);
    return walk;
  }

  stampOf(credentialKey: string): number {
    const plain = this.#store.callerPages(credentialKey, false)?.changedAt ?? 0;
    const nested = this.#store.callerPages(credentialKey, true)?.changedAt ?? 0;
    return Math.max(plain, nested);
  }

  pageBefore(question: ListQuestion, pageToken: PageToken, operation: Operation): PageBefore | undefined {
    const kept = this.#listOf(question, operation)?.before(pageToken, this.#notBeforeMs());
    if (kept === undefined) return undefined;
    noteServed(operation.report, kept.page.fetchedAtMs);
    return { page: kept.page, ...(kept.pageToken !== undefined && { pageToken: kept.pageToken }) };
  }

  likelySize(question: ListQuestion, { caller }: Operation): number | undefined {
    return caller === undefined ? undefined : this.#sizes.of(caller.credentialKey, question);
  }

  close(): void {
    this.#cancelSweep?.();
    this.#cancelSweep = undefined;
    this.#store.dropOld(Infinity);
  }

  /** A page is fresh while upstream gave it after this. */
  #notBeforeMs(): number {
    return this.#clock.nowMs() - this.#ttlMs;
  }

  #mayRead(operation: Operation): boolean {
    return this.#servesBypass || !operation.bypassCache;
  }

  #readKept(request: PageRequest, operation: Operation): Page | undefined {
    if (operation.caller === undefined || !this.#mayRead(operation)) return undefined;
    const page = this.#store.get(operation.caller.credentialKey, request);
    return page !== undefined && page.fetchedAtMs > this.#notBeforeMs() ? page : undefined;
  }

  /** A lookup's page, put together from what other pages tell. */
  #composeLookup({ question, pageToken, pageSize }: PageRequest, operation: Operation): Page | undefined {
    const { subjectReference: reference, subjectType: rawType, includeNestedScopes } = question;
    if (reference === undefined || pageToken !== undefined) return undefined;
    const key = { reference, includeNestedScopes, ...(rawType !== undefined && { rawType }) };
    const known = this.#callerPages(operation, includeNestedScopes)?.entriesOf(key, this.#notBeforeMs());
    // Without a type there may be a subject of another type that no page has shown yet.
    if (known === undefined || (!known.isWhole && rawType === undefined)) return undefined;
    const subjects = known.entries;
    return { subjects, totalSize: subjects.length, pageSize, fetchedAtMs: known.atMs, bodyBytes: 0 };
  }

  #callerPages(operation: Operation, includeNestedScopes: boolean): CallerPages | undefined {
    return operation.caller !== undefined && this.#mayRead(operation)
      ? this.#store.callerPages(operation.caller.credentialKey, includeNestedScopes)
      : undefined;
  }

  #listOf(question: ListQuestion, operation: Operation): KeptList | undefined {
    return this.#callerPages(operation, question.includeNestedScopes)?.list(question);
  }

  async #fetch(request: PageRequest, operation: Operation): Promise<Page> {
    const { caller, report } = operation;
    if (caller === undefined) return this.#source.fetchPage(request, operation);
    const { credentialKey } = caller;
    const { question, pageToken } = request;
    const asked =
      pageToken === undefined ? this.#deadEnds.wayAround(listKey(credentialKey, question), operation) : operation;
    try {
      const page = await this.#source.fetchPage(request, asked);
      noteAge(report, page.fetchedAtMs);
      this.#keep(credentialKey, request, page, operation);
      return page;
    } catch (error) {
      if (isRefusedToken(error)) this.#forgetDeadEnd(credentialKey, request);
      throw error;
    }
  }

  /** Pages that lead to a token that upstream takes no more are forgotten: whoever starts again from the first would end there again. */
  #forgetDeadEnd(credentialKey: string, { question, pageToken }: PageRequest): void {
    if (pageToken === undefined) return;
    const list = this.#store.callerPages(credentialKey, question.includeNestedScopes)?.list(question);
    if (list?.before(pageToken, -Infinity) === undefined) return;
    this.#store.dropList(credentialKey, question);
    this.#deadEnds.note(listKey(credentialKey, question));
  }

  #keep(credentialKey: string, request: PageRequest, page: Page, operation: Operation): void {
    if (page.totalSize !== undefined) this.#sizes.note(credentialKey, request.question, page.totalSize);
    const before = this.#store.get(credentialKey, request);
    // Two calls for one place can overlap. The larger page holds more of the chain; a bypassing operation wants the newer.
    const isBetter =
      before === undefined || before.fetchedAtMs <= this.#notBeforeMs() || page.pageSize >= before.pageSize;
    if (!isBetter && !operation.bypassCache) return;
    this.#store.set(credentialKey, request, page);
    this.#planSweep();
  }

  /** What is too old to answer is not to lie around until somebody asks again. */
  #planSweep(): void {
    if (this.#cancelSweep !== undefined || this.#ttlMs === Infinity) return;
    this.#cancelSweep = this.#clock.after(this.#ttlMs, () => {
      this.#cancelSweep = undefined;
      this.#store.dropOld(this.#notBeforeMs());
      if (this.#store.pageCount > 0) this.#planSweep();
    });
  }
}
