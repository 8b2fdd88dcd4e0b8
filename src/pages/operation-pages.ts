import type { Clock } from '../platform/clock.ts';
import type { ListQuestion, Page, PageRequest, PageSource } from '../model/page.ts';
import { CallerPages } from './caller-pages.ts';
import type { KeptPage } from './kept-list.ts';
import type { PageStore } from './memory-store.ts';
import { createCacheOver, type PageCache } from './page-cache.ts';

/**
 * The memory of one operation that is not served from the common cache, because it bypasses that or there is none: what it
 * has read serves its own later questions. Make one for each such operation and let it go with it. Its source keeps its
 * own promises (limits, sharing, keeping).
 */
export const createOperationPages = (source: PageSource): PageCache =>
  createCacheOver(new OperationStore(), { source, clock: timeless, ttlMs: Infinity, servesBypass: true });

/** Nothing ages within an operation. */
const timeless: Clock = { nowMs: () => 0, after: () => () => {} };

/** What one operation may hold of its own reading: some twenty pages of 1000 subjects. */
const maxBytes = 32 * 1024 * 1024;
// Rough and free: a page in memory takes one to three times its body, and what an operation holds is gone in a moment.
const bytesOf = (page: Page) => 1000 + 3 * page.bodyBytes;

/** Costs next to nothing to make, unlike a store that can choose what to let go: it takes pages until it is full. */
class OperationStore implements PageStore {
  readonly #plain = new CallerPages('plain');
  readonly #nested = new CallerPages('nested');
  #sizeBytes = 0;
  #pageCount = 0;

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get pageCount(): number {
    return this.#pageCount;
  }

  get(credentialKey: string, { question, pageToken }: PageRequest): Page | undefined {
    return this.callerPages(credentialKey, question.includeNestedScopes).list(question)?.get(pageToken)?.page;
  }

  set(credentialKey: string, { question, pageToken }: PageRequest, page: Page): void {
    const caller = this.callerPages(credentialKey, question.includeNestedScopes);
    const before = caller.list(question)?.get(pageToken);
    if (before !== undefined) this.#forget(before);
    if (this.#sizeBytes + bytesOf(page) > maxBytes) return;
    this.#sizeBytes += bytesOf(page);
    this.#pageCount++;
    caller.add({ page, list: caller.openList(question), pageToken });
  }

  dropList(credentialKey: string, question: ListQuestion): void {
    const list = this.callerPages(credentialKey, question.includeNestedScopes).list(question);
    for (const kept of list?.keptPages ?? []) this.#forget(kept);
  }

  /** An operation has one caller. */
  callerPages(_credentialKey: string, includeNestedScopes: boolean): CallerPages {
    return includeNestedScopes ? this.#nested : this.#plain;
  }

  dropOld(): void {}

  #forget(kept: KeptPage): void {
    this.#sizeBytes -= bytesOf(kept.page);
    this.#pageCount--;
    kept.list.owner.remove(kept);
  }
}
