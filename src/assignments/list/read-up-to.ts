import { GatewayError } from '../../model/errors.ts';
import { maxListPageSize } from '../../model/contract.ts';
import type { Subject } from '../../model/subject.ts';
import type { PagePosition } from './total-count.ts';
import { ordinalBefore, type CursorPosition } from '../cursor/cursor.ts';
import { expiredCursor, isBudgetSpent, type ListContext, turnOf } from './list-context.ts';
import { advance, openReader, indexIn, readerOrdinal } from './reader.ts';
import { dropFirst, pickSegment, type PageSegment, takeSegment } from './page-slice.ts';
import type { BackwardReading, BackwardWindow } from './read-near.ts';
import type { PageView } from './walk.ts';

/**
 * Walks from the start, or from `after`, up to `before` or the end of the list, and gives the last items on the way. Holds
 * no more than these. Throws `CALL_BUDGET_EXCEEDED` as soon as it is known that the walk costs more calls than are left.
 */
export const readUpTo = async (context: ListContext, window: BackwardWindow): Promise<BackwardReading> => {
  const { after, before } = window;
  const tail = createTail(window.count);
  let start: PagePosition | undefined;
  checkBudget(context, before, after?.ordinal ?? 0, undefined);
  const reader = await openReader(context, after);
  for (;;) {
    const { view, index } = reader;
    if (view !== undefined) {
      const turn = turnOf(context);
      if (turn !== undefined) await turn;
      start ??= { view, index };
      const stop = before === undefined ? undefined : indexIn(view, before);
      reader.index = Math.max(index, stop ?? view.page.items.length);
      tail.add(segmentBetween(context, view, index, reader.index));
      if (stop !== undefined) break;
    }
    const position = readerOrdinal(reader);
    // Where nothing comes after the page, the step costs nothing.
    if (view?.page.nextPageToken !== undefined) checkBudget(context, before, position, view);
    const hasMoved = await advance(reader, maxListPageSize).catch((error: unknown) => {
      if (isBudgetSpent(error)) refuseWalk(context, before, position, view);
      throw error;
    });
    if (hasMoved) continue;
    if (before !== undefined) throw expiredCursor();
    break;
  }
  const { found } = tail;
  const end = reader.view && { view: reader.view, index: reader.index };
  const segments = tail.segments();
  return { segments, hasItemsBefore: () => found > window.count, part: { start, found, end } };
};

const segmentBetween = ({ plan }: ListContext, view: PageView, start: number, end: number): PageSegment => {
  const { matches } = plan;
  if (matches === undefined) return takeSegment(view, start, end);
  const indexes: number[] = [];
  for (let index = start; index < end; index++) {
    if (matches(view.page.items[index] as Subject)) indexes.push(index);
  }
  return pickSegment(view, indexes);
};

/** Holds the last `count` items of all segments that it is given. */
const createTail = (count: number) => {
  const segments: PageSegment[] = [];
  let found = 0;
  let held = 0;
  return {
    add(segment: PageSegment): void {
      const { length } = segment.items;
      if (length === 0) return;
      segments.push(segment);
      found += length;
      held += length;
      for (
        let oldest = segments[0] as PageSegment;
        held - oldest.items.length >= count;
        oldest = segments[0] as PageSegment
      ) {
        held -= oldest.items.length;
        segments.shift();
      }
    },
    get found(): number {
      return found;
    },
    segments(): readonly PageSegment[] {
      const [oldest, ...rest] = segments;
      return oldest === undefined || held <= count ? segments : [dropFirst(oldest, held - count), ...rest];
    },
  };
};

/** How many calls the walk still takes at least, as far as anybody knows. */
const callsAhead = (
  { plan, known, operation }: ListContext,
  before: CursorPosition | undefined,
  position: number,
  view: PageView | undefined,
): number => {
  const target = before === undefined ? (view?.page.totalSize ?? 0) : ordinalBefore(before);
  const kept = known?.walkOf(plan.upstream, operation);
  if (kept?.isWhole === true) return 0;
  return Math.max(0, Math.ceil((target - Math.max(position, kept?.itemCount ?? 0)) / maxListPageSize));
};

const checkBudget = (...[context, before, position, view]: Parameters<typeof callsAhead>): void => {
  if (callsAhead(context, before, position, view) > context.operation.budget.remaining) {
    refuseWalk(context, before, position, view);
  }
};

const refuseWalk = (...[context, before, position, view]: Parameters<typeof callsAhead>): never => {
  const calls = Math.max(1, callsAhead(context, before, position, view));
  const { remaining } = context.operation.budget;
  throw new GatewayError(
    'CALL_BUDGET_EXCEEDED',
    `Reading this list backwards from there would take at least ${calls} more upstream ${calls === 1 ? 'call' : 'calls'}, and this operation has ${remaining} left. Page forwards, or narrow the question.`,
  );
};
