import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortInTurns, workInTurns } from '../../src/platform/work-in-turns.ts';
import { Aborter } from '../../src/platform/abort.ts';
import { createManualTurns, turnsUntil } from '../support/turns-of-loop.ts';

const setUp = () => {
  const { turns, spend } = createManualTurns();
  return { taker: { owner: {}, turns }, spend };
};

describe('work in turns', () => {
  it('waits for another turn wherever this one is over, and does every item once, in order', async () => {
    const { taker, spend } = setUp();
    const done: number[] = [];
    const work = workInTurns([1, 2, 3, 4, 5, 6], taker, (item) => {
      done.push(item);
      spend(5);
    });
    // Two fit into a turn, the first of which is this one.
    expect(await turnsUntil(work)).toBe(2);
    expect(done).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('is done at once where it is short', async () => {
    const { taker } = setUp();
    const done: number[] = [];
    void workInTurns([1, 2], taker, (item) => done.push(item));
    expect(done).toEqual([1, 2]);
  });

  it('ends where nobody waits for it any more, before its next turn', async () => {
    const { taker, spend } = setUp();
    const aborter = new Aborter();
    const done: number[] = [];
    const work = workInTurns([1, 2, 3, 4], { ...taker, signal: aborter.signal }, (item) => {
      done.push(item);
      spend(10);
      if (item === 2) aborter.abort(new RangeError('gone'));
    });
    await expect(work).rejects.toThrow('gone');
    expect(done).toEqual([1, 2]);
  });

  it('ends with what it fails with', async () => {
    const { taker } = setUp();
    const fail = () => {
      throw new RangeError('no');
    };
    await expect(workInTurns([1], taker, fail)).rejects.toThrow('no');
  });
});

describe('sorting in turns', () => {
  it('gives what toSorted gives, also of equal items', async () => {
    const item = fc.record({ key: fc.integer({ min: 0, max: 20 }), name: fc.nat() });
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 1500, size: 'max' }), async (items) => {
        const compare = (one: { key: number }, other: { key: number }) => one.key - other.key;
        expect(await sortInTurns(items, setUp().taker, compare)).toEqual(items.toSorted(compare));
      }),
      { numRuns: 60 },
    );
  });

  it('never compares many items in one turn', async () => {
    const { taker, spend } = setUp();
    const items = Array.from({ length: 4000 }, (_, index) => (index * 7919) % 4000);
    let comparisons = 0;
    const sorting = sortInTurns(items, taker, (one, other) => {
      comparisons++;
      spend(0.01);
      return one - other;
    });
    const turns = await turnsUntil(sorting);
    expect(await sorting).toEqual(Array.from({ length: 4000 }, (_, index) => index));
    // A turn has room for 1000 comparisons, and some more until the next look.
    expect(turns).toBeGreaterThanOrEqual(Math.floor(comparisons / 2000));
    expect(comparisons).toBeGreaterThan(20_000);
  });
});
