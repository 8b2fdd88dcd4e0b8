import { LRUCache } from 'lru-cache';
import type { ListQuestion, Page, PageRequest } from '../model/page.ts';
import { CallerPages } from './caller-pages.ts';
import { listKey, pageKey } from './key.ts';
import type { KeptPage } from './kept-list.ts';
import { pageBytes } from './sizes.ts';

/** Where a page cache holds its pages. Knows nothing of freshness. */
export interface PageStore {
  /** About how many bytes of memory the pages take. */
  readonly sizeBytes: number;
  readonly pageCount: number;
  /** The page of that question and token, whatever its size. */
  get(credentialKey: string, request: PageRequest): Page | undefined;
  /** Takes the place of an earlier page of that question and token. May let go of others, or of this one. */
  set(credentialKey: string, request: PageRequest, page: Page): void;
  /** What is held of one caller's subjects, seen with or without nested scopes. */
  callerPages(credentialKey: string, includeNestedScopes: boolean): CallerPages | undefined;
  /** Drops every page of a question of that caller. */
  dropList(credentialKey: string, question: ListQuestion): void;
  /** Drops every page that upstream gave at `notAfterMs` or before. */
  dropOld(notAfterMs: number): void;
}

/** Holds pages up to `maxBytes` of memory; the least recently used go first. A page that alone is over the bound is not held. */
export class MemoryStore implements PageStore {
  readonly #pages: LRUCache<string, KeptPage>;
  readonly #callers = new Map<string, CallerPages>();
  // Over all callers and never set back: a caller that is forgotten and comes again has no number that it had before.
  #changes = 0;

  constructor(maxBytes: number) {
    this.#pages = new LRUCache<string, KeptPage>({
      maxSize: maxBytes,
      sizeCalculation: ({ page }) => pageBytes(page),
      dispose: (kept) => this.#forget(kept),
    });
  }

  get sizeBytes(): number {
    return this.#pages.calculatedSize;
  }

  get pageCount(): number {
    return this.#pages.size;
  }

  get(credentialKey: string, { question, pageToken }: PageRequest): Page | undefined {
    return this.#pages.get(pageKey(listKey(credentialKey, question), pageToken))?.page;
  }

  set(credentialKey: string, { question, pageToken }: PageRequest, page: Page): void {
    const key = pageKey(listKey(credentialKey, question), pageToken);
    const list = this.#open(credentialKey, question.includeNestedScopes).openList(question);
    const kept: KeptPage = { page, list, pageToken };
    // First among its kind, then into the bound: what must go for it finds everything in place.
    list.owner.add(kept);
    list.owner.changedAt = ++this.#changes;
    this.#pages.set(key, kept);
    if (this.#pages.peek(key) !== kept) this.#forget(kept);
  }

  callerPages(credentialKey: string, includeNestedScopes: boolean): CallerPages | undefined {
    return this.#callers.get(callerKey(credentialKey, includeNestedScopes));
  }

  dropList(credentialKey: string, question: ListQuestion): void {
    const list = this.callerPages(credentialKey, question.includeNestedScopes)?.list(question);
    const key = listKey(credentialKey, question);
    for (const { pageToken } of list?.keptPages ?? []) this.#pages.delete(pageKey(key, pageToken));
  }

  dropOld(notAfterMs: number): void {
    const old: string[] = [];
    for (const [key, { page }] of this.#pages.entries()) if (page.fetchedAtMs <= notAfterMs) old.push(key);
    for (const key of old) this.#pages.delete(key);
  }

  #open(credentialKey: string, includeNestedScopes: boolean): CallerPages {
    const key = callerKey(credentialKey, includeNestedScopes);
    let caller = this.#callers.get(key);
    if (caller === undefined) {
      caller = new CallerPages(key);
      this.#callers.set(key, caller);
    }
    return caller;
  }

  #forget(kept: KeptPage): void {
    const { owner } = kept.list;
    owner.remove(kept);
    owner.changedAt = ++this.#changes;
    if (owner.isEmpty) this.#callers.delete(owner.key);
  }
}

const callerKey = (credentialKey: string, includeNestedScopes: boolean): string =>
  `${includeNestedScopes ? 1 : 0}${credentialKey}`;
