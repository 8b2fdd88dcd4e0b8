import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PassingMap, PassingSet } from '../../src/platform/passing.ts';

const step = fc.record({
  what: fc.constantFrom('set', 'delete', 'delete', 'get', 'clear rarely'),
  key: fc.nat(20),
  value: fc.nat(),
});

describe('a map of what comes and goes', () => {
  it('does what a map does, however often its entries come and go', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 2000, size: 'max' }), (steps) => {
        const [passing, usual] = [new PassingMap<number, number>(), new Map<number, number>()];
        for (const { what, key, value } of steps) {
          if (what === 'set') {
            passing.set(key, value);
            usual.set(key, value);
          } else if (what === 'delete') expect(passing.delete(key)).toBe(usual.delete(key));
          else if (what === 'get') {
            expect(passing.get(key)).toBe(usual.get(key));
            expect(passing.has(key)).toBe(usual.has(key));
          } else if (value % 50 === 0) {
            passing.clear();
            usual.clear();
          }
          expect(passing.size).toBe(usual.size);
        }
        expect([...passing]).toEqual([...usual]);
        expect([...passing.keys()]).toEqual([...usual.keys()]);
        expect([...passing.values()]).toEqual([...usual.values()]);
      }),
      { numRuns: 200 },
    );
  });

  it('is gone through as it is, while entries are deleted', () => {
    const passing = new PassingMap<number, string>();
    for (let key = 0; key < 500; key++) passing.set(key, 'x');
    const seen: number[] = [];
    for (const [key] of passing) {
      seen.push(key);
      passing.delete(key);
      passing.delete(key + 1);
    }
    expect(seen).toEqual(Array.from({ length: 250 }, (_, index) => 2 * index));
    expect(passing.size).toBe(0);
  });
});

describe('a set of what comes and goes', () => {
  it('has each item once, in the order in which they came', () => {
    const passing = new PassingSet<number>();
    for (let round = 0; round < 1000; round++) {
      passing.add(round);
      passing.add(round);
      expect(passing.delete(round - 3)).toBe(round >= 3);
      expect(passing.delete(round - 3)).toBe(false);
    }
    expect([...passing]).toEqual([997, 998, 999]);
    expect(passing.size).toBe(3);
    expect(passing.has(999)).toBe(true);
    expect(passing.has(996)).toBe(false);
  });
});
