import type { PageToken } from '../../model/page.ts';
import type { Subject } from '../../model/subject.ts';
import { textOf, type TextWriter } from '../../platform/byte-text.ts';
import {
  itemChecksumOf,
  createPagePrefix,
  cursorOf,
  type PagePrefix,
  type CursorPosition,
  writeCursor,
} from '../cursor/cursor.ts';
import type { ListPlan } from './query-plan.ts';
import type { Slice } from '../assignments.ts';
import type { PageView } from './walk.ts';

/** Items of one page that are part of a slice, and as much of the page as their cursors need: the page itself may go. */
export interface PageSegment {
  readonly items: readonly Subject[];
  /** Where in the page the items stand; a number where they stand side by side from there. */
  readonly at: number | readonly number[];
  readonly pageToken: PageToken | undefined;
  readonly pageSize: number;
  readonly pageOrdinal: number;
  readonly pageLength: number;
  readonly nextPageToken: PageToken | undefined;
}

const segmentOf = (
  { page, pageToken, ordinal }: PageView,
  items: readonly Subject[],
  at: PageSegment['at'],
): PageSegment => ({
  items,
  at,
  pageToken,
  pageSize: page.pageSize,
  pageOrdinal: ordinal,
  pageLength: page.items.length,
  nextPageToken: page.nextPageToken,
});

/** The items of a page between two indexes. A whole page is not copied. */
export const takeSegment = (view: PageView, start: number, end: number): PageSegment => {
  const { items: subjects } = view.page;
  return segmentOf(view, start === 0 && end === subjects.length ? subjects : subjects.slice(start, end), start);
};

/** The items of a page at these indexes. */
export const pickSegment = (view: PageView, indexes: readonly number[]): PageSegment =>
  segmentOf(
    view,
    indexes.map((index) => view.page.items[index] as Subject),
    indexes,
  );

/** The segment without its first items. */
export const dropFirst = (segment: PageSegment, count: number): PageSegment => ({
  ...segment,
  items: segment.items.slice(count),
  at: typeof segment.at === 'number' ? segment.at + count : segment.at.slice(count),
});

/** The position right behind so many items of a page. */
export const positionAfter = (
  { page, pageToken, ordinal }: PageView,
  index: number,
  kind: Pick<CursorPosition, 'isEdge' | 'hasEdgeBefore'>,
): CursorPosition => {
  const { items: subjects, pageSize, nextPageToken } = page;
  const before = subjects[index - 1];
  return {
    pageToken,
    pageSize,
    offset: index,
    ordinal: ordinal + index,
    nextPageToken: index === subjects.length ? nextPageToken : undefined,
    itemChecksum: before === undefined ? 0 : itemChecksumOf(before),
    ...kind,
  };
};

interface PageSliceParts {
  readonly plan: ListPlan;
  /** In the list's order, none of them empty. */
  readonly segments: readonly PageSegment[];
  /** Where a walk stopped at its budget: the position to go on from. */
  readonly stoppedAt?: CursorPosition | undefined;
  readonly hasNextPage: () => boolean | Promise<boolean>;
  readonly hasPreviousPage: () => boolean | Promise<boolean>;
  readonly totalCount: () => number | null | Promise<number | null>;
}

/** A slice over segments of pages. What is asked for twice is worked out once. */
export const createPageSlice = ({ plan, segments, stoppedAt, ...parts }: PageSliceParts): Slice<Subject> => {
  const items =
    segments.length === 1 ? (segments[0] as PageSegment).items : segments.flatMap((segment) => segment.items);
  const prefixes = new Map<PageSegment, PagePrefix>();

  const prefixOf = (segment: PageSegment): PagePrefix => {
    let prefix = prefixes.get(segment);
    if (prefix === undefined) prefixes.set(segment, (prefix = createPagePrefix(plan.fingerprint(), segment)));
    return prefix;
  };

  const writeCursorAt = (index: number, out: TextWriter): void => {
    let left = index;
    for (const segment of segments) {
      if (left < segment.items.length) {
        writeCursor(prefixOf(segment), edgePosition(segment, left), out);
        return;
      }
      left -= segment.items.length;
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

const edgePosition = (segment: PageSegment, index: number): CursorPosition => {
  const at = typeof segment.at === 'number' ? segment.at + index : (segment.at[index] as number);
  const { pageToken, pageSize, nextPageToken } = segment;
  return {
    pageToken,
    pageSize,
    offset: at + 1,
    ordinal: segment.pageOrdinal + at + 1,
    nextPageToken: at + 1 === segment.pageLength ? nextPageToken : undefined,
    itemChecksum: itemChecksumOf(segment.items[index] as Subject),
    isEdge: true,
    hasEdgeBefore: true,
  };
};

const once = <Value>(work: () => Value): (() => Value) => {
  let done: { readonly value: Value } | undefined;
  return () => (done ??= { value: work() }).value;
};
