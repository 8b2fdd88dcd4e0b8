import type { Chunk, JsonWriter } from './json-writer.ts';

/** Values that come later, and their places among what was written. */
export class PendingPieces {
  readonly pieces: Promise<Chunk>[] = [];
  readonly places: number[] = [];

  add(piece: Promise<Chunk>, place: number): void {
    this.pieces.push(piece);
    this.places.push(place);
  }

  /** Takes what was written since `start` out of the writer, and puts it together once everything is there. Fails with the first that fails. */
  join(out: JsonWriter, start: number): Promise<Chunk> {
    let written: Uint8Array[];
    try {
      written = out.cut(start, this.places);
    } catch (error) {
      this.ignore();
      return Promise.reject(error);
    }
    return Promise.all(this.pieces).then((chunks) => {
      const whole: Uint8Array[] = [];
      for (let index = 0; index < written.length; index++) {
        whole.push(written[index] as Uint8Array);
        // One by one: a list of thousands is too long for the arguments of one call.
        for (const part of chunks[index] ?? []) whole.push(part);
      }
      return whole;
    });
  }

  /** Fails with this error once all is there, or anything of it has failed: so that no rejection is left unhandled. */
  failAfter(error: unknown): Promise<never> {
    const fail = (): never => {
      throw error;
    };
    return Promise.all(this.pieces).then(fail, fail);
  }

  /** Listens to what is still to come, and does nothing with it. */
  ignore(): void {
    for (const piece of this.pieces) piece.catch(() => {});
  }
}
