import { Problem } from '../../core/problem.ts';
import type { OrderField, World } from '../../world/world.ts';
import type { View } from '../../world/visibility.ts';

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

/** Reads `orderBy` as AIP-132 defines it. Throws a `Problem` where it cannot. */
export const parseOrderBy = (text: string): readonly OrderTerm[] => {
  if (text.trim() === '') return [];
  const terms: OrderTerm[] = [];
  for (const part of text.split(',')) {
    const [name = '', direction, ...rest] = part.trim().split(/\s+/);
    const field = Object.hasOwn(fieldByName, name) ? fieldByName[name] : undefined;
    if (field === undefined) throw new Problem(400, `order_by names the unknown field "${name}"`);
    if (rest.length > 0 || (direction !== undefined && direction !== 'desc')) {
      throw new Problem(400, `order_by allows only " desc" after the field "${name}"`);
    }
    if (terms.some((term) => term.field === field)) throw new Problem(400, `order_by names the field "${name}" twice`);
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
      sorted = view.indices ?? Uint32Array.from({ length: view.size }, (_, i) => i);
      // The last field first: each pass keeps the order of the one before among equals.
      for (const { field, isDescending } of order.toReversed()) sorted = sortBy(ranksBy(field), sorted, isDescending);
    }
    kept.delete(key);
    kept.set(key, sorted);
    if (kept.size > maxOrders) kept.delete(kept.keys().next().value as string);
    return sorted;
  };
};

/** A counting sort, because a million entries are sorted while a caller waits. */
const sortBy = (ranks: Uint32Array, indices: Uint32Array, isDescending: boolean): Uint32Array => {
  const top = ranks.reduce((top, rank) => Math.max(top, rank), 0);
  const keyOf = (index: number): number => (isDescending ? top - (ranks[index] as number) : (ranks[index] as number));
  const starts = new Uint32Array(top + 2);
  for (const index of indices) (starts[keyOf(index) + 1] as number)++;
  for (let key = 1; key < starts.length; key++) (starts[key] as number) += starts[key - 1] as number;
  const sorted = new Uint32Array(indices.length);
  for (const index of indices) {
    const key = keyOf(index);
    sorted[starts[key] as number] = index;
    (starts[key] as number)++;
  }
  return sorted;
};
