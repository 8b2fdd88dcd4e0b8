import { TimedPauses } from '../../platform/pause.ts';

/** How long work on a census goes on before others have their turn, in milliseconds. */
export const sliceMs = 4;
/** So many numbers are looked at before the time is: some microseconds in the best case, and where each lies elsewhere in memory that nobody has touched yet, a few milliseconds. */
export const numbersBetweenLooks = 1000;

/** Calls back for each number from 0. Pauses every few milliseconds. */
export const inStretches = async (count: number, visit: (index: number) => void): Promise<void> => {
  const pauses = new TimedPauses(sliceMs);
  for (let start = 0; start < count; start += numbersBetweenLooks) {
    const end = Math.min(start + numbersBetweenLooks, count);
    for (let index = start; index < end; index++) visit(index);
    if (pauses.isDue()) await pauses.pause();
  }
};
