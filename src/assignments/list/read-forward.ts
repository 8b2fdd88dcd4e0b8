import { maxListPageSize } from '../../model/contract.ts';
import type { Subject } from '../../model/subject.ts';
import type { PagePosition } from './total-count.ts';
import type { CursorPosition } from '../cursor/cursor.ts';
import { expiredCursor, isBudgetSpent, type ListContext, turnOf } from './list-context.ts';
import type { ListPlan } from './query-plan.ts';
import { advance, type ListReader, openReader, indexIn, readerOrdinal } from './reader.ts';
import { pickSegment, type PageSegment, takeSegment } from './page-slice.ts';
import type { Window } from '../connection-window.ts';
import type { PageView } from './walk.ts';

export type ForwardWindow = Pick<Window<CursorPosition>, 'count' | 'after' | 'before'>;

/** What reading forwards brought. */
export interface ForwardReading {
  readonly segments: readonly PageSegment[];
  readonly found: number;
  /** Where the first item was looked for; absent where no page was read. */
  readonly start: PagePosition | undefined;
  /** Right behind the last item taken, or behind everything that was read; absent where no page was read. */
  readonly end: PagePosition | undefined;
  /** True: the budget of calls was spent before enough was found. */
  readonly isStopped: boolean;
  /** Goes on behind `end`'s page. Absent where the budget did not even reach the position to start from. */
  readonly reader: ListReader | undefined;
}

/**
 * Reads on from `after` until enough items are found, `before` or the end of the list is reached, or the budget of calls is
 * spent. A list that is not filtered has to have found something by then, or throws as its source does.
 */
export const readForward = async (context: ListContext, window: ForwardWindow): Promise<ForwardReading> => {
  const { plan } = context;
  const { count, after, before } = window;
  const segments: PageSegment[] = [];
  let found = 0;
  let start: PagePosition | undefined;
  let reader: ListReader | undefined;
  let isStopped = false;
  try {
    reader = await openReader(context, after);
    for (;;) {
      if (reader.view !== undefined) {
        const turn = turnOf(context);
        if (turn !== undefined) await turn;
        start ??= { view: reader.view, index: reader.index };
        const stop = before === undefined ? undefined : indexIn(reader.view, before);
        const segment = takeItems(plan, reader, stop, count - found);
        if (segment !== undefined) segments.push(segment);
        found += segment?.items.length ?? 0;
        if (found === count || stop !== undefined) break;
      }
      if (!(await advance(reader, forwardPageSize(context, window, reader, count - found)))) {
        if (before !== undefined) throw expiredCursor();
        break;
      }
    }
  } catch (error) {
    if (!isBudgetSpent(error) || (plan.matches === undefined && found === 0)) throw error;
    isStopped = true;
  }
  const end = reader?.view && { view: reader.view, index: reader.index };
  return { segments, found, start, end, isStopped, reader };
};

/** The size of the next page to ask for, when `missing` items are still wanted. */
export const forwardPageSize = (
  { plan, readAhead }: ListContext,
  { after, before }: ForwardWindow,
  reader: ListReader,
  missing: number,
): number => {
  if (plan.matches !== undefined) return maxListPageSize;
  // Up to the item of `before`, which shows whether the list is still the same.
  const left = before === undefined ? missing : before.ordinal - readerOrdinal(reader);
  const previousSize = after === undefined ? undefined : (reader.view?.page.pageSize ?? after.pageSize);
  return choosePageSize({ wanted: Math.min(missing, left), previousSize, readAhead });
};

interface PageSizeWishes {
  /** How many items are still wanted. */
  readonly wanted: number;
  /** Size of the page that a client paging on has just left; absent where it is not known to page on. */
  readonly previousSize: number | undefined;
  /** Whether what is read beyond the wanted is kept for later. */
  readonly readAhead: boolean;
}

/**
 * How large a page to ask for where every item of it is part of the answer. Exactly what is wanted, so that the page's
 * end is the slice's end and its cursor costs no second reading; with read-ahead, a client that pages on gets pages twice
 * as large each time.
 */
export const choosePageSize = ({ wanted, previousSize, readAhead }: PageSizeWishes): number => {
  const ahead = readAhead && previousSize !== undefined ? 2 * previousSize : 0;
  return Math.max(1, Math.min(maxListPageSize, Math.max(wanted, ahead)));
};

/** Takes up to `count` items of the answer from where the reader stands, not beyond `stop`, and moves it behind them. */
const takeItems = (
  plan: ListPlan,
  reader: ListReader,
  stop: number | undefined,
  count: number,
): PageSegment | undefined => {
  const view = reader.view as PageView;
  const { items: subjects } = view.page;
  const start = reader.index;
  const end = stop ?? subjects.length;
  const { matches } = plan;
  if (matches === undefined) {
    reader.index = Math.max(start, Math.min(end, start + count));
    return reader.index > start ? takeSegment(view, start, reader.index) : undefined;
  }
  const indexes: number[] = [];
  while (reader.index < end && indexes.length < count) {
    if (matches(subjects[reader.index] as Subject)) indexes.push(reader.index);
    reader.index++;
  }
  return indexes.length > 0 ? pickSegment(view, indexes) : undefined;
};
