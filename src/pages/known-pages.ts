import type { Operation } from '../model/operation.ts';
import type { ListQuestion, Page, PageToken } from '../model/page.ts';
import type { Subject } from '../model/subject.ts';

/** Whom is asked about. `rawType` is upstream's word; absent: whichever subject has the reference. */
export interface EntryKey {
  readonly reference: string;
  readonly rawType?: string;
  readonly includeNestedScopes: boolean;
}

export interface KnownEntries {
  /** The subject's entries as upstream listed them; of several types where the key names none. */
  readonly entries: readonly Subject[];
  /**
   * True: upstream has no others, and none means that it does not know the subject. False: some page lists these, and
   * the rest of the list was not read. Upstream promises one entry for a subject, so one of the asked type is all of it.
   */
  readonly isWhole: boolean;
}

/** The unbroken run of kept pages from the start of a list. */
export interface KnownWalk {
  /** In the list's order. Empty where not even the first page is kept. */
  readonly pages: readonly Page[];
  /** How many subjects the pages hold together. */
  readonly subjectCount: number;
  /** Where to go on; absent at the end of the list, and where no page is kept. */
  readonly nextPageToken?: PageToken;
  /** True: the last page is among them, so that nothing of the list is unknown. */
  readonly isWhole: boolean;
}

export interface PageBefore {
  readonly page: Page;
  /** The token that fetched it; absent: it is the first page. */
  readonly pageToken?: PageToken;
}

/**
 * What fresh pages of the operation's caller tell without a call. All methods are cheap, and know nothing where the
 * operation bypasses the cache or has no caller.
 */
export interface KnownPages {
  /** What is known about one subject, newest word first; undefined where a call would have to tell. Counts as served from cache. */
  entriesOf(key: EntryKey, operation: Operation): KnownEntries | undefined;
  /** How far the list is known from its start. */
  walkOf(question: ListQuestion, operation: Operation): KnownWalk;
  /** The kept page whose `nextPageToken` is this token. Counts as served from cache. */
  pageBefore(question: ListQuestion, pageToken: PageToken, operation: Operation): PageBefore | undefined;
  /**
   * How many subjects upstream last said the list has. Outlives the pages, also for operations that bypass the cache:
   * good enough to choose between plans, never an answer.
   */
  likelySize(question: ListQuestion, operation: Operation): number | undefined;
}
