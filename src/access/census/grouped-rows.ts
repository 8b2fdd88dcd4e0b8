import { TimedPauses } from '../../platform/pause.ts';
import { inStretches, numbersBetweenLooks, sliceMs } from './slices.ts';
import { sortedIndexes } from './sort.ts';

/** Numbers in groups: those of group `key` stand in `values` from `starts[key]` to `starts[key + 1]`, ascending and each once. */
interface GroupedRows {
  readonly starts: Int32Array;
  readonly values: Float64Array;
}

interface RowsToGroup {
  readonly groupCount: number;
  /** What stands for a row in its group is `major * minorCount + minor`. Default: 1. */
  readonly minorCount?: number;
  /** Calls back for each row; the same ones each time. */
  readonly visit: (onRow: (group: number, major: number, minor: number) => void) => Promise<void>;
}

/** Groups up to here are sorted by insertion. */
const fewValues = 16;
/** Larger groups are sorted in steps. */
const manyValues = 20_000;

/** Groups rows, which are gone through twice, so that no list is made of them. Pauses every few milliseconds. */
export const groupRows = async ({ groupCount, minorCount = 1, visit }: RowsToGroup): Promise<GroupedRows> => {
  // Rows come as small numbers: whatever is called with numbers as large as the values makes an object of each.
  const ends = new Int32Array(groupCount + 1);
  await visit((group) => {
    ends[group + 1] = (ends[group + 1] as number) + 1;
  });
  await inStretches(groupCount, (group) => {
    ends[group + 1] = (ends[group + 1] as number) + (ends[group] as number);
  });
  const values = new Float64Array(ends[groupCount] as number);
  // Each group's beginning moves to its end while it is filled.
  await visit((group, major, minor) => {
    const place = ends[group] as number;
    values[place] = major * minorCount + minor;
    ends[group] = place + 1;
  });
  return sortGroups(values, ends);
};

const sortGroups = async (values: Float64Array, ends: Int32Array): Promise<GroupedRows> => {
  const groupCount = ends.length - 1;
  const starts = new Int32Array(groupCount + 1);
  const pauses = new TimedPauses(sliceMs, numbersBetweenLooks);
  let length = 0;
  for (let group = 0, start = 0; group < groupCount; group++) {
    const end = ends[group] as number;
    starts[group] = length;
    if (end - start > manyValues) await sortInSteps(values.subarray(start, end));
    else sortFew(values, start, end);
    for (let at = start; at < end; at++) {
      // What comes twice stands side by side now.
      if (at === start || values[at] !== values[at - 1]) values[length++] = values[at] as number;
    }
    if (pauses.isDue(1 + end - start)) await pauses.pause();
    start = end;
  }
  starts[groupCount] = length;
  return { starts, values: values.subarray(0, length) };
};

const sortFew = (values: Float64Array, start: number, end: number): void => {
  if (end - start > fewValues) {
    values.subarray(start, end).sort();
    return;
  }
  for (let at = start + 1; at < end; at++) {
    const value = values[at] as number;
    let place = at;
    for (; place > start && (values[place - 1] as number) > value; place--) values[place] = values[place - 1] as number;
    values[place] = value;
  }
};

const sortInSteps = async (values: Float64Array): Promise<void> => {
  const unordered = values.slice();
  const order = await sortedIndexes({ keys: unordered });
  await inStretches(order.length, (at) => {
    values[at] = unordered[order[at] as number] as number;
  });
};
