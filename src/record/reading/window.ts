import type { RecordPage, RecordWindow } from '../record.ts';

/** Which items of a list: those that stand like that to a key. `atOrAfter` and `atOrBefore` take the item of the key itself as well. */
export interface Bound<Key> {
  readonly relation: 'after' | 'atOrAfter' | 'before' | 'atOrBefore';
  readonly key: Key;
}

/** What can be asked of a list in a total order. */
export interface KeyedTable<Item, Key> {
  /** Up to `limit` items within all bounds: the first ones in the order of the list, or the last ones from the end on. */
  read(bounds: readonly Bound<Key>[], order: 'forward' | 'backward', limit: number): Promise<readonly Item[]>;
  count(): Promise<number>;
}

/** The part of a list that a window shows. */
export const readWindow = async <Item extends { readonly key: Key }, Key>(
  table: KeyedTable<Item, Key>,
  { from, count, after, before }: RecordWindow<Key>,
): Promise<RecordPage<Item>> => {
  const isForward = from === 'start';
  const bounds: Bound<Key>[] = [];
  if (after !== undefined) bounds.push({ relation: 'after', key: after });
  if (before !== undefined) bounds.push({ relation: 'before', key: before });
  const found = count === 0 ? [] : await table.read(bounds, isForward ? 'forward' : 'backward', count);
  const items = isForward ? found : [...found].reverse();
  const [first, last] = [items[0], items.at(-1)];

  /** Where an empty part lies: just after `after`, or from the end just before `before`. */
  const nextOfNothing = (): Bound<Key>[] | undefined => {
    if (isForward) return after === undefined ? [] : [{ relation: 'after', key: after }];
    return before === undefined ? undefined : [{ relation: 'atOrAfter', key: before }];
  };
  const previousOfNothing = (): Bound<Key>[] | undefined => {
    if (!isForward) return before === undefined ? [] : [{ relation: 'before', key: before }];
    return after === undefined ? undefined : [{ relation: 'atOrBefore', key: after }];
  };
  const isAny = async (where: Bound<Key>[] | undefined): Promise<boolean> =>
    where !== undefined && (await table.read(where, 'forward', 1)).length > 0;

  return {
    items,
    hasNext: () => isAny(last === undefined ? nextOfNothing() : [{ relation: 'after', key: last.key }]),
    hasPrevious: () => isAny(first === undefined ? previousOfNothing() : [{ relation: 'before', key: first.key }]),
    total: () => table.count(),
  };
};
