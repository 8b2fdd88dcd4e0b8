import { bufferPool } from '../../platform/buffer-pool.ts';
import { base64url, type JsonBytes, viewOf, type WrittenText } from '../../platform/byte-text.ts';
import type { AnswerMeter } from './answer-meter.ts';

/** JSON in pieces, in their order: what was written together, and what came later in its places. */
export type Chunk = readonly Uint8Array[];

/** Up to so many characters a loop in JavaScript is quicker than the way out of it. */
const longText = 64;
/** The same for bytes. */
const shortBytes = 24;
/** Characters that stand in JSON as they are: ASCII without quotation mark, backslash and controls. */
const isPlain = /^[ !#-[\]-~]*$/;

/**
 * Writes JSON as the bytes that are sent: no object and no text is made that would only be written out again. What is finished is counted; where it
 * would outgrow what the meter has left, writing throws an `AnswerLimitError` before there is memory for it.
 */
export class JsonWriter implements JsonBytes {
  readonly #meter: AnswerMeter;
  #bytes: Buffer;
  #view: DataView;
  #length = 0;
  #places: Map<object, Map<object, number>> | undefined;

  /** `sizeBytes`: about how much it is going to be. Of one answer one writer is in use at a time. */
  constructor(sizeBytes: number, meter: AnswerMeter) {
    this.#bytes = allocate(sizeBytes);
    this.#view = viewOf(this.#bytes);
    this.#meter = meter;
  }

  /** Where the next byte goes. */
  get length(): number {
    return this.#length;
  }

  /** One character of JSON's own. */
  byte(code: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = code;
  }

  /** JSON that is bytes already. */
  bytes(given: Uint8Array): void {
    const { length } = given;
    this.#reserve(length);
    const at = this.#length;
    this.#length = at + length;
    if (length > shortBytes) {
      this.#bytes.set(given, at);
      return;
    }
    const bytes = this.#bytes;
    for (let i = 0; i < length; i++) bytes[at + i] = given[i] as number;
  }

  piece(given: DataView): void {
    this.part(given, 0, given.byteLength);
  }

  /**
   * Some of the bytes of something, which are ASCII, and JSON. Eight at a time, as a number: less than half of what one at a time takes, and a fourth of a call of `set`.
   * A number that is no number (NaN) might be changed on the way, but none of these is one: the last of its bytes would have to be 0x7f or 0xff, and the one before it above 0x7f.
   */
  part(source: DataView, start: number, end: number): void {
    const size = end - start;
    this.#reserve(size);
    const view = this.#view;
    const at = this.#length;
    this.#length = at + size;
    if (size < 8) {
      for (let i = 0; i < size; i++) view.setUint8(at + i, source.getUint8(start + i));
      return;
    }
    const last = size - 8;
    for (let i = 0; i < last; i += 8) view.setFloat64(at + i, source.getFloat64(start + i, true), true);
    view.setFloat64(at + last, source.getFloat64(start + last, true), true);
  }

  /** A text, in quotation marks. */
  text(text: string): void {
    const { length } = text;
    if (length > longText) {
      this.#longText(text);
      return;
    }
    this.#reserve(length + 2);
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

  /** A text that writes itself, in quotation marks. */
  writtenText(text: WrittenText): void {
    this.byte(quotationMark);
    text.writeTo(this);
    this.byte(quotationMark);
  }

  plain(text: string): void {
    const { length } = text;
    this.#reserve(length);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < length; i++) bytes[at++] = text.charCodeAt(i);
    this.#length = at;
  }

  word(bits: number): void {
    this.#reserve(6);
    const bytes = this.#bytes;
    const at = this.#length;
    bytes[at] = base64Codes[bits >>> 26] as number;
    bytes[at + 1] = base64Codes[(bits >>> 20) & 63] as number;
    bytes[at + 2] = base64Codes[(bits >>> 14) & 63] as number;
    bytes[at + 3] = base64Codes[(bits >>> 8) & 63] as number;
    bytes[at + 4] = base64Codes[(bits >>> 2) & 63] as number;
    bytes[at + 5] = base64Codes[(bits << 4) & 63] as number;
    this.#length = at + 6;
  }

  base64url(source: Uint8Array, length: number): void {
    this.#reserve(Math.ceil((4 * length) / 3));
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < length; i += 3) {
      const first = source[i] as number;
      const second = i + 1 < length ? (source[i + 1] as number) : 0;
      const third = i + 2 < length ? (source[i + 2] as number) : 0;
      bytes[at++] = base64Codes[first >>> 2] as number;
      bytes[at++] = base64Codes[((first & 3) << 4) | (second >>> 4)] as number;
      if (i + 1 < length) bytes[at++] = base64Codes[((second & 15) << 2) | (third >>> 6)] as number;
      if (i + 2 < length) bytes[at++] = base64Codes[third & 63] as number;
    }
    this.#length = at;
  }

  /** JSON that is a text already. */
  json(json: string): void {
    const size = Buffer.byteLength(json);
    this.#reserve(size);
    this.#length += this.#bytes.write(json, this.#length);
  }

  /** Remembers that everything from a place on was written for a thing, in one of its forms. */
  remember(form: object, thing: object, start: number): void {
    const size = this.#length - start;
    if (size >= maxRememberedBytes) return;
    this.#places ??= new Map();
    let places = this.#places.get(form);
    if (places === undefined) this.#places.set(form, (places = new Map()));
    places.set(thing, start * maxRememberedBytes + size);
  }

  /** Writes again what was written for this thing in this form. False: nothing is remembered. */
  repeat(form: object, thing: object): boolean {
    const place = this.#places?.get(form)?.get(thing);
    if (place === undefined) return false;
    const start = Math.floor(place / maxRememberedBytes);
    const size = place % maxRememberedBytes;
    this.#reserve(size);
    this.#bytes.copyWithin(this.#length, start, start + size);
    this.#length += size;
    return true;
  }

  /** Takes back everything from a place on. */
  truncate(length: number): void {
    // What was remembered may be among it.
    if (length < this.#length) this.#places = undefined;
    this.#length = length;
  }

  /** Takes out everything from a place on. */
  cut(start: number): Uint8Array {
    this.#meter.countBytes(this.#length - start);
    const taken = Buffer.from(this.#bytes.subarray(start, this.#length));
    this.truncate(start);
    return taken;
  }

  /** All that was written. Nothing must be written afterwards. May be lent by `bufferPool`: for who releases it once it has been sent or copied. */
  finish(): Uint8Array {
    this.#meter.countBytes(this.#length);
    const written = this.#bytes.subarray(0, this.#length);
    // Thousands may wait for what is around them: each would hold all the room that it was given.
    const roomBytes = bufferPool.lends(this.#bytes) ? this.#bytes.buffer.byteLength : this.#bytes.length;
    if (2 * this.#length >= roomBytes) return written;
    const copy = Buffer.from(written);
    this.#moveTo(nothing);
    return copy;
  }

  #longText(text: string): void {
    if (!isPlain.test(text)) {
      this.json(JSON.stringify(text));
      return;
    }
    this.#reserve(text.length + 2);
    this.#bytes[this.#length++] = quotationMark;
    this.#length += this.#bytes.write(text, this.#length, 'latin1');
    this.#bytes[this.#length++] = quotationMark;
  }

  #reserve(more: number): void {
    if (this.#length + more > this.#bytes.length) this.#grow(more);
  }

  #grow(more: number): void {
    const needed = this.#length + more;
    const { bytesLeft } = this.#meter;
    if (needed > bytesLeft) this.#meter.refuseBytes(this.#length);
    const larger = allocate(Math.max(needed, Math.min(2 * this.#bytes.length, bytesLeft)));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#moveTo(larger);
  }

  /** Leaves the bytes at hand to whoever needs them next. */
  #moveTo(bytes: Buffer): void {
    bufferPool.release(this.#bytes);
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }
}

/** No more of what is pooled than is asked for: so growing is noticed. */
const allocate = (sizeBytes: number): Buffer =>
  bufferPool.acquire(sizeBytes)?.subarray(0, sizeBytes) ?? Buffer.allocUnsafe(sizeBytes);

const nothing = Buffer.alloc(0);

/** What is larger is not remembered. */
const maxRememberedBytes = 4096;

const base64Codes = Buffer.from(base64url);
const quotationMark = 0x22;
const backslash = 0x5c;
