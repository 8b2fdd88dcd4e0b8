import { maxListPageSize } from '../../model/contract.ts';
import type { Subject } from '../../model/subject.ts';
import { countItems, totalCountOf } from './total-count.ts';
import type { CursorPosition } from '../cursor/cursor.ts';
import { isBudgetSpent, type ListContext } from './list-context.ts';
import { createPageSlice, positionAfter } from './page-slice.ts';
import type { Slice } from '../assignments.ts';
import { forwardPageSize, type ForwardReading, type ForwardWindow, readForward } from './read-forward.ts';
import type { Walk } from './walk.ts';

/** The first items behind `after`, as far as `before`, and where to go on if the budget of calls was spent before. */
export const sliceForward = async (context: ListContext, window: ForwardWindow): Promise<Slice<Subject>> => {
  const reading = await readForward(context, window);
  const { segments, found, end, isStopped } = reading;
  const hasPreviousPage = window.after?.hasEdgeBefore ?? false;
  return createPageSlice({
    plan: context.plan,
    segments,
    ...(isStopped && { stoppedAt: stopOf(reading, window.after, hasPreviousPage || found > 0) }),
    hasNextPage: () => isStopped || hasMore(context, window, reading),
    hasPreviousPage: () => hasPreviousPage,
    totalCount: () => totalCountOf(context, isStopped && end === undefined ? undefined : reading),
  });
};

/** In front of everything. */
const startPosition: CursorPosition = {
  pageSize: maxListPageSize,
  offset: 0,
  ordinal: 0,
  itemChecksum: 0,
  isEdge: false,
  hasEdgeBefore: false,
};

/** The position to go on from: it leaves out nothing, and what was read for nothing is not read again. */
const stopOf = ({ end }: ForwardReading, after: CursorPosition | undefined, hasEdgeBefore: boolean): CursorPosition =>
  end === undefined ? (after ?? startPosition) : positionAfter(end.view, end.index, { isEdge: false, hasEdgeBefore });

/** Whether the list goes on behind what was read. Asks upstream only where nothing at hand can tell. */
const hasMore = (
  context: ListContext,
  window: ForwardWindow,
  { end, reader }: ForwardReading,
): boolean | Promise<boolean> => {
  if (window.before?.isEdge === true) return true;
  if (reader === undefined || end === undefined) return false;
  const { plan } = context;
  const { page, ordinal } = end.view;
  if (countItems(plan, end.view, end.index) > 0) return true;
  if (page.nextPageToken === undefined) return false;
  if (plan.matches === undefined && (page.totalSize ?? 0) > ordinal + page.items.length) return true;
  const pageSize = forwardPageSize(context, { ...window, before: undefined }, reader, window.count);
  return hasItems(context, pageSize, reader.walk);
};

/** Whether any page to come has an item. Where the budget ends the search a filtered list goes on. */
const hasItems = async ({ plan }: ListContext, pageSize: number, walk: Walk): Promise<boolean> => {
  try {
    for (;;) {
      const view = await walk.next(pageSize);
      if (view === undefined) return false;
      if (countItems(plan, view, 0) > 0) return true;
    }
  } catch (error) {
    if (plan.matches === undefined || !isBudgetSpent(error)) throw error;
    return true;
  }
};
