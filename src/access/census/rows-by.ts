import { pause } from '../../platform/pause.ts';

/** Rows in groups: those of group `key` stand in `rows` from `starts[key]` to `starts[key + 1]`. */
interface RowsBy {
  readonly starts: Int32Array;
  readonly rows: Int32Array;
}

/** So many rows are a few milliseconds. */
const stretch = 100_000;

/** Groups rows by their keys, in order within each. A negative key is left out. */
export const rowsBy = async (keys: Int32Array, keyCount: number): Promise<RowsBy> => {
  const starts = new Int32Array(keyCount + 1);
  await inStretches(keys.length, (row) => {
    const key = keys[row] as number;
    if (key >= 0) starts[key + 1] = (starts[key + 1] as number) + 1;
  });
  for (let key = 0; key < keyCount; key++) starts[key + 1] = (starts[key + 1] as number) + (starts[key] as number);
  const next = starts.slice();
  const rows = new Int32Array(starts[keyCount] as number);
  await inStretches(keys.length, (row) => {
    const key = keys[row] as number;
    if (key < 0) return;
    const place = next[key] as number;
    rows[place] = row;
    next[key] = place + 1;
  });
  return { starts, rows };
};

/** Calls back for each number from 0, pausing between stretches. */
export const inStretches = async (count: number, visit: (index: number) => void): Promise<void> => {
  for (let start = 0; start < count; start += stretch) {
    const end = Math.min(start + stretch, count);
    for (let index = start; index < end; index++) visit(index);
    await pause();
  }
};
