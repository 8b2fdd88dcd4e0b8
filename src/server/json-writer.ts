/** JSON in pieces, in their order: what was written together, and what came later in its places. */
export type Chunk = readonly Uint8Array[];

/** Up to so many characters a loop in JavaScript is quicker than the way out of it. */
const longText = 64;
/** Characters that stand in JSON as they are: ASCII without quotation mark, backslash and controls. */
const isPlain = /^[ !#-[\]-~]*$/;

/** Writes JSON as the bytes that are sent: no object and no text is made that would only be written out again. */
export class JsonWriter {
  #bytes: Buffer;
  #length = 0;

  /** `sizeBytes`: about how much it is going to be. */
  constructor(sizeBytes: number) {
    this.#bytes = Buffer.allocUnsafe(sizeBytes);
  }

  /** Where the next byte goes. */
  get length(): number {
    return this.#length;
  }

  /** One character of JSON's own. */
  byte(code: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = code;
  }

  /** JSON that is bytes already. */
  bytes(given: Uint8Array): void {
    const { length } = given;
    if (this.#length + length > this.#bytes.length) this.#grow(length);
    this.#bytes.set(given, this.#length);
    this.#length += length;
  }

  /** A text, in quotation marks. */
  text(text: string): void {
    const { length } = text;
    if (length > longText) {
      this.#longText(text);
      return;
    }
    if (this.#length + length + 2 > this.#bytes.length) this.#grow(length + 2);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = quotationMark;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code < 0x20 || code > 0x7e || code === quotationMark || code === backslash) {
        this.json(JSON.stringify(text));
        return;
      }
      bytes[at++] = code;
    }
    bytes[at++] = quotationMark;
    this.#length = at;
  }

  /** JSON that is a text already. */
  json(json: string): void {
    const size = Buffer.byteLength(json);
    if (this.#length + size > this.#bytes.length) this.#grow(size);
    this.#length += this.#bytes.write(json, this.#length);
  }

  /** Takes back everything from a place on. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** Takes out everything from a place on, in pieces that end at these places. */
  cut(start: number, places: readonly number[]): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    let from = start;
    for (const to of [...places, this.#length]) {
      pieces.push(Uint8Array.prototype.slice.call(this.#bytes, from, to));
      from = to;
    }
    this.#length = start;
    return pieces;
  }

  /** All that was written. Nothing must be written afterwards. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #longText(text: string): void {
    if (!isPlain.test(text)) {
      this.json(JSON.stringify(text));
      return;
    }
    if (this.#length + text.length + 2 > this.#bytes.length) this.#grow(text.length + 2);
    this.#bytes[this.#length++] = quotationMark;
    this.#length += this.#bytes.write(text, this.#length, 'latin1');
    this.#bytes[this.#length++] = quotationMark;
  }

  #grow(more: number): void {
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#length + more));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

const quotationMark = 0x22;
const backslash = 0x5c;
