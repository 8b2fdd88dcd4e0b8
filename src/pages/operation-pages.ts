import type { Page, PageRequest, PageSource } from '../model/page.ts';
import type { Clock } from '../platform/clock.ts';
import type { KeptPage } from './kept-list.ts';
import { ListGroup } from './list-group.ts';
import { createPageCache, type ComposePage, type PageCache } from './page-cache.ts';
import type { PagedList } from './paged-list.ts';
import type { PageStore } from './page-store.ts';
import type { Versions } from './versions.ts';

export interface OperationPagesOptions<Question, Item> {
  readonly list: PagedList<Question, Item>;
  /** Keeps its own promises: limits, sharing, keeping. */
  readonly source: PageSource<Question, Item>;
  readonly versions: Pick<Versions, 'of'>;
  readonly compose?: ComposePage<Question, Item>;
}

/**
 * The memory of one operation that is not served from the common cache, because it bypasses that or there is none: what it
 * has read serves its own later questions. Make one for each such operation and let it go with it.
 */
export const createOperationPages = <Question, Item>(
  options: OperationPagesOptions<Question, Item>,
): PageCache<Question, Item> =>
  createPageCache({
    ...options,
    store: new OperationStore(options.list, options.versions),
    clock: timeless,
    ttlMs: Infinity,
    servesBypass: true,
  });

/** Nothing ages within an operation. */
const timeless: Clock = { nowMs: () => 0, after: () => () => {} };

/** What one operation may hold of its own reading: some twenty pages of 1000 subjects. */
const maxBytes = 32 * 1024 * 1024;
// Rough and free: a page in memory takes one to three times its body, and what an operation holds is gone in a moment.
const bytesOf = (page: Page<unknown>) => 1000 + 3 * page.bodyBytes;

/** Costs next to nothing to make, unlike a store that can choose what to let go: it takes pages until it is full. An operation has one caller. */
class OperationStore<Question, Item> implements PageStore<Question, Item> {
  readonly #list: PagedList<Question, Item>;
  readonly #groups = new Map<string, ListGroup<Question, Item>>();
  readonly #versions: Pick<Versions, 'of'>;
  #version: number | undefined;
  #sizeBytes = 0;

  constructor(list: PagedList<Question, Item>, versions: Pick<Versions, 'of'>) {
    this.#list = list;
    this.#versions = versions;
  }

  get(credentialKey: string, { question, pageToken }: PageRequest<Question>): Page<Item> | undefined {
    return this.group(credentialKey, question)?.list(question)?.get(pageToken)?.page;
  }

  set(credentialKey: string, { question, pageToken }: PageRequest<Question>, page: Page<Item>): void {
    this.#forgetOlder(credentialKey);
    const key = this.#list.groupKey(question);
    let group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, (group = new ListGroup(this.#list)));
    const before = group.list(question)?.get(pageToken);
    if (before !== undefined) this.#drop(before);
    const sizeBytes = bytesOf(page);
    if (this.#sizeBytes + sizeBytes > maxBytes) return;
    this.#sizeBytes += sizeBytes;
    const list = group.openList(question);
    group.add({ page, list, pageToken, sizeBytes, credentialKey, expiresAtMs: Infinity, dropped: () => {} });
  }

  group(credentialKey: string, question: Question): ListGroup<Question, Item> | undefined {
    this.#forgetOlder(credentialKey);
    return this.#groups.get(this.#list.groupKey(question));
  }

  dropList(credentialKey: string, question: Question): void {
    const pages = this.group(credentialKey, question)?.list(question)?.keptPages ?? [];
    for (const kept of pages) this.#drop(kept);
  }

  /** An operation that changes something reads anew what it has read before. */
  #forgetOlder(credentialKey: string): void {
    const version = this.#versions.of(credentialKey);
    if (version === this.#version) return;
    this.#version = version;
    this.#groups.clear();
    this.#sizeBytes = 0;
  }

  #drop(kept: KeptPage<Question, Item>): void {
    this.#sizeBytes -= kept.sizeBytes;
    this.group(kept.credentialKey, kept.list.question)?.remove(kept);
  }
}
