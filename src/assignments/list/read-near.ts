import { maxListPageSize } from '../../model/contract.ts';
import type { Subject } from '../../model/subject.ts';
import { type ReadPart, countItems } from './total-count.ts';
import { ordinalBefore, type CursorPosition } from '../cursor/cursor.ts';
import { expiredCursor, type ListContext, listStart, walkList, turnOf } from './list-context.ts';
import { indexIn } from './reader.ts';
import { pickSegment, type PageSegment, takeSegment } from './page-slice.ts';
import type { Window } from '../connection-window.ts';
import type { PageView } from './walk.ts';

/** What reading backwards brought. */
export interface BackwardReading {
  readonly segments: readonly PageSegment[];
  /** Whether the list has an item of the answer ahead of the segments. May cost calls, and fail as they do. */
  hasItemsBefore(): boolean | Promise<boolean>;
  readonly part: ReadPart;
}

export type BackwardWindow = Pick<Window<CursorPosition>, 'count' | 'after' | 'before'>;

type NearWindow = BackwardWindow & { readonly before: CursorPosition };

/**
 * Reads the items ahead of a position from its own page and the kept pages before that one. Undefined where they do not hold
 * enough; without a call where that can be told beforehand.
 */
export const readNear = async (context: ListContext, window: NearWindow): Promise<BackwardReading | undefined> => {
  const { plan } = context;
  const { count, after, before } = window;
  const floorOrdinal = after?.ordinal ?? 0;
  if (!isWorthReading(context, window)) return undefined;

  const { views, index } = await readOwnPage(context, before);
  const last = views.at(-1) as PageView;
  const previous = stepBack(context, views);
  const segments: PageSegment[] = [];
  let found = 0;
  let end = index;
  for (let view: PageView | undefined = last; view !== undefined; view = previous(view)) {
    const turn = turnOf(context);
    if (turn !== undefined) await turn;
    if (view !== last) end = view.page.items.length;
    const floor = Math.min(end, Math.max(0, floorOrdinal - view.ordinal));
    const indexes = lastIndexes(context, view, floor, end, count - found);
    found += indexes.length;
    if (indexes.length > 0)
      segments.unshift(
        plan.matches === undefined ? takeSegment(view, indexes[0] as number, end) : pickSegment(view, indexes),
      );
    const start = indexes[0] ?? floor;
    if (found === count || view.ordinal <= floorOrdinal || view.pageToken === undefined) {
      const here = view;
      return {
        segments,
        hasItemsBefore: () =>
          countItems(plan, here, 0, start) > 0 ||
          (here.pageToken !== undefined && isFoundBefore(context, here.ordinal)),
        part: { start: { view: last, index }, found: 0, end: { view: last, index } },
      };
    }
  }
  return undefined;
};

/** Whether the list has an item of the answer among its first `ordinal` ones. Reads from its start until it knows. */
export const isFoundBefore = async (context: ListContext, ordinal: number): Promise<boolean> => {
  const { plan } = context;
  if (plan.matches === undefined && ordinal !== Infinity) return ordinal > 0;
  const walk = walkList(context, listStart);
  for (;;) {
    const view = await walk.next(maxListPageSize);
    if (view === undefined || view.ordinal >= ordinal) return false;
    const turn = turnOf(context);
    if (turn !== undefined) await turn;
    if (countItems(plan, view, 0, Math.min(ordinal - view.ordinal, view.page.items.length)) > 0) return true;
    if (view.ordinal + view.page.items.length >= ordinal) return false;
  }
};

/** Whether the page of a position can hold enough, as far as its cursor tells, or more is known of what comes before it. */
const isWorthReading = ({ plan, known, operation }: ListContext, { count, after, before }: NearWindow): boolean => {
  const { pageToken, offset, isEdge } = before;
  if (pageToken === undefined) return true;
  const inPage = isEdge ? offset - 1 : offset;
  const wanted = plan.matches === undefined ? Math.min(count, ordinalBefore(before) - (after?.ordinal ?? 0)) : count;
  return inPage >= wanted || known?.pageBefore(plan.upstream, pageToken, operation) !== undefined;
};

/** The page that a cursor names, or, where pages have become smaller since, the pages that hold its items now. */
const readOwnPage = async (
  context: ListContext,
  position: CursorPosition,
): Promise<{ views: PageView[]; index: number }> => {
  const { pageToken, pageSize, ordinal, offset } = position;
  const walk = walkList(context, { pageToken, ordinal: ordinal - offset });
  const views: PageView[] = [];
  for (;;) {
    const view = await walk.next(pageSize);
    if (view === undefined) throw expiredCursor();
    views.push(view);
    const index = indexIn(view, position);
    if (index !== undefined) return { views, index };
  }
};

/** Steps to the page before: one of those just read, or one that is kept. */
const stepBack = ({ plan, known, operation }: ListContext, views: readonly PageView[]) => {
  // Kept pages whose tokens go round must not be followed for ever.
  const seen = new Set<PageView['pageToken']>();
  return (view: PageView): PageView | undefined => {
    const { pageToken, ordinal } = view;
    const read = views[views.indexOf(view) - 1];
    if (read !== undefined || pageToken === undefined || seen.has(pageToken)) return read;
    seen.add(pageToken);
    const kept = known?.pageBefore(plan.upstream, pageToken, operation);
    return kept && { page: kept.page, pageToken: kept.pageToken, ordinal: ordinal - kept.page.items.length };
  };
};

/** The last `count` indexes between two of a page whose items are part of the answer. */
const lastIndexes = ({ plan }: ListContext, view: PageView, start: number, end: number, count: number): number[] => {
  const { matches } = plan;
  const indexes: number[] = [];
  for (let index = end - 1; index >= start && indexes.length < count; index--) {
    if (matches === undefined || matches(view.page.items[index] as Subject)) indexes.push(index);
  }
  return indexes.reverse();
};
