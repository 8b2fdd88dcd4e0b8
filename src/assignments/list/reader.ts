import type { Subject } from '../../model/subject.ts';
import { itemChecksumOf, ordinalBefore, type CursorPosition } from '../cursor/cursor.ts';
import { expiredCursor, type ListContext, listStart, walkList } from './list-context.ts';
import type { PageView, Walk, WalkStart } from './walk.ts';

/** Somewhere in a list, reading forwards. */
export interface ListReader {
  readonly walk: Walk;
  /** How many items of the list lie before the first page that it reads. */
  readonly startOrdinal: number;
  /** The page it stands in; undefined where it stands before the first one that it will read. */
  view: PageView | undefined;
  /** How many items of that page lie behind it. */
  index: number;
}

/** How many items of the whole list lie behind the reader. */
export const readerOrdinal = ({ view, index, startOrdinal }: ListReader): number =>
  view === undefined ? startOrdinal : view.ordinal + index;

/** Moves to the start of the next page. False: there is none, and the reader stays where it is. */
export const advance = async (reader: ListReader, pageSize: number): Promise<boolean> => {
  const view = await reader.walk.next(pageSize);
  if (view === undefined) return false;
  reader.view = view;
  reader.index = 0;
  return true;
};

/**
 * Opens a list behind a position, or at its start. Costs a call where the position lies inside a page, which is then read again:
 * throws `EXPIRED_CURSOR` where its item is not there any more.
 */
export const openReader = async (context: ListContext, position: CursorPosition | undefined): Promise<ListReader> => {
  const start = startBehind(position);
  const reader: ListReader = {
    walk: walkList(context, start),
    startOrdinal: start.ordinal,
    view: undefined,
    index: 0,
  };
  if (position === undefined || position.nextPageToken !== undefined || position.offset === 0) return reader;
  while (await advance(reader, position.pageSize)) {
    const index = indexBehind(reader.view as PageView, position);
    if (index === undefined) continue;
    reader.index = index;
    return reader;
  }
  throw expiredCursor();
};

const startBehind = (position: CursorPosition | undefined): WalkStart => {
  if (position === undefined) return listStart;
  const { pageToken, nextPageToken, offset, ordinal } = position;
  return nextPageToken === undefined ? { pageToken, ordinal: ordinal - offset } : { pageToken: nextPageToken, ordinal };
};

/**
 * How many items of the page lie before the position, or, for an edge, before its item; undefined where the position lies
 * further on. Where another item has taken its place, the nearest of the right name in this page counts. Throws
 * `EXPIRED_CURSOR` where none is.
 */
export const indexIn = (view: PageView, position: CursorPosition): number | undefined =>
  indexOf(view, position, position.isEdge);

/** How many items of the page lie before the position, the item of an edge included. */
const indexBehind = (view: PageView, position: CursorPosition): number | undefined => indexOf(view, position, false);

const indexOf = ({ page, ordinal }: PageView, position: CursorPosition, isBeforeItem: boolean): number | undefined => {
  const { items: subjects, nextPageToken } = page;
  const index = (isBeforeItem ? ordinalBefore(position) : position.ordinal) - ordinal;
  if (index < 0) return 0;
  if (nextPageToken !== undefined) {
    if (index > subjects.length) return undefined;
    // The item of the edge is the next page's first: everything before it has been seen, so it need not be read.
    if (isBeforeItem && index === subjects.length) return index;
  }
  if (position.offset === 0) return Math.min(index, subjects.length);
  const itemIndex = position.ordinal - 1 - ordinal;
  if (itemIndex < 0) return 0;
  const found = findNear(subjects, itemIndex, position.itemChecksum);
  if (found === undefined) throw expiredCursor();
  return isBeforeItem ? found : found + 1;
};

const findNear = (subjects: readonly Subject[], index: number, itemChecksum: number): number | undefined => {
  const isIt = (at: number) => {
    const subject = subjects[at];
    return subject !== undefined && itemChecksumOf(subject) === itemChecksum;
  };
  const reach = Math.max(index, subjects.length - index);
  for (let distance = 0; distance <= reach; distance++) {
    if (isIt(index - distance)) return index - distance;
    if (isIt(index + distance)) return index + distance;
  }
  return undefined;
};
