import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTexts, prefixOf, sortedIndexes } from '../../../src/access/census/sort.ts';

describe('sorting', () => {
  it('sorts many numbers as a plain sort does, equal ones in their order', async () => {
    const values = Array.from({ length: 20_000 }, (_, index) => (index * 7919) % 5003);
    const expected = values
      .map((_, index) => index)
      .sort((one, other) => (values[one] as number) - (values[other] as number) || one - other);
    expect([...(await sortedIndexes({ keys: Float64Array.from(values) }))]).toEqual(expected);
  });

  it('looks closer where keys are the same', async () => {
    const numbers = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })), {
      maxLength: 90,
    });
    await fc.assert(
      fc.asyncProperty(numbers, async (pairs) => {
        const closer = (one: number, other: number): number => (pairs[one]?.[1] ?? 0) - (pairs[other]?.[1] ?? 0);
        const expected = pairs
          .map((_, index) => index)
          .sort((one, other) => (pairs[one]?.[0] ?? 0) - (pairs[other]?.[0] ?? 0) || closer(one, other) || one - other);
        const keys = Float64Array.from(pairs, ([key]) => key);
        expect([...(await sortedIndexes({ keys, compareTied: closer }))]).toEqual(expected);
      }),
    );
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
