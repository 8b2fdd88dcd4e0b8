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
  #startedAtMs = performance.now();

  constructor(sliceMs: number) {
    this.#sliceMs = sliceMs;
  }

  /** Whether it is time: then `await pauses.pause()`. */
  isDue(): boolean {
    return performance.now() - this.#startedAtMs >= this.#sliceMs;
  }

  /** From here on the time runs again. */
  async pause(): Promise<void> {
    await pause();
    this.#startedAtMs = performance.now();
  }
}
