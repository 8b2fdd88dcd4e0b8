/** Whole numbers from 0, in as little room as the largest of them takes. */
export type SmallNumbers = Uint8Array | Uint16Array | Int32Array;

/** So many numbers below `end`. */
export const numbersBelow = (end: number, length: number): SmallNumbers =>
  end <= 2 ** 8 ? new Uint8Array(length) : end <= 2 ** 16 ? new Uint16Array(length) : new Int32Array(length);
