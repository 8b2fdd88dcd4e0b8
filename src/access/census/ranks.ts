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

/** Those of an order that lie in a range. All of the range are in the order. */
export const within = (
  order: Int32Array,
  { start, end }: { readonly start: number; readonly end: number },
): Int32Array => {
  if (end - start === order.length) return order;
  const found = new Int32Array(end - start);
  let length = 0;
  for (let at = 0; length < found.length; at++) {
    const index = order[at] as number;
    if (index >= start && index < end) found[length++] = index;
  }
  return found;
};

/** The same numbers ascending, each once, all of them below `end`: marking them is quicker than sorting where they are many. */
export const marked = (values: Int32Array, end: number): Int32Array => {
  const isThere = new Uint8Array(end);
  for (let at = 0; at < values.length; at++) isThere[values[at] as number] = 1;
  const found = new Int32Array(Math.min(values.length, end));
  let length = 0;
  for (let value = 0; value < end; value++) if (isThere[value] === 1) found[length++] = value;
  return found.slice(0, length);
};
