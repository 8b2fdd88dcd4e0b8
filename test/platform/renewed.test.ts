import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RenewedMap, RenewedSet } from '../../src/platform/renewed.ts';

const step = fc.record({
  what: fc.constantFrom('set', 'delete', 'delete', 'get'),
  key: fc.nat(20),
  value: fc.nat(),
});

describe('a map of what comes and goes', () => {
  it('does what a map does, however often its entries come and go', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 2000, size: 'max' }), (steps) => {
        const [renewed, usual] = [new RenewedMap<number, number>(), new Map<number, number>()];
        for (const { what, key, value } of steps) {
          if (what === 'set') {
            renewed.set(key, value);
            usual.set(key, value);
          } else if (what === 'delete') expect(renewed.delete(key)).toBe(usual.delete(key));
          else {
            expect(renewed.get(key)).toBe(usual.get(key));
            expect(renewed.has(key)).toBe(usual.has(key));
          }
          expect(renewed.size).toBe(usual.size);
        }
        expect([...renewed]).toEqual([...usual]);
        expect([...renewed.keys()]).toEqual([...usual.keys()]);
        expect([...renewed.values()]).toEqual([...usual.values()]);
      }),
      { numRuns: 200 },
    );
  });

  // What keeps garbage alive is the table that a Map has outgrown: who goes through that goes on in the next one.
  it('is another map after some deletions: who goes through it since before meets nothing new', () => {
    const metAfter = (deletions: number): readonly number[] => {
      const renewed = new RenewedMap<number, string>();
      renewed.set(-1, 'first');
      const keys = renewed.keys();
      for (let key = 0; key < deletions; key++) {
        renewed.set(key, 'x');
        renewed.delete(key);
      }
      renewed.set(1_000_000, 'new');
      return [...keys];
    };
    expect(metAfter(10)).toEqual([-1, 1_000_000]);
    expect(metAfter(200)).toEqual([-1]);
  });

  it('keeps what it has when it is renewed while entries are deleted and set again', () => {
    const renewed = new RenewedMap<number, number>();
    for (let key = 0; key < 100; key++) renewed.set(key, 0);
    let rounds = 0;
    while (rounds < 10) {
      rounds++;
      const keys = Array.from(renewed.keys());
      for (const key of keys) {
        renewed.delete(key);
        renewed.set(key, rounds);
      }
    }
    expect([...renewed]).toEqual(Array.from({ length: 100 }, (_, key) => [key, 10]));
  });

  it('is gone through as it is, while entries are deleted', () => {
    const renewed = new RenewedMap<number, string>();
    for (let key = 0; key < 500; key++) renewed.set(key, 'x');
    const seen: number[] = [];
    for (const [key] of renewed) {
      seen.push(key);
      renewed.delete(key);
      renewed.delete(key + 1);
    }
    expect(seen).toEqual(Array.from({ length: 250 }, (_, index) => 2 * index));
    expect(renewed.size).toBe(0);
  });
});

describe('a set of what comes and goes', () => {
  it('has each item once, in the order in which they came', () => {
    const renewed = new RenewedSet<number>();
    for (let round = 0; round < 1000; round++) {
      renewed.add(round);
      renewed.add(round);
      expect(renewed.delete(round - 3)).toBe(round >= 3);
      expect(renewed.delete(round - 3)).toBe(false);
    }
    expect([...renewed]).toEqual([997, 998, 999]);
    expect(renewed.size).toBe(3);
    expect(renewed.has(999)).toBe(true);
    expect(renewed.has(996)).toBe(false);
  });
});
