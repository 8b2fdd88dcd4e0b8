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
    let written: Uint8Array;
    try {
      written = out.cut(start);
    } catch (error) {
      this.ignore();
      return Promise.reject(error);
    }
    return Promise.all(this.pieces).then((chunks) => {
      const parts: Uint8Array[] = [];
      let from = 0;
      for (let index = 0; index < chunks.length; index++) {
        const to = (this.places[index] as number) - start;
        parts.push(written.subarray(from, to));
        // One by one: a list of thousands is too long for the arguments of one call.
        for (const part of chunks[index] as Chunk) parts.push(part);
        from = to;
      }
      parts.push(written.subarray(from));
      return inOneIfShort(parts);
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

/** Many short pieces cost far more memory than what is in them. */
const inOneIfShort = (parts: Uint8Array[]): Chunk => {
  let sizeBytes = 0;
  for (const { length } of parts) sizeBytes += length;
  return sizeBytes > maxJoinedBytes ? parts : [Buffer.concat(parts, sizeBytes)];
};

/** Longer ones are left in their pieces, so that nothing large is copied once for each level around it. */
const maxJoinedBytes = 16_384;
