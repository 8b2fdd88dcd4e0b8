/** How large one answer may become, counted as it is written. */
export interface AnswerBounds {
  readonly maxObjects: number;
  readonly maxBytes: number;
}

/** An answer that grew past its bounds, or an operation past the fields that one may have. The message is for clients: it says how far it came. */
export class AnswerLimitError extends Error {
  override readonly name = 'AnswerLimitError';
}

/** Counts one answer as it is produced. What an error takes back later stays counted: it was work all the same. */
export class AnswerMeter {
  readonly #bounds: AnswerBounds;
  #objects = 0;
  #bytes = 0;
  /** Why the answer has to end, once it has to. */
  exceeded: AnswerLimitError | undefined;

  constructor(bounds: AnswerBounds) {
    this.#bounds = bounds;
  }

  /** How many more bytes there may be. */
  get bytesLeft(): number {
    return this.#bounds.maxBytes - this.#bytes;
  }

  /** Counts an object, or throws an `AnswerLimitError`. */
  countObject(): void {
    this.countObjects(1);
  }

  /** Counts several, or throws the same. */
  countObjects(count: number): void {
    this.#objects += count;
    if (this.#objects > this.#bounds.maxObjects) throw this.#exceed();
  }

  /** Counts bytes that are finished, or throws an `AnswerLimitError`. */
  countBytes(count: number): void {
    this.#bytes += count;
    if (this.#bytes > this.#bounds.maxBytes) throw this.#exceed();
  }

  /** For writing out what was counted as it was put together: bytes are counted again, exactly. */
  forWriting(): AnswerMeter {
    const meter = new AnswerMeter(this.#bounds);
    meter.#objects = this.#objects;
    return meter;
  }

  /** For a writer that would outgrow what is left. Always throws. */
  refuseBytes(unfinished: number): never {
    this.#bytes += unfinished;
    throw this.#exceed();
  }

  #exceed(): AnswerLimitError {
    const { maxObjects, maxBytes } = this.#bounds;
    const came = `${written(Math.min(this.#objects, maxObjects))} objects and ${written(Math.min(this.#bytes, maxBytes))} bytes`;
    const most = `${written(maxObjects)} objects and ${written(maxBytes)} bytes`;
    this.exceeded ??= new AnswerLimitError(
      `The answer came to ${came} and was not at its end; ${most} are the most. Ask for smaller pages with \`first\`, or for less below them.`,
    );
    return this.exceeded;
  }
}

const written = (count: number): string => count.toLocaleString('en-US');
