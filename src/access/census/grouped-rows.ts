import { pause, Pauses } from '../../platform/pause.ts';
import { sortedIndexes } from './sort.ts';

/** Numbers in groups: those of group `key` stand in `values` from `starts[key]` to `starts[key + 1]`, ascending and each once. */
interface GroupedRows {
  readonly starts: Int32Array;
  readonly values: Float64Array;
}

interface RowsToGroup {
  readonly groupCount: number;
  /** The group of each row; negative: none. */
  readonly groups: Int32Array;
  /** What stands for a row in its group is `major * minorCount + minor`. */
  readonly majors: Int32Array;
  /** Default: 0 for each. */
  readonly minors?: Int32Array;
  readonly minorCount?: number;
}

/** So many rows are a millisecond or two. */
const rowsBetween = 50_000;
/** Groups up to here are sorted by insertion. */
const fewValues = 16;
/** Larger groups are sorted in steps. */
const manyValues = 20_000;

/** Groups rows. Pauses every few milliseconds. */
export const groupRows = async (rows: RowsToGroup): Promise<GroupedRows> => {
  // Arrays and no callbacks: whatever gives numbers of this size back makes an object of each.
  const { groups, groupCount, majors, minors, minorCount = 1 } = rows;
  const ends = new Int32Array(groupCount + 1);
  await inStretches(groups.length, (row) => {
    const group = groups[row] as number;
    if (group >= 0) ends[group + 1] = (ends[group + 1] as number) + 1;
  });
  for (let group = 0; group < groupCount; group++) {
    ends[group + 1] = (ends[group + 1] as number) + (ends[group] as number);
  }
  const values = new Float64Array(ends[groupCount] as number);
  // Each group's beginning moves to its end while it is filled.
  await inStretches(groups.length, (row) => {
    const group = groups[row] as number;
    if (group < 0) return;
    const place = ends[group] as number;
    values[place] = (majors[row] as number) * minorCount + (minors === undefined ? 0 : (minors[row] as number));
    ends[group] = place + 1;
  });
  return sortGroups(values, ends);
};

const sortGroups = async (values: Float64Array, ends: Int32Array): Promise<GroupedRows> => {
  const groupCount = ends.length - 1;
  const starts = new Int32Array(groupCount + 1);
  const pauses = new Pauses(rowsBetween);
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
    if (pauses.isDue(1 + 4 * (end - start))) await pause();
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

/** Calls back for each number from 0, pausing between stretches. */
export const inStretches = async (count: number, visit: (index: number) => void): Promise<void> => {
  for (let start = 0; start < count; start += rowsBetween) {
    const end = Math.min(start + rowsBetween, count);
    for (let index = start; index < end; index++) visit(index);
    await pause();
  }
};
