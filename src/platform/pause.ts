/** Lets everything else that is due have its turn: long work calls it every few milliseconds, so that nobody waits for all of it. */
export const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Counts work, and pauses whenever there was enough of it. */
export class Pauses {
  readonly #unitsBetween: number;
  #units = 0;

  /** `unitsBetween`: work of a few milliseconds. */
  constructor(unitsBetween: number) {
    this.#unitsBetween = unitsBetween;
  }

  /** Whether it is time: then `await pause()`. Not a promise by itself, because nearly always it is not. */
  isDue(units: number): boolean {
    this.#units += units;
    if (this.#units < this.#unitsBetween) return false;
    this.#units = 0;
    return true;
  }
}

/** Tells by the time when to pause: for work of which nobody knows how much there is in a piece. */
export class TimedPauses {
  readonly #sliceMs: number;
  readonly #unitsBetweenLooks: number;
  #units = 0;
  #startedAtMs = performance.now();

  /** `unitsBetweenLooks`: where pieces are so small that looking at the time costs more than one of them, so many have it looked at once. Default: 1. */
  constructor(sliceMs: number, unitsBetweenLooks = 1) {
    this.#sliceMs = sliceMs;
    this.#unitsBetweenLooks = unitsBetweenLooks;
  }

  /** Whether it is time: then `await pauses.pause()`. */
  isDue(units = 1): boolean {
    this.#units += units;
    if (this.#units < this.#unitsBetweenLooks) return false;
    this.#units = 0;
    return performance.now() - this.#startedAtMs >= this.#sliceMs;
  }

  /** From here on the time runs again. */
  async pause(): Promise<void> {
    await pause();
    this.#startedAtMs = performance.now();
  }
}
