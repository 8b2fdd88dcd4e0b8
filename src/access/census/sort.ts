import { TimedPauses } from '../../platform/pause.ts';
import { numbersBetweenLooks, sliceMs } from './slices.ts';

/** Runs of so many are put in order by insertion, which is quicker than merging them. */
const runLength = 16;
/** So many are moved before the time is looked at. */
const stepLength = 2000;

/** Compares two texts by code units. */
export const compareTexts = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Numbers that go before each other by a key, and where the keys are the same by looking closer. */
interface Keyed {
  /** One for each number. */
  readonly keys: Float64Array;
  /** Compares two numbers whose keys are the same. Default: the smaller number goes first. */
  readonly compareTied?: (one: number, other: number) => number;
}

/**
 * The numbers from 0 on in the order of their keys, equal ones ascending. A merge sort that pauses, because a million at once would hold everybody up for
 * seconds; and one that carries the keys along, because looking each of them up where it lies takes most of the time.
 */
export const sortedIndexes = async ({ keys, compareTied = () => 0 }: Keyed): Promise<Int32Array> => {
  const { length: count } = keys;
  let from: Lane = { keys: new Float64Array(count), indexes: new Int32Array(count) };
  let to: Lane = { keys: new Float64Array(count), indexes: new Int32Array(count) };
  const goesAfter = (one: number, other: number): boolean => compareTied(one, other) > 0;
  const pauses = new TimedPauses(sliceMs, numbersBetweenLooks);
  for (let start = 0; start < count; start += runLength) {
    const end = Math.min(start + runLength, count);
    for (let index = start; index < end; index++) {
      from.keys[index] = keys[index] as number;
      from.indexes[index] = index;
    }
    insertionSort(from, start, end, goesAfter);
    if (pauses.isDue(runLength)) await pauses.pause();
  }
  for (let width = runLength; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const middle = Math.min(start + width, count);
      const merge: Merge = { left: start, middle, right: middle, end: Math.min(start + 2 * width, count), at: start };
      while (merge.at < merge.end) {
        const { at } = merge;
        mergeSome(from, to, merge, goesAfter);
        if (pauses.isDue(merge.at - at)) await pauses.pause();
      }
    }
    [from, to] = [to, from];
  }
  return from.indexes;
};

/** Numbers with their keys beside them. */
interface Lane {
  readonly keys: Float64Array;
  readonly indexes: Int32Array;
}

/** How far two neighbouring runs are merged. */
interface Merge {
  left: number;
  readonly middle: number;
  right: number;
  readonly end: number;
  at: number;
}

type GoesAfter = (one: number, other: number) => boolean;

const insertionSort = ({ keys, indexes }: Lane, start: number, end: number, goesAfter: GoesAfter): void => {
  for (let at = start + 1; at < end; at++) {
    const key = keys[at] as number;
    const index = indexes[at] as number;
    let place = at;
    for (; place > start; place--) {
      const before = keys[place - 1] as number;
      if (before < key || (before === key && !goesAfter(indexes[place - 1] as number, index))) break;
      keys[place] = before;
      indexes[place] = indexes[place - 1] as number;
    }
    keys[place] = key;
    indexes[place] = index;
  }
};

/** Goes on with a merge for one step. */
const mergeSome = (from: Lane, to: Lane, merge: Merge, goesAfter: GoesAfter): void => {
  const { middle, end } = merge;
  let { left, right, at } = merge;
  for (const stop = Math.min(end, at + stepLength); at < stop; at++) {
    let takesLeft = right >= end;
    if (!takesLeft && left < middle) {
      const one = from.keys[left] as number;
      const other = from.keys[right] as number;
      takesLeft =
        one < other || (one === other && !goesAfter(from.indexes[left] as number, from.indexes[right] as number));
    }
    const taken = takesLeft ? left++ : right++;
    to.keys[at] = from.keys[taken] as number;
    to.indexes[at] = from.indexes[taken] as number;
  }
  merge.left = left;
  merge.right = right;
  merge.at = at;
};

/**
 * The first characters of a text as one number below 2 ** 48, so that most texts are told apart without looking at them. Smaller means before; equal means that
 * the texts have to be compared.
 */
export const prefixOf = (text: string): number => {
  let prefix = 0;
  let isCut = false;
  for (let at = 0; at < prefixLength; at++) {
    const code = isCut || at >= text.length ? 0 : text.charCodeAt(at);
    const digit = Math.min(code, largestDigit);
    // Behind a character that may stand for others nothing counts.
    if (digit === largestDigit) isCut = true;
    prefix = prefix * (largestDigit + 1) + digit;
  }
  return prefix;
};

/** Above every prefix. */
export const prefixEnd = 2 ** 48;

/** Six bytes leave room in a whole number of JavaScript's for what goes before them. */
const prefixLength = 6;
const largestDigit = 255;
