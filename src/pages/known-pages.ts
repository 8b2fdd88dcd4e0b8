import type { Operation } from '../model/operation.ts';
import type { Page, PageToken } from '../model/page.ts';

/** What kept pages tell of the items of one key. */
export interface KnownItems<Item> {
  /** As upstream listed them. */
  readonly items: readonly Item[];
  /**
   * True: upstream has no others, and none means that it does not know the key. False: some page lists these, and the rest of the
   * list was not read.
   */
  readonly isWhole: boolean;
  /** When upstream gave the oldest page that says so. */
  readonly atMs: number;
}

/** The unbroken run of kept pages from the start of a list. */
export interface KnownWalk<Item> {
  /** In the list's order. Empty where not even the first page is kept. */
  readonly pages: readonly Page<Item>[];
  /** How many items the pages hold together. */
  readonly itemCount: number;
  /** Where to go on; absent at the end of the list, and where no page is kept. */
  readonly nextPageToken?: PageToken;
  /** True: the last page is among them, so that nothing of the list is unknown. */
  readonly isWhole: boolean;
}

export interface PageBefore<Item> {
  readonly page: Page<Item>;
  /** The token that fetched it; absent: it is the first page. */
  readonly pageToken?: PageToken;
}

/**
 * What fresh pages of the operation's caller tell without a call. All methods are cheap, and know nothing where the
 * operation bypasses the cache or has no caller.
 */
export interface KnownPages<Question, Item> {
  /** What is known about the items of a key, in any list of the question's group, newest word first; undefined where a call would have to tell. Counts as served from cache. */
  itemsOf(question: Question, key: string, operation: Operation): KnownItems<Item> | undefined;
  /** How far the list is known from its start. */
  walkOf(question: Question, operation: Operation): KnownWalk<Item>;
  /** The kept page whose `nextPageToken` is this token. Counts as served from cache. */
  pageBefore(question: Question, pageToken: PageToken, operation: Operation): PageBefore<Item> | undefined;
  /**
   * How many items upstream last said the list has. Outlives the pages, also for operations that bypass the cache:
   * good enough to choose between plans, never an answer.
   */
  likelySize(question: Question, operation: Operation): number | undefined;
}
