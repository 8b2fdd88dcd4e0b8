/** Seeded chance: the same seed gives the same numbers on every machine. */

/** Mixes two numbers into one unsigned 32-bit number (the finalizer of MurmurHash3). */
export const mix = (a: number, b: number): number => {
  let h = (a ^ Math.imul(b, 0x9e3779b1)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

/** Draws numbers one after another. */
export interface Dice {
  /** An integer from 0 up to, and without, `below`. */
  below(below: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
}

/** Dice whose throws follow from the seed alone. */
export const createDice = (seed: number): Dice => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix(state, 0x51ed270b) / 2 ** 32;
  };
  return { below: (below) => Math.floor(next() * below), chance: (probability) => next() < probability };
};
