import type { Page, PageToken } from '../model/page.ts';
import type { KnownWalk } from './known-pages.ts';
import type { Kept } from './memory-store.ts';

/** A page that is kept, and where it belongs. */
export interface KeptPage<Question, Item> extends Kept {
  readonly page: Page<Item>;
  readonly list: KeptList<Question, Item>;
  /** The token that fetched it; absent: the list's first page. */
  readonly pageToken: PageToken | undefined;
}

/**
 * Stands in what was kept and is gone for the page that it had. Maps outgrow and leave behind tables that V8 takes for alive, with all that they point to, until it looks through
 * the whole heap: what once stood in one has to let go of its page by itself, or most pages of an operation live on beside it.
 */
export const gonePage: Page<never> = { items: [], pageSize: 0, fetchedAtMs: -Infinity, bodyBytes: 0 };

/** A walk, with its pages as they are kept. */
interface KeptWalk<Question, Item> extends KnownWalk<Item> {
  readonly kept: ReadonlySet<KeptPage<Question, Item>>;
  /** When upstream gave the oldest of the pages. */
  readonly oldestAtMs: number;
}

const emptyWalk: KeptWalk<never, never> = {
  pages: [],
  itemCount: 0,
  isWhole: false,
  kept: new Set(),
  oldestAtMs: Infinity,
};

/** The kept pages of one question of one caller, chained by their tokens. */
export class KeptList<Question, Item> {
  readonly question: Question;
  readonly #byToken = new Map<PageToken | undefined, KeptPage<Question, Item>>();
  // Most lists are lookups, whose only page leads nowhere.
  #byNextToken: Map<PageToken, KeptPage<Question, Item>> | undefined;
  #walk: KeptWalk<Question, Item> | undefined;

  constructor(question: Question) {
    this.question = question;
  }

  get isEmpty(): boolean {
    return this.#byToken.size === 0;
  }

  get keptPages(): readonly KeptPage<Question, Item>[] {
    return [...this.#byToken.values()];
  }

  add(kept: KeptPage<Question, Item>): void {
    this.#byToken.set(kept.pageToken, kept);
    const next = kept.page.nextPageToken;
    if (next !== undefined) (this.#byNextToken ??= new Map()).set(next, kept);
    this.#walk = undefined;
  }

  remove(kept: KeptPage<Question, Item>): void {
    const { pageToken, page } = kept;
    if (this.#byToken.get(pageToken) === kept) this.#byToken.delete(pageToken);
    const next = page.nextPageToken;
    if (next !== undefined && this.#byNextToken?.get(next) === kept) this.#byNextToken.delete(next);
    this.#walk = undefined;
  }

  /** The page of a token, fresh or not. */
  get(pageToken: PageToken | undefined): KeptPage<Question, Item> | undefined {
    return this.#byToken.get(pageToken);
  }

  /** The page that leads to this token, if upstream gave it after `notBeforeMs`. */
  before(pageToken: PageToken, notBeforeMs: number): KeptPage<Question, Item> | undefined {
    const kept = this.#byNextToken?.get(pageToken);
    return kept !== undefined && kept.page.fetchedAtMs > notBeforeMs ? kept : undefined;
  }

  /** The unbroken run from the start through pages that upstream gave after `notBeforeMs`. */
  walk(notBeforeMs: number): KeptWalk<Question, Item> {
    if (this.#walk === undefined || this.#walk.oldestAtMs <= notBeforeMs) this.#walk = this.#read(notBeforeMs);
    return this.#walk;
  }

  #read(notBeforeMs: number): KeptWalk<Question, Item> {
    const pages: Page<Item>[] = [];
    const kept = new Set<KeptPage<Question, Item>>();
    let itemCount = 0;
    let oldestAtMs = Infinity;
    let at = this.#byToken.get(undefined);
    // A token that leads back to a page met before would go round for ever.
    while (at !== undefined && at.page.fetchedAtMs > notBeforeMs && !kept.has(at)) {
      kept.add(at);
      pages.push(at.page);
      itemCount += at.page.items.length;
      oldestAtMs = Math.min(oldestAtMs, at.page.fetchedAtMs);
      const { nextPageToken } = at.page;
      if (nextPageToken === undefined) return { pages, itemCount, isWhole: true, kept, oldestAtMs };
      at = this.#byToken.get(nextPageToken);
    }
    const nextPageToken = pages.at(-1)?.nextPageToken;
    if (nextPageToken === undefined) return emptyWalk;
    return { pages, itemCount, nextPageToken, isWhole: false, kept, oldestAtMs };
  }
}
