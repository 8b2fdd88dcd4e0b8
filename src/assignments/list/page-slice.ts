import type { PageToken } from '../../model/page.ts';
import type { Subject } from '../../model/subject.ts';
import { textOf, type TextWriter } from '../../platform/byte-text.ts';
import { anchorOf, createPagePrefix, cursorOf, type PagePrefix, type Place, writeCursor } from '../cursor/cursor.ts';
import type { ListPlan } from './query-plan.ts';
import type { Slice } from '../assignments.ts';
import type { PageView } from './walk.ts';

/** Items of one page that are part of a slice, and as much of the page as their cursors need: the page itself may go. */
export interface Run {
  readonly items: readonly Subject[];
  /** Where in the page the items stand; a number where they stand side by side from there. */
  readonly at: number | readonly number[];
  readonly pageToken: PageToken | undefined;
  readonly pageSize: number;
  readonly pageOrdinal: number;
  readonly pageLength: number;
  readonly nextPageToken: PageToken | undefined;
}

const runOf = ({ page, pageToken, ordinal }: PageView, items: readonly Subject[], at: Run['at']): Run => ({
  items,
  at,
  pageToken,
  pageSize: page.pageSize,
  pageOrdinal: ordinal,
  pageLength: page.subjects.length,
  nextPageToken: page.nextPageToken,
});

/** The items of a page between two indexes. A whole page is not copied. */
export const takeRun = (view: PageView, start: number, end: number): Run => {
  const { subjects } = view.page;
  return runOf(view, start === 0 && end === subjects.length ? subjects : subjects.slice(start, end), start);
};

/** The items of a page at these indexes. */
export const pickRun = (view: PageView, indexes: readonly number[]): Run =>
  runOf(
    view,
    indexes.map((index) => view.page.subjects[index] as Subject),
    indexes,
  );

/** The run without its first items. */
export const dropFirst = (run: Run, count: number): Run => ({
  ...run,
  items: run.items.slice(count),
  at: typeof run.at === 'number' ? run.at + count : run.at.slice(count),
});

/** The place right behind so many items of a page. */
export const placeAfter = (
  { page, pageToken, ordinal }: PageView,
  index: number,
  kind: Pick<Place, 'isEdge' | 'hasEdgeBefore'>,
): Place => {
  const { subjects, pageSize, nextPageToken } = page;
  const before = subjects[index - 1];
  return {
    pageToken,
    pageSize,
    offset: index,
    ordinal: ordinal + index,
    nextPageToken: index === subjects.length ? nextPageToken : undefined,
    anchor: before === undefined ? 0 : anchorOf(before),
    ...kind,
  };
};

export interface PageSliceParts {
  readonly plan: ListPlan;
  /** In the list's order, none of them empty. */
  readonly runs: readonly Run[];
  /** Where a walk stopped at its budget: the place to go on from. */
  readonly stoppedAt?: Place | undefined;
  readonly hasNextPage: () => boolean | Promise<boolean>;
  readonly hasPreviousPage: () => boolean | Promise<boolean>;
  readonly totalCount: () => number | null;
}

/** A slice over runs of pages. What is asked for twice is worked out once. */
export const createPageSlice = ({ plan, runs, stoppedAt, ...parts }: PageSliceParts): Slice<Subject> => {
  const items = runs.length === 1 ? (runs[0] as Run).items : runs.flatMap((run) => run.items);
  const prefixes = new Map<Run, PagePrefix>();

  const prefixOf = (run: Run): PagePrefix => {
    let prefix = prefixes.get(run);
    if (prefix === undefined) prefixes.set(run, (prefix = createPagePrefix(plan.fingerprint(), run)));
    return prefix;
  };

  const writeCursorAt = (index: number, out: TextWriter): void => {
    let left = index;
    for (const run of runs) {
      if (left < run.items.length) {
        writeCursor(prefixOf(run), edgePlace(run, left), out);
        return;
      }
      left -= run.items.length;
    }
    throw new RangeError(`no item ${index} in a slice of ${items.length}`);
  };

  const cursorAt = (index: number): string => textOf((out) => writeCursorAt(index, out));

  const endCursor = (): string | null => {
    if (stoppedAt !== undefined) return cursorOf(createPagePrefix(plan.fingerprint(), stoppedAt), stoppedAt);
    return items.length === 0 ? null : cursorAt(items.length - 1);
  };

  return {
    items,
    cursorAt,
    writeCursorAt,
    startCursor: () => (items.length === 0 ? null : cursorAt(0)),
    endCursor,
    hasNextPage: once(parts.hasNextPage),
    hasPreviousPage: once(parts.hasPreviousPage),
    totalCount: once(parts.totalCount),
  };
};

const edgePlace = (run: Run, index: number): Place => {
  const at = typeof run.at === 'number' ? run.at + index : (run.at[index] as number);
  const { pageToken, pageSize, nextPageToken } = run;
  return {
    pageToken,
    pageSize,
    offset: at + 1,
    ordinal: run.pageOrdinal + at + 1,
    nextPageToken: at + 1 === run.pageLength ? nextPageToken : undefined,
    anchor: anchorOf(run.items[index] as Subject),
    isEdge: true,
    hasEdgeBefore: true,
  };
};

const once = <Value>(work: () => Value): (() => Value) => {
  let done: { readonly value: Value } | undefined;
  return () => (done ??= { value: work() }).value;
};
