import { GatewayError } from '../../model/errors.ts';
import type { SubjectListQuestion } from '../../model/subject-list.ts';
import type { ListContext } from './list-context.ts';
import type { ListPlan } from './query-plan.ts';
import type { PageView } from './walk.ts';

/** GraphQL's largest Int. */
const maxInt = 2 ** 31 - 1;

/** Somewhere in a page: behind so many of its items. */
export interface PagePosition {
  readonly view: PageView;
  readonly index: number;
}

/** Which part of a list was read: what its total may be told from. */
export interface ReadPart {
  /** Where the reading began to look for items. Absent: it read no page, because the list has none. */
  readonly start: PagePosition | undefined;
  /** How many items of the answer it found from there to its end. */
  readonly found: number;
  readonly end: PagePosition | undefined;
}

/**
 * Upstream's total where every listed subject is part of the answer and upstream tells one; else what is counted, in the part that was read where that is
 * all, or in the whole list. Exact whatever was read and kept; null only where GraphQL cannot say it. Fails as `WholeList.reduce` does.
 */
export const totalCountOf = (
  context: ListContext,
  part: ReadPart | undefined,
): number | null | Promise<number | null> => {
  const { plan } = context;
  if (part === undefined) return countWholeList(context);
  const { start, found, end } = part;
  const upstreams = plan.matches === undefined ? end?.view.page.totalSize : undefined;
  if (upstreams !== undefined) return asInt(upstreams);
  if (start === undefined || end === undefined) return found;
  if (start.view.pageToken === undefined && end.view.page.nextPageToken === undefined) {
    return countItems(plan, start.view, 0, start.index) + found + countItems(plan, end.view, end.index);
  }
  return countWholeList(context);
};

const countWholeList = async (context: ListContext): Promise<number | null> => {
  const { plan, wholeList } = context;
  try {
    return asInt(
      await wholeList.reduce(cheapestList(context), {
        initial: 0,
        add: (count, { items }) => count + plan.count(items),
      }),
    );
  } catch (error) {
    const isUnknownSubject = error instanceof GatewayError && error.code === 'NOT_FOUND';
    if (isUnknownSubject && plan.upstream.subjectReference !== undefined) return 0;
    throw error;
  }
};

/** Order does not count: the list in upstream's own order, which all questions share, unless the other is kept whole. */
const cheapestList = ({ plan, known, operation }: ListContext): SubjectListQuestion => {
  const { orderBy, ...unordered } = plan.upstream;
  // In another order, a list of one subject could be told from a page that was read of it, which may not be all of it.
  if (unordered.subjectReference !== undefined) return plan.upstream;
  if (orderBy === undefined || known === undefined) return unordered;
  return known.walkOf(plan.upstream, operation).isWhole ? plan.upstream : unordered;
};

const asInt = (count: number): number | null => (count <= maxInt ? count : null);

/** How many items of a page between two indexes are part of the answer. */
export const countItems = (plan: ListPlan, view: PageView, start: number, end = view.page.items.length): number => {
  const { items } = view.page;
  return plan.count(start === 0 && end === items.length ? items : items.slice(start, end));
};
