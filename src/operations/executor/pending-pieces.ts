import type { Chunk, JsonWriter } from './json-writer.ts';

/** Values that come later, and their places among what was written. */
export class Gaps {
  readonly pending: Promise<Chunk>[] = [];
  readonly places: number[] = [];

  add(pending: Promise<Chunk>, place: number): void {
    this.pending.push(pending);
    this.places.push(place);
  }

  /** Takes what was written since `start` out of the writer, and puts it together once everything is there. Fails with the first that fails. */
  join(out: JsonWriter, start: number): Promise<Chunk> {
    const pieces = out.cut(start, this.places);
    return Promise.all(this.pending).then((chunks) => {
      const whole: Uint8Array[] = [];
      for (const [index, piece] of pieces.entries()) whole.push(piece, ...(chunks[index] ?? []));
      return whole;
    });
  }
}

/** Fails with this error once all is there, or anything of it has failed: so that nobody is left without a listener. */
export const failAfter = (gaps: Gaps, error: unknown): Promise<never> =>
  Promise.all(gaps.pending).then(
    () => {
      throw error;
    },
    () => {
      throw error;
    },
  );
