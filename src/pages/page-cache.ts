import type { Clock } from '../platform/clock.ts';
import { isRefusedToken } from '../model/errors.ts';
import type { Operation } from '../model/operation.ts';
import type { Page, PageRequest, PageSource, PageToken } from '../model/page.ts';
import { listKey } from './key.ts';
import type { KeptList } from './kept-list.ts';
import type { KnownItems, KnownPages, KnownWalk, PageBefore } from './known-pages.ts';
import type { ListGroup } from './list-group.ts';
import type { PagedList } from './paged-list.ts';
import type { PageStore } from './page-store.ts';
import { createRefusedTokens } from './refused-tokens.ts';
import { recordAge, recordHit } from './record-hit.ts';
import { shareInFlight } from './share-in-flight.ts';
import type { SizeEstimates } from './size-estimates.ts';
import type { Versions } from './versions.ts';

interface PageCacheOptions<Question, Item> {
  readonly list: PagedList<Question, Item>;
  /** Asked for whatever is not kept. Its errors are passed on and never kept. */
  readonly source: PageSource<Question, Item>;
  readonly store: PageStore<Question, Item>;
  readonly clock: Clock;
  readonly versions: Pick<Versions, 'of'>;
  /** How long a page may answer after upstream gave it. */
  readonly ttlMs: number;
  readonly sizes: SizeEstimates<Question>;
  /** True: answers operations that bypass caches too. Only where nothing is held but what such an operation read itself. Default: false. */
  readonly servesBypass?: boolean;
  /** Puts a page together from what other pages of the group tell, where nothing of it can be missing. Default: no page is. */
  readonly compose?: ComposePage<Question, Item> | undefined;
}

/** Tells of the items that a page would have, or undefined. `notBeforeMs`: what upstream gave then or before is too old. */
export type ComposePage<Question, Item> = (
  request: PageRequest<Question>,
  group: ListGroup<Question, Item>,
  notBeforeMs: number,
) => KnownItems<Item> | undefined;

export interface PageCache<Question, Item> extends PageSource<Question, Item>, KnownPages<Question, Item> {
  /** What is fresh in the pages of the question's group, for finding what `KnownPages` has no question for. */
  look(question: Question, operation: Operation): Look<Question, Item> | undefined;
}

/** The kept pages of one group as an operation may use them. */
export interface Look<Question, Item> {
  readonly group: ListGroup<Question, Item>;
  /** What upstream gave then or before is too old. */
  readonly notBeforeMs: number;
  /** Notes what the operation used of it. */
  served(known: KnownItems<Item>): void;
}

/**
 * Answers from pages that its source gave the same caller less than `ttlMs` ago, and keeps what the source gives now.
 * Equal calls in flight are one. One page is kept for a caller, question and token: it answers whatever page size is asked for, so that a walk over
 * kept pages costs nothing. Operations without a caller go straight through. Cheap to make: an operation may have one of its own.
 */
export const createPageCache = <Question, Item>(options: PageCacheOptions<Question, Item>): PageCache<Question, Item> =>
  new Cache(options);

const nothingWalked: KnownWalk<never> = { pages: [], itemCount: 0, isWhole: false };

class Cache<Question, Item> implements PageCache<Question, Item> {
  readonly #list: PagedList<Question, Item>;
  readonly #store: PageStore<Question, Item>;
  readonly #source: PageSource<Question, Item>;
  readonly #clock: Clock;
  readonly #versions: Pick<Versions, 'of'>;
  readonly #ttlMs: number;
  readonly #servesBypass: boolean;
  readonly #compose: ComposePage<Question, Item> | undefined;
  readonly #sizes: SizeEstimates<Question>;
  readonly #calls: PageSource<Question, Item>;
  readonly #refusedTokens = createRefusedTokens();

  constructor(options: PageCacheOptions<Question, Item>) {
    const { list, store, source, clock, versions, ttlMs, sizes, servesBypass = false, compose } = options;
    this.#list = list;
    this.#store = store;
    this.#source = source;
    this.#clock = clock;
    this.#versions = versions;
    this.#ttlMs = ttlMs;
    this.#servesBypass = servesBypass;
    this.#compose = compose;
    this.#sizes = sizes;
    // Kept before the flight ends: whoever comes too late to join it finds the page.
    this.#calls = shareInFlight({
      list,
      source: { fetchPage: (request, operation) => this.#fetch(request, operation) },
      versions,
      ttlMs,
    });
  }

  fetchPage(request: PageRequest<Question>, operation: Operation): Promise<Page<Item>> {
    const page = this.#readKept(request, operation) ?? this.#composed(request, operation);
    if (page === undefined) return this.#calls.fetchPage(request, operation);
    this.#served(page.fetchedAtMs, operation);
    return Promise.resolve(page);
  }

  itemsOf(question: Question, key: string, operation: Operation): KnownItems<Item> | undefined {
    const known = this.#group(question, operation)?.find(key, anyItem, this.#notBeforeMs());
    if (known !== undefined) this.#served(known.atMs, operation);
    return known;
  }

  walkOf(question: Question, operation: Operation): KnownWalk<Item> {
    const walk = this.#keptList(question, operation)?.walk(this.#notBeforeMs());
    if (walk === undefined || walk.pages.length === 0) return nothingWalked;
    recordAge(operation.report, { atMs: walk.oldestAtMs, ttlMs: this.#ttlMs });
    return walk;
  }

  pageBefore(question: Question, pageToken: PageToken, operation: Operation): PageBefore<Item> | undefined {
    const kept = this.#keptList(question, operation)?.before(pageToken, this.#notBeforeMs());
    if (kept === undefined) return undefined;
    this.#served(kept.page.fetchedAtMs, operation);
    return { page: kept.page, ...(kept.pageToken !== undefined && { pageToken: kept.pageToken }) };
  }

  likelySize(question: Question, { caller }: Operation): number | undefined {
    return caller === undefined ? undefined : this.#sizes.of(caller.credentialKey, question);
  }

  look(question: Question, operation: Operation): Look<Question, Item> | undefined {
    const group = this.#group(question, operation);
    if (group === undefined) return undefined;
    return { group, notBeforeMs: this.#notBeforeMs(), served: ({ atMs }) => this.#served(atMs, operation) };
  }

  /** A page is fresh while upstream gave it after this. */
  #notBeforeMs(): number {
    return this.#clock.nowMs() - this.#ttlMs;
  }

  #served(atMs: number, { report }: Operation): void {
    recordHit(report, { atMs, ttlMs: this.#ttlMs });
  }

  #mayRead(operation: Operation): boolean {
    return this.#servesBypass || !operation.bypassCache;
  }

  #readKept(request: PageRequest<Question>, operation: Operation): Page<Item> | undefined {
    if (operation.caller === undefined || !this.#mayRead(operation)) return undefined;
    const page = this.#store.get(operation.caller.credentialKey, request);
    return page !== undefined && page.fetchedAtMs > this.#notBeforeMs() ? page : undefined;
  }

  #composed(request: PageRequest<Question>, operation: Operation): Page<Item> | undefined {
    if (this.#compose === undefined || request.pageToken !== undefined) return undefined;
    const group = this.#group(request.question, operation);
    const known = group && this.#compose(request, group, this.#notBeforeMs());
    if (known === undefined) return undefined;
    const { items, atMs: fetchedAtMs } = known;
    return { items, totalSize: items.length, pageSize: request.pageSize, fetchedAtMs, bodyBytes: 0 };
  }

  #group(question: Question, operation: Operation): ListGroup<Question, Item> | undefined {
    return operation.caller !== undefined && this.#mayRead(operation)
      ? this.#store.group(operation.caller.credentialKey, question)
      : undefined;
  }

  #keptList(question: Question, operation: Operation): KeptList<Question, Item> | undefined {
    return this.#group(question, operation)?.list(question);
  }

  async #fetch(request: PageRequest<Question>, operation: Operation): Promise<Page<Item>> {
    const { caller, report } = operation;
    if (caller === undefined) return this.#source.fetchPage(request, operation);
    const { credentialKey } = caller;
    const { question, pageToken } = request;
    const version = this.#versions.of(credentialKey);
    const asked =
      pageToken === undefined
        ? this.#refusedTokens.bypassOnce(this.#listKey(credentialKey, question), operation)
        : operation;
    try {
      const page = await this.#source.fetchPage(request, asked);
      recordAge(report, { atMs: page.fetchedAtMs, ttlMs: this.#ttlMs });
      // What was asked before a change, and came after it, is kept from those who ask later.
      if (this.#versions.of(credentialKey) === version) this.#keep(credentialKey, request, page, operation);
      return page;
    } catch (error) {
      if (isRefusedToken(error)) this.#forgetList(credentialKey, request);
      throw error;
    }
  }

  #listKey(credentialKey: string, question: Question): string {
    return listKey(credentialKey, this.#list.questionKey(question));
  }

  /** Pages that lead to a refused token are forgotten: a walk that starts again from the first would end there again. */
  #forgetList(credentialKey: string, { question, pageToken }: PageRequest<Question>): void {
    if (pageToken === undefined) return;
    const list = this.#store.group(credentialKey, question)?.list(question);
    if (list?.before(pageToken, -Infinity) === undefined) return;
    this.#store.dropList(credentialKey, question);
    this.#refusedTokens.note(this.#listKey(credentialKey, question));
  }

  #keep(credentialKey: string, request: PageRequest<Question>, page: Page<Item>, operation: Operation): void {
    if (page.totalSize !== undefined) this.#sizes.note(credentialKey, request.question, page.totalSize);
    const before = this.#store.get(credentialKey, request);
    // Two calls for one place can overlap. The larger page holds more of the chain; a bypassing operation wants the newer.
    const isBetter =
      before === undefined || before.fetchedAtMs <= this.#notBeforeMs() || page.pageSize >= before.pageSize;
    if (isBetter || operation.bypassCache) this.#store.set(credentialKey, request, page);
  }
}

const anyItem = (): boolean => true;
