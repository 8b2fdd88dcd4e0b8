import { pause, Pauses } from '../../platform/pause.ts';

/** Runs of so many are sorted at once: under a millisecond or two. */
const runLength = 2048;
/** Comparisons between pauses while runs are merged: a few milliseconds. */
const mergesBetween = 40_000;

/** Compares two texts by code units. */
export const compareTexts = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/**
 * The numbers from 0 to `count` - 1 in the order of `compare`, equal ones ascending. A merge sort that pauses, because a million at once would hold everybody up
 * for seconds.
 */
export const sortedIndexes = async (
  count: number,
  compare: (one: number, other: number) => number,
): Promise<Int32Array> => {
  let from = new Int32Array(count);
  for (let index = 0; index < count; index++) from[index] = index;
  const ordered = (one: number, other: number) => compare(one, other) || one - other;
  for (let start = 0; start < count; start += runLength) {
    from.subarray(start, start + runLength).sort(ordered);
    await pause();
  }
  let to = new Int32Array(count);
  const pauses = new Pauses(mergesBetween);
  for (let width = runLength; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const middle = Math.min(start + width, count);
      const end = Math.min(start + 2 * width, count);
      let left = start;
      let right = middle;
      for (let at = start; at < end; at++) {
        const takesLeft = right >= end || (left < middle && compare(from[left] as number, from[right] as number) <= 0);
        to[at] = from[takesLeft ? left++ : right++] as number;
        if (pauses.isDue(1)) await pause();
      }
    }
    [from, to] = [to, from];
  }
  return from;
};

/**
 * The first characters of a text as one number, so that most texts are told apart without looking at them. Smaller means before; equal means that the texts have to
 * be compared.
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

/** Six bytes are a whole number of JavaScript's. */
const prefixLength = 6;
const largestDigit = 255;
