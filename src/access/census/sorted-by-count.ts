/** Indexes by count, equal ones ascending: a counting sort, because counts are small and indexes many. */
export const sortedByCount = (counts: Int32Array, direction: 'ASC' | 'DESC'): Int32Array => {
  // Loops and no callbacks: a million indexes take a few milliseconds.
  let largest = 0;
  for (let index = 0; index < counts.length; index++) {
    const count = counts[index] as number;
    if (count > largest) largest = count;
  }
  const [first, step] = direction === 'ASC' ? [0, 1] : [largest, -1];
  const starts = new Int32Array(largest + 2);
  for (let index = 0; index < counts.length; index++) {
    const next = first + step * (counts[index] as number) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let at = 1; at < starts.length; at++) starts[at] = (starts[at] as number) + (starts[at - 1] as number);
  const order = new Int32Array(counts.length);
  for (let index = 0; index < counts.length; index++) {
    const rank = first + step * (counts[index] as number);
    const place = starts[rank] as number;
    order[place] = index;
    starts[rank] = place + 1;
  }
  return order;
};
