import { GatewayError } from '../../model/errors.ts';
import type { TextWriter } from '../../platform/byte-text.ts';

// Cursors are texts of base64url's alphabet. Every field has a fixed length or says its own; a checksum over the fields
// comes last. Whoever reads a cursor writes it again and compares, so that no changed character goes unseen.

/** Longest text that is read at all: longer than any cursor with two page tokens. */
export const maxCursorLength = 2048;

/** A number from 0 to 2^53-1. */
export const writeNumber = (value: number, out: TextWriter): void => {
  const digits = String(value);
  out.plain(digitCounts[digits.length] as string);
  out.plain(digits);
};

const digitCounts = '0123456789abcdefghijklmnopqrstuvwxyz';

/** Any text; an absent one is written like an empty one. */
export const writeText = (text: string | undefined, out: TextWriter): void => {
  if (text === undefined || text === '') {
    out.plain('0');
    return;
  }
  const encoded = Buffer.from(text, 'utf8').toString('base64url');
  writeNumber(encoded.length, out);
  out.plain(encoded);
};

/** Reads fields one after the other. It forgives anything: write what was read again and compare. */
interface FieldReader {
  characters(count: number): string;
  number(): number;
  text(): string;
}

export const createFieldReader = (fields: string): FieldReader => {
  let at = 0;
  const reader: FieldReader = {
    characters(count) {
      at += count;
      return fields.slice(at - count, at);
    },
    number: () => Number(reader.characters(digitCounts.indexOf(reader.characters(1)))) || 0,
    text: () => Buffer.from(reader.characters(reader.number()), 'base64url').toString('utf8'),
  };
  return reader;
};

/** What is said of every text that is no cursor of the list it is sent to. */
export const invalidCursor = (): GatewayError =>
  new GatewayError(
    'INVALID_CURSOR',
    'This is not a cursor of this list. Send cursors unchanged, and only with the filter, order and other arguments that they came with.',
  );
