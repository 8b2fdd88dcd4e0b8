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

/** Which part of a list a walk has read: what `totalCount` may be told from. */
export interface WalkedPart {
  /** Where the walk began to look for items. Absent: it read no page, because the list has none. */
  readonly start: PagePosition | undefined;
  /** How many items of the answer it found from there to its end. */
  readonly found: number;
  readonly end: PagePosition | undefined;
}

/**
 * Upstream's total where every listed subject is part of the answer, else the number that a whole walk found, of this
 * question or of kept pages; null where neither is known or GraphQL cannot say it.
 */
export const totalCountOf = ({ plan, operation, known }: ListContext, coverage: WalkedPart): number | null => {
  const { start, found, end } = coverage;
  const upstreams = plan.matches === undefined ? end?.view.page.totalSize : undefined;
  if (upstreams !== undefined) return upstreams <= maxInt ? upstreams : null;
  if (start === undefined || end === undefined) return found;
  if (start.view.pageToken === undefined && end.view.page.nextPageToken === undefined) {
    return countItems(plan, start.view, 0, start.index) + found + countItems(plan, end.view, end.index);
  }
  const walk = known?.walkOf(plan.upstream, operation);
  if (walk?.isWhole !== true) return null;
  const { matches } = plan;
  if (matches === undefined) return walk.itemCount;
  return walk.pages.reduce((count, { items }) => count + items.filter(matches).length, 0);
};

/** How many items of a page between two indexes are part of the answer. */
export const countItems = (plan: ListPlan, view: PageView, start: number, end = view.page.items.length): number => {
  const { matches } = plan;
  return matches === undefined ? end - start : view.page.items.slice(start, end).filter(matches).length;
};
