import { TimedPauses } from '../../platform/pause.ts';
import { sliceMs } from './slices.ts';

/** Indexes by count, equal ones ascending: a counting sort, because counts are small and indexes many. */
export const sortedByCount = (counts: Int32Array, direction: 'ASC' | 'DESC'): Int32Array => {
  const steps = sort(counts, direction);
  for (;;) {
    const { value } = steps.next();
    if (value !== undefined) return value;
  }
};

/** The same. Pauses every few milliseconds. */
export const sortedByCountInTurns = async (counts: Int32Array, direction: 'ASC' | 'DESC'): Promise<Int32Array> => {
  const steps = sort(counts, direction);
  const pauses = new TimedPauses(sliceMs);
  for (;;) {
    const { value } = steps.next();
    if (value !== undefined) return value;
    if (pauses.isDue()) await pauses.pause();
  }
};

/** So many indexes are a step: a millisecond or two, also where they lie apart in memory. */
const stepLength = 50_000;

/** Loops and no callbacks: a million indexes take a few milliseconds. */
function* sort(counts: Int32Array, direction: 'ASC' | 'DESC'): Generator<undefined, Int32Array> {
  const { length } = counts;
  let largest = 0;
  for (let start = 0; start < length; start += stepLength) {
    for (let index = start; index < start + stepLength && index < length; index++) {
      const count = counts[index] as number;
      if (count > largest) largest = count;
    }
    yield;
  }
  const [first, step] = direction === 'ASC' ? [0, 1] : [largest, -1];
  const starts = new Int32Array(largest + 2);
  for (let start = 0; start < length; start += stepLength) {
    for (let index = start; index < start + stepLength && index < length; index++) {
      const next = first + step * (counts[index] as number) + 1;
      starts[next] = (starts[next] as number) + 1;
    }
    yield;
  }
  for (let at = 1; at < starts.length; at++) starts[at] = (starts[at] as number) + (starts[at - 1] as number);
  const order = new Int32Array(length);
  for (let start = 0; start < length; start += stepLength) {
    for (let index = start; index < start + stepLength && index < length; index++) {
      const rank = first + step * (counts[index] as number);
      const place = starts[rank] as number;
      order[place] = index;
      starts[rank] = place + 1;
    }
    yield;
  }
  return order;
}
