/** Seeded chance: the same seed gives the same numbers on every machine. */

/** Mixes two numbers into one unsigned 32-bit number (the finalizer of MurmurHash3). */
export const mix = (a: number, b: number): number => {
  let h = (a ^ Math.imul(b, 0x9e3779b1)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

/** Draws numbers one after another; the throws follow from the seed alone. A class, because worlds make millions of them. */
export class Prng {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer from 0 up to, and without, `below`. */
  below(below: number): number {
    return Math.floor(this.#next() * below);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  #next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    return mix(this.#state, 0x51ed270b) / 2 ** 32;
  }
}
