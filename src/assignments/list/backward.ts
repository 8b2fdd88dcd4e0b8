import type { Subject } from '../../model/subject.ts';
import { totalCountOf } from './total-count.ts';
import { ordinalBefore, type CursorPosition } from '../cursor/cursor.ts';
import { sliceForward } from './forward.ts';
import type { ListContext } from './list-context.ts';
import { createPageSlice } from './page-slice.ts';
import type { Slice } from '../assignments.ts';
import { type BackwardWindow, isFoundBefore, readNear } from './read-near.ts';
import { readUpTo } from './read-up-to.ts';

/**
 * The last items ahead of `before`, or of the list, down to `after`. Read from the page that `before` names and the kept
 * pages ahead of it where these suffice, else by walking there from the start. Throws `CALL_BUDGET_EXCEEDED` before a
 * walk that costs more calls than are left.
 */
export const sliceBackward = async (context: ListContext, window: BackwardWindow): Promise<Slice<Subject>> => {
  const { after, before, count } = window;
  if (count === 0) return sliceNothing(context, window);
  const reading = (before && (await readNear(context, { ...window, before }))) ?? (await readUpTo(context, window));
  return createPageSlice({
    plan: context.plan,
    segments: reading.segments,
    hasNextPage: () => hasItemsFrom(context, before),
    hasPreviousPage: () => after?.hasEdgeBefore === true || reading.hasItemsBefore(),
    totalCount: () => totalCountOf(context, reading.part),
  });
};

/** `last: 0`: nothing is read but what the flags and the total need. */
const sliceNothing = async (context: ListContext, { after, before }: BackwardWindow): Promise<Slice<Subject>> => {
  const start = await sliceForward(context, { count: 0, after, before: undefined });
  return createPageSlice({
    plan: context.plan,
    segments: [],
    hasNextPage: () => hasItemsFrom(context, before),
    hasPreviousPage: () =>
      after?.hasEdgeBefore === true || isFoundBefore(context, before === undefined ? Infinity : ordinalBefore(before)),
    totalCount: () => start.totalCount(),
  });
};

/** Whether the list goes on at `before`. */
const hasItemsFrom = async (context: ListContext, before: CursorPosition | undefined): Promise<boolean> => {
  if (before === undefined || before.isEdge) return before !== undefined;
  const next = await sliceForward(context, { count: 1, after: before, before: undefined });
  return next.items.length > 0 || next.hasNextPage();
};
