/** Numbers that are kept together: one kilobyte. */
const chunkBits = 8192;

/**
 * A set of whole numbers from 0: a bit for each that is in, and nothing for stretches of 8,192 of which none is. Ids of a database are like that: most lie close together, and there are gaps.
 */
export class BitSet {
  readonly #chunks = new Map<number, Uint8Array>();
  #size = 0;

  /** How many are in. */
  get size(): number {
    return this.#size;
  }

  add(number: number): void {
    const key = Math.floor(number / chunkBits);
    let chunk = this.#chunks.get(key);
    if (chunk === undefined) this.#chunks.set(key, (chunk = new Uint8Array(chunkBits / 8)));
    const [at, bit] = placeOf(number);
    const before = chunk[at] as number;
    if ((before & bit) !== 0) return;
    chunk[at] = before | bit;
    this.#size++;
  }

  has(number: number): boolean {
    const [at, bit] = placeOf(number);
    return ((this.#chunks.get(Math.floor(number / chunkBits))?.[at] ?? 0) & bit) !== 0;
  }
}

/** Byte and bit within a chunk. */
const placeOf = (number: number): readonly [at: number, bit: number] => {
  const place = number % chunkBits;
  return [place >>> 3, 1 << (place & 7)];
};
