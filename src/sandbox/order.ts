import type { OrderField, World } from './world.ts';
import type { View } from './view.ts';

/** One field to sort by. */
export interface OrderTerm {
  readonly field: OrderField;
  readonly isDescending: boolean;
}

const fieldByName: Readonly<Record<string, OrderField>> = {
  subjectReference: 'subjectReference',
  subject_reference: 'subjectReference',
  subjectType: 'subjectType',
  subject_type: 'subjectType',
};

/** Reads `orderBy` as AIP-132 defines it. Answers a sentence where it cannot. */
export const parseOrderBy = (text: string): readonly OrderTerm[] | string => {
  if (text.trim() === '') return [];
  const terms: OrderTerm[] = [];
  for (const part of text.split(',')) {
    const [name = '', direction, ...rest] = part.trim().split(/\s+/);
    const field = Object.hasOwn(fieldByName, name) ? fieldByName[name] : undefined;
    if (field === undefined) return `order_by names the unknown field "${name}"`;
    if (rest.length > 0 || (direction !== undefined && direction !== 'desc')) {
      return `order_by allows only " desc" after the field "${name}"`;
    }
    if (terms.some((term) => term.field === field)) return `order_by names the field "${name}" twice`;
    terms.push({ field, isDescending: direction === 'desc' });
  }
  return terms;
};

/** A canonical key: equal only for equal orders. */
export const orderKey = (order: readonly OrderTerm[]): string =>
  order.map(({ field, isDescending }) => `${field}${isDescending ? '-' : '+'}`).join();

const maxOrders = 16;

/** Sorts views, and keeps the last few results. Equal entries stay in the world's own order. */
export const createSorter = (world: World): ((view: View, order: readonly OrderTerm[]) => Uint32Array | undefined) => {
  const ranks = new Map<OrderField, Uint32Array>();
  const kept = new Map<string, Uint32Array>();
  const ranksBy = (field: OrderField): Uint32Array => {
    const found = ranks.get(field) ?? world.ranksBy(field);
    ranks.set(field, found);
    return found;
  };
  return (view, order) => {
    if (order.length === 0) return view.indices;
    const key = `${orderKey(order)} ${view.id}`;
    let sorted = kept.get(key);
    if (sorted === undefined) {
      const columns = order.map(({ field, isDescending }) => ({ ranks: ranksBy(field), sign: isDescending ? -1 : 1 }));
      sorted = view.indices === undefined ? Uint32Array.from({ length: view.size }, (_, i) => i) : view.indices.slice();
      sorted.sort((a, b) => {
        for (const column of columns) {
          const difference = (column.ranks[a] as number) - (column.ranks[b] as number);
          if (difference !== 0) return difference * column.sign;
        }
        return a - b;
      });
    }
    kept.delete(key);
    kept.set(key, sorted);
    if (kept.size > maxOrders) kept.delete(kept.keys().next().value as string);
    return sorted;
  };
};
