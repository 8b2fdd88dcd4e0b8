import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTexts, prefixOf, sortedIndexes } from '../../../src/access/census/sort.ts';

describe('sorting', () => {
  it('sorts many numbers as a plain sort does, equal ones in their order', async () => {
    const values = Array.from({ length: 20_000 }, (_, index) => (index * 7919) % 5003);
    const compare = (one: number, other: number) => (values[one] as number) - (values[other] as number);
    const expected = values.map((_, index) => index).sort((one, other) => compare(one, other) || one - other);
    expect([...(await sortedIndexes(values.length, compare))]).toEqual(expected);
  });

  it('tells texts apart by their prefixes only where their order agrees', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\0', 'þ', 'ÿ', 'Ā', '漢'), maxLength: 8 });
    const isRight = fc.property(text, text, (one, other) => {
      const difference = prefixOf(one) - prefixOf(other);
      return difference === 0 || Math.sign(difference) === compareTexts(one, other);
    });
    expect(fc.check(isRight).counterexample).toBeNull();
  });
});
