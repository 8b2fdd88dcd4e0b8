import type { ConnectionArgs, Slice } from '../assignments/assignments.ts';
import { windowOf } from '../assignments/connection-window.ts';
import { readPlace, type SortKey, writePlace } from '../assignments/cursor/place.ts';
import { textOf, type TextWriter } from '../platform/byte-text.ts';

/** A list in a total order, as it was at one time. */
export interface KeyedList<Item> {
  /** Which list: what is listed, and every argument that changes it. */
  readonly name: string;
  /** When it was like this, in milliseconds of the gateway's clock. */
  readonly asOfMs: number;
  readonly length: number;
  at(index: number): Item;
  keyAt(index: number): SortKey;
  /** Whether each part of the key ascends (1) or descends (-1). */
  readonly directions: readonly (1 | -1)[];
}

/**
 * The part of the list that Relay's arguments cut out. A cursor names a place by its key: when the list has been made anew it goes on there, whatever has come or gone.
 * Throws `BAD_USER_INPUT` as `windowOf` does, and `INVALID_CURSOR` for a cursor of another list.
 */
export const sliceOfKeyed = <Item>(list: KeyedList<Item>, args: ConnectionArgs): Slice<Item> => {
  const { length } = list;
  const window = windowOf(args, list.name, readPlace);
  const min = window.after === undefined ? 0 : firstIndex(list, window.after.key, (order) => order > 0);
  const max = window.before === undefined ? length : firstIndex(list, window.before.key, (order) => order >= 0);
  const bounded = Math.max(min, max);
  const start = window.from === 'start' ? min : Math.max(min, bounded - window.count);
  const end = window.from === 'start' ? Math.min(bounded, min + window.count) : bounded;
  const items = Array.from({ length: end - start }, (_, index) => list.at(start + index));
  const writeCursorAt = (index: number, out: TextWriter): void =>
    writePlace(list.name, { asOfMs: list.asOfMs, key: list.keyAt(start + index) }, out);
  const cursorAt = (index: number): string => textOf((out) => writeCursorAt(index, out));
  return {
    items,
    cursorAt,
    writeCursorAt,
    startCursor: () => (items.length === 0 ? null : cursorAt(0)),
    endCursor: () => (items.length === 0 ? null : cursorAt(items.length - 1)),
    hasNextPage: () => end < length,
    hasPreviousPage: () => start > 0,
    totalCount: () => length,
  };
};

/** The first item whose key compares like that with the given one, by halving. */
const firstIndex = <Item>(list: KeyedList<Item>, key: SortKey, isThere: (order: number) => boolean): number => {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isThere(compareKeys(list.keyAt(middle), key, list.directions))) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** Orders keys. Texts go by code units, and before them numbers. */
export const compareKeys = (one: SortKey, other: SortKey, directions: readonly (1 | -1)[]): number => {
  for (const [at, direction] of directions.entries()) {
    const [first = 0, second = 0] = [one[at], other[at]];
    if (first === second) continue;
    const isBefore = typeof first === typeof second ? first < second : typeof first === 'number';
    return isBefore ? -direction : direction;
  }
  return 0;
};

/** The sum of texts that name a list, each with its length in front. */
export const listName = (...parts: readonly (string | number | boolean | null | undefined)[]): string =>
  JSON.stringify(parts.map((part) => part ?? null));

/** Items that are in order already. */
export const listOf = <Item>(
  items: readonly Item[],
  keyOf: (item: Item) => SortKey,
  rest: Pick<KeyedList<Item>, 'name' | 'asOfMs' | 'directions'>,
): KeyedList<Item> => ({
  ...rest,
  length: items.length,
  at: (index) => items[index] as Item,
  keyAt: (index) => keyOf(items[index] as Item),
});
