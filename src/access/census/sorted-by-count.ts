import { TimedPauses } from '../../platform/pause.ts';
import { sliceMs } from './slices.ts';

/** Indexes by count, the largest first, equal ones ascending: a counting sort, because counts are small and indexes many. Pauses every few milliseconds. */
export const sortedByCountInTurns = async (counts: Int32Array): Promise<Int32Array> => {
  const steps = sort(counts);
  const pauses = new TimedPauses(sliceMs);
  for (;;) {
    const { value } = steps.next();
    if (value !== undefined) return value;
    if (pauses.isDue()) await pauses.pause();
  }
};

/** The same with the smallest first, equal ones still ascending: runs of equal counts are moved as they are, a few milliseconds for a million. */
export const turnedAround = (order: Int32Array, counts: Int32Array): Int32Array => {
  const turned = new Int32Array(order.length);
  let start = order.length;
  for (let end = order.length; end > 0; end = start) {
    const count = counts[order[end - 1] as number];
    while (start > 0 && counts[order[start - 1] as number] === count) start--;
    turned.set(order.subarray(start, end), order.length - end);
  }
  return turned;
};

/** So many indexes are a step: a millisecond or two, also where they lie apart in memory. */
const stepLength = 50_000;

/** Loops and no callbacks: a million indexes take a few milliseconds. */
function* sort(counts: Int32Array): Generator<undefined, Int32Array> {
  const { length } = counts;
  let largest = 0;
  for (let start = 0; start < length; start += stepLength) {
    for (let index = start; index < start + stepLength && index < length; index++) {
      const count = counts[index] as number;
      if (count > largest) largest = count;
    }
    yield;
  }
  const starts = new Int32Array(largest + 2);
  for (let start = 0; start < length; start += stepLength) {
    for (let index = start; index < start + stepLength && index < length; index++) {
      const next = largest - (counts[index] as number) + 1;
      starts[next] = (starts[next] as number) + 1;
    }
    yield;
  }
  for (let at = 1; at < starts.length; at++) starts[at] = (starts[at] as number) + (starts[at - 1] as number);
  const order = new Int32Array(length);
  for (let start = 0; start < length; start += stepLength) {
    for (let index = start; index < start + stepLength && index < length; index++) {
      const rank = largest - (counts[index] as number);
      const place = starts[rank] as number;
      order[place] = index;
      starts[rank] = place + 1;
    }
    yield;
  }
  return order;
}
