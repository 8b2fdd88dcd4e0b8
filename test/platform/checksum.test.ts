import * as fc from 'fast-check';
import { textOf, viewOf } from '../../src/platform/byte-text.ts';
import { describe, expect, it } from 'vitest';
import {
  addBytes,
  addNumber,
  addText,
  finishChecksum,
  emptyChecksum,
  readChecksum,
  checksumLength,
  type Checksum,
} from '../../src/platform/checksum.ts';

const sumOf = (...texts: string[]): Checksum => finishChecksum(texts.reduce(addText, emptyChecksum));
const written = (sum: Checksum): string => textOf((out) => out.word(sum));
const sum = fc.nat(0xffff_ffff);
const asciiText = fc.string({ unit: 'binary-ascii' });

describe('a sum of texts', () => {
  it('is FNV-1a of their code units, each with its length in front', () => {
    // FNV-1a of the bytes "foobar", as its authors give it.
    const foobar = Buffer.from('foobar').reduce(addNumber, emptyChecksum);
    expect(foobar >>> 0).toBe(0xbf9cf968);
    expect(addText(emptyChecksum, 'foobar')).toBe([6, ...Buffer.from('foobar')].reduce(addNumber, emptyChecksum));
  });

  it('is the same of the bytes of a text of ASCII, wherever they stand', () => {
    fc.assert(
      fc.property(sum, asciiText, asciiText, (before, text, around) => {
        const bytes = viewOf(Buffer.from(around + text + around));
        expect(addBytes(before, bytes, around.length, around.length + text.length)).toBe(addText(before, text));
      }),
    );
  });

  it('depends on where a text ends', () => {
    const sums = [sumOf('ab', 'c'), sumOf('a', 'bc'), sumOf('abc'), sumOf('abc', ''), sumOf('', 'abc'), sumOf()];
    expect(new Set(sums).size).toBe(sums.length);
  });

  it('is another wherever one place of a text is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(), fc.nat(0xffff), (text, at, code) => {
        const place = at % text.length;
        const other = text.slice(0, place) + String.fromCharCode(code) + text.slice(place + 1);
        expect(sumOf(text, 'x') === sumOf(other, 'x')).toBe(text === other);
      }),
    );
  });

  it('is finished one to one', () => {
    const finished = new Set(Array.from({ length: 100_000 }, (_, number) => finishChecksum(number * 42_949)));
    expect(finished.size).toBe(100_000);
    expect(Math.min(...finished)).toBeGreaterThanOrEqual(0);
  });

  it('says again what was written', () => {
    fc.assert(
      fc.property(sum, (number) => {
        const text = written(number);
        expect(text).toMatch(new RegExp(`^[\\w-]{${checksumLength}}$`));
        expect(readChecksum(text)).toBe(number);
      }),
    );
  });

  it('is not written like any text that is not its own', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\w-]{6}$/)), (text) => {
        expect(written(readChecksum(text)) === text).toBe(/^[\w-]{5}[AQgw]$/.test(text));
      }),
    );
  });
});
