import { TimedPauses } from '../../platform/pause.ts';
import { inStretches, numbersBetweenLooks, sliceMs } from './slices.ts';
import { numbersBelow, type SmallNumbers } from './small-numbers.ts';
import { sortedIndexes } from './sort.ts';

/** Rows in groups: those of a group stand from `starts[group]` to before `starts[group + 1]`, by major and then by minor, each once. */
export interface GroupedRows {
  readonly starts: Int32Array;
  readonly majors: Int32Array;
  readonly minors: SmallNumbers;
}

interface RowsToGroup {
  readonly groupCount: number;
  /** Above every minor. */
  readonly minorCount: number;
  /** Calls back for each row; the same ones each time. */
  readonly visit: (onRow: (group: number, major: number, minor: number) => void) => Promise<void>;
}

/** Groups up to here are sorted by insertion. */
const fewRows = 16;
/** Larger groups are sorted in steps. */
const manyRows = 20_000;

/** Groups rows, which are gone through twice, so that no list is made of them but the one that is given. Pauses every few milliseconds. */
export const groupRows = async ({ groupCount, minorCount, visit }: RowsToGroup): Promise<GroupedRows> => {
  const ends = new Int32Array(groupCount + 1);
  await visit((group) => {
    ends[group + 1] = (ends[group + 1] as number) + 1;
  });
  await inStretches(groupCount, (group) => {
    ends[group + 1] = (ends[group + 1] as number) + (ends[group] as number);
  });
  const count = ends[groupCount] as number;
  const rows: Rows = { majors: new Int32Array(count), minors: numbersBelow(minorCount, count), minorCount };
  // Each group's beginning moves to its end while it is filled.
  await visit((group, major, minor) => {
    const place = ends[group] as number;
    rows.majors[place] = major;
    rows.minors[place] = minor;
    ends[group] = place + 1;
  });
  return sortGroups(rows, ends);
};

interface Rows extends Pick<GroupedRows, 'majors' | 'minors'> {
  readonly minorCount: number;
}

const sortGroups = async (rows: Rows, ends: Int32Array): Promise<GroupedRows> => {
  const { majors, minors } = rows;
  const groupCount = ends.length - 1;
  const starts = new Int32Array(groupCount + 1);
  const pauses = new TimedPauses(sliceMs, numbersBetweenLooks);
  let length = 0;
  for (let group = 0, start = 0; group < groupCount; group++) {
    const end = ends[group] as number;
    starts[group] = length;
    if (end - start <= fewRows) sortFew(rows, start, end);
    else await sortMany(rows, start, end);
    for (let at = start; at < end; at++) {
      // What comes twice stands side by side now.
      if (at > start && majors[at] === majors[at - 1] && minors[at] === minors[at - 1]) continue;
      majors[length] = majors[at] as number;
      minors[length++] = minors[at] as number;
    }
    if (pauses.isDue(1 + end - start)) await pauses.pause();
    start = end;
  }
  starts[groupCount] = length;
  const isWhole = length === majors.length;
  return {
    starts,
    majors: isWhole ? majors : majors.slice(0, length),
    minors: isWhole ? minors : minors.slice(0, length),
  };
};

const sortFew = ({ majors, minors }: Rows, start: number, end: number): void => {
  for (let at = start + 1; at < end; at++) {
    const major = majors[at] as number;
    const minor = minors[at] as number;
    let place = at;
    for (; place > start; place--) {
      const before = majors[place - 1] as number;
      if (before < major || (before === major && (minors[place - 1] as number) <= minor)) break;
      majors[place] = before;
      minors[place] = minors[place - 1] as number;
    }
    majors[place] = major;
    minors[place] = minor;
  }
};

/** By one number for each row: too large for whole numbers of 32 bits, and so in an array of that kind. */
const sortMany = async ({ majors, minors, minorCount }: Rows, start: number, end: number): Promise<void> => {
  const values = new Float64Array(end - start);
  for (let at = 0; at < values.length; at++) {
    values[at] = (majors[start + at] as number) * minorCount + (minors[start + at] as number);
  }
  const put = (at: number, value: number): void => {
    const major = Math.floor(value / minorCount);
    majors[at] = major;
    minors[at] = value - major * minorCount;
  };
  if (values.length <= manyRows) {
    values.sort();
    for (let at = 0; at < values.length; at++) put(start + at, values[at] as number);
    return;
  }
  const order = await sortedIndexes({ keys: values });
  await inStretches(order.length, (at) => {
    put(start + at, values[order[at] as number] as number);
  });
};
