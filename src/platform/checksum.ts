import { base64url as alphabet } from './byte-text.ts';

/**
 * A number of 32 bits for a row of texts, in their order: FNV-1a over their code units (Fowler, Noll and Vo; `draft-eastlake-fnv`), each text with its
 * length in front so that no other row reads the same. It tells apart what a client may mix up, and proves nothing. Done here and not by
 * `node:zlib` or `node:crypto`, because an answer has thousands of short texts and a call out of JavaScript costs more than a text.
 */
export type Checksum = number;

/** The sum of no texts. */
export const emptyChecksum: Checksum = 0x811c9dc5;

/** The sum with one more text. Two texts of one length that differ in one place never have the same. */
export const addText = (sum: Checksum, text: string): Checksum => {
  const { length } = text;
  let next = addNumber(sum, length);
  for (let i = 0; i < length; i++) next = Math.imul(next ^ text.charCodeAt(i), fnvPrime);
  return next;
};

/** The same of a text that stands as ASCII between two places. */
export const addBytes = (sum: Checksum, bytes: DataView, start: number, end: number): Checksum => {
  let next = addNumber(sum, end - start);
  for (let at = start; at < end; at++) next = Math.imul(next ^ bytes.getUint8(at), fnvPrime);
  return next;
};

/** The sum with a number of 32 bits more. Other numbers never give the same. */
export const addNumber = (sum: Checksum, number: number): Checksum => Math.imul(sum ^ number, fnvPrime);

/** The sum with a number from 0 to 2^53-1 more. */
export const addLargeNumber = (sum: Checksum, number: number): Checksum =>
  addNumber(addNumber(sum, number), Math.floor(number / 2 ** 32));

/** The sum, not negative, with every bit depending on all that was added: a sum as it grows says little in its lower bits. One to one. */
export const finishChecksum = (sum: Checksum): Checksum => {
  let mixed = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};

/** Characters of a sum that was written (`TextWriter.word`). */
export const checksumLength = 6;

/** Reads a sum that was written. Of any other text it makes some sum, which is not written like that text. */
export const readChecksum = (text: string): Checksum => {
  let sum = 0;
  for (let i = 0; i < checksumLength - 1; i++) sum = (sum << 6) | alphabet.indexOf(text[i] ?? '');
  return ((sum << 2) | (alphabet.indexOf(text[checksumLength - 1] ?? '') >> 4)) >>> 0;
};

const fnvPrime = 0x01000193;
