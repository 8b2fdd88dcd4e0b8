import { maxPageSize } from '../../model/page.ts';
import { countItems } from './total-count.ts';
import { type ListContext, listStart, walkList } from './list-context.ts';

/** Whether the list has an item of the answer among its first `ordinal` ones. Reads from its start until it knows. */
export const isFoundBefore = async (context: ListContext, ordinal: number): Promise<boolean> => {
  const { plan } = context;
  if (plan.matches === undefined && ordinal !== Infinity) return ordinal > 0;
  const walk = walkList(context, listStart);
  for (;;) {
    const view = await walk.next(maxPageSize);
    if (view === undefined || view.ordinal >= ordinal) return false;
    if (countItems(plan, view, 0, Math.min(ordinal - view.ordinal, view.page.items.length)) > 0) return true;
    if (view.ordinal + view.page.items.length >= ordinal) return false;
  }
};
