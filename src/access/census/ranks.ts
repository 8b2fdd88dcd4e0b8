import { inStretches } from './slices.ts';

/** The same numbers ascending, each once. */
export const ascending = (values: Int32Array): Int32Array => {
  if (isAscending(values)) return values;
  const sorted = values.slice().sort();
  let length = 0;
  for (let at = 0; at < sorted.length; at++) {
    const value = sorted[at] as number;
    if (length === 0 || sorted[length - 1] !== value) sorted[length++] = value;
  }
  return sorted.slice(0, length);
};

const isAscending = (values: Int32Array): boolean => {
  for (let at = 1; at < values.length; at++) if ((values[at - 1] as number) >= (values[at] as number)) return false;
  return true;
};

/** Everything that is in any of them, ascending, each once. */
export const unionOf = (lists: readonly Int32Array[]): Int32Array =>
  lists
    .map(ascending)
    .filter(({ length }) => length > 0)
    .sort((one, other) => one.length - other.length)
    .reduce(merge, new Int32Array(0));

/** Two lists that ascend, as one that does. Sorting them anew would take ten times as long. */
const merge = (one: Int32Array, other: Int32Array): Int32Array => {
  if (one.length === 0) return other;
  const both = new Int32Array(one.length + other.length);
  let [left, right, length] = [0, 0, 0];
  while (left < one.length && right < other.length) {
    const first = one[left] as number;
    const second = other[right] as number;
    both[length++] = first < second ? first : second;
    if (first <= second) left++;
    if (second <= first) right++;
  }
  while (left < one.length) both[length++] = one[left++] as number;
  while (right < other.length) both[length++] = other[right++] as number;
  return both.subarray(0, length);
};

/** Places in an order. */
export interface Order {
  readonly length: number;
  at(index: number): number;
}

/** All of them. */
export const wholeOrder = (places: Int32Array): Order => ({
  length: places.length,
  at: (index) => places[index] as number,
});

/** Those that lie in a range, all of which are in the order. Found as far as somebody looks: a first page needs few of a million. */
export const within = (places: Int32Array, { start, end }: { readonly start: number; readonly end: number }): Order => {
  if (end - start === places.length) return wholeOrder(places);
  const found = new Int32Array(end - start);
  let length = 0;
  let next = 0;
  return {
    length: found.length,
    at(index) {
      while (length <= index && next < places.length) {
        const place = places[next++] as number;
        if (place >= start && place < end) found[length++] = place;
      }
      return found[index] as number;
    },
  };
};

/** The same numbers ascending, each once, all of them below `end`: marking them is quicker than sorting where they are many. Pauses every few milliseconds. */
export const marked = async (values: Int32Array, end: number): Promise<Int32Array> => {
  const isThere = new Uint8Array(end);
  await inStretches(values.length, (at) => {
    isThere[values[at] as number] = 1;
  });
  const found = new Int32Array(Math.min(values.length, end));
  let length = 0;
  await inStretches(end, (value) => {
    if (isThere[value] === 1) found[length++] = value;
  });
  return found.slice(0, length);
};
