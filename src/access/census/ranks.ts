/** The same numbers ascending, each once. */
export const ascending = (values: Int32Array): Int32Array => {
  const sorted = values.slice().sort();
  let length = 0;
  for (const value of sorted) {
    if (length === 0 || sorted[length - 1] !== value) sorted[length++] = value;
  }
  return sorted.slice(0, length);
};

/** Everything that is in any of them, ascending, each once. */
export const unionOf = (lists: readonly Int32Array[]): Int32Array => {
  const all = new Int32Array(lists.reduce((length, list) => length + list.length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return ascending(all);
};
