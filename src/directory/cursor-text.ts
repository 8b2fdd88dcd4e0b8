import { GatewayError } from '../model/errors.ts';
import { addText, finishSum, noTexts, type TextSum, writeSum } from './text-sum.ts';

// Cursors are texts of base64url's alphabet. Every field has a fixed length or says its own; a checksum over the text as
// it is written comes last, so that no changed character goes unseen, not even one of base64's unused bits.

/** Longest text that is read at all: longer than any cursor with two page tokens of 128 characters. */
export const maxCursorLength = 2048;

/** A number from 0 to 2^53-1. */
export const writeNumber = (value: number): string => {
  const digits = String(value);
  return digitCounts[digits.length] + digits;
};

const digitCounts = '0123456789abcdefghijklmnopqrstuvwxyz';

/** Any text; an absent one is written like an empty one. */
export const writeText = (text: string | undefined): string => {
  if (text === undefined || text === '') return '0';
  const encoded = Buffer.from(text, 'utf8').toString('base64url');
  return writeNumber(encoded.length) + encoded;
};

/** What a cursor's fields start with, and what checksums of cursors that start so go on from. */
export interface CursorPrefix {
  readonly text: string;
  readonly sum: TextSum;
}

export const createPrefix = (text: string): CursorPrefix => ({ text, sum: addText(noTexts, text) });

/** The finished cursor: its fields, and a checksum over them. Whoever reads it writes it again and compares. */
export const seal = ({ text, sum }: CursorPrefix, rest: string): string =>
  text + rest + writeSum(finishSum(addText(sum, rest)));

/** Reads fields one after the other. It forgives anything: write what was read again and compare. */
export interface FieldReader {
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
