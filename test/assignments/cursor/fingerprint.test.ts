import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalText,
  fingerprintLength,
  fingerprintOf,
  type NamePart,
} from '../../../src/assignments/cursor/fingerprint.ts';

const part: fc.Arbitrary<NamePart> = fc.letrec<{ part: NamePart }>((tie) => ({
  part: fc.oneof(
    { depthSize: 'small' },
    fc.string({ maxLength: 3, unit: fc.constantFrom('0', '1', ':', '[', '-', 'a') }),
    fc.constant(undefined),
    fc.array(tie('part'), { maxLength: 3 }),
  ),
})).part;

describe('a canonical text', () => {
  it('is the same for equal parts only', () => {
    fc.assert(
      fc.property(part, part, (one, other) => {
        const areEqual = JSON.stringify([one]) === JSON.stringify([other]);
        expect(canonicalText(one) === canonicalText(other)).toBe(areEqual);
      }),
      { numRuns: 5000 },
    );
  });

  it.each<[NamePart, NamePart]>([
    [
      ['ab', 'c'],
      ['a', 'bc'],
    ],
    [['a'], 'a'],
    [[''], []],
    [[undefined], ['']],
    [[['a'], 'b'], [['a', 'b']]],
  ])('of %j is unlike that of %j', (one, other) => {
    expect(canonicalText(one)).not.toBe(canonicalText(other));
  });
});

describe('a fingerprint', () => {
  it('is short, and made of characters that need no escaping anywhere', () => {
    expect(fingerprintOf(['x'.repeat(10_000)])).toMatch(new RegExp(`^[\\w-]{${fingerprintLength}}$`));
  });

  it('is the same on every machine and after every restart', () => {
    // printf '3[8:subjects-1[1:a' | openssl dgst -sha256 -binary | base64
    expect(fingerprintOf(['subjects', undefined, ['a']])).toBe('-0T6mXUw');
  });
});
