import { describe, expect, it } from 'vitest';
import { planLookup } from '../../src/directory/planner.ts';

const first = { wanted: 25, batches: 1, walk: undefined, spent: 0, isFirstPageKept: false };

describe('the planner of the directory', () => {
  it('asks for just what is wanted where nothing is known', () => {
    expect(planLookup(first)).toBe('batches');
  });

  it('looks at the list once somebody asks a second time', () => {
    expect(planLookup({ ...first, spent: 1 })).toBe('look');
    expect(planLookup({ ...first, spent: 1, isFirstPageKept: true })).toBe('batches');
  });

  it('reads the list where that costs nothing more, or no more than the batches', () => {
    expect(planLookup({ ...first, walk: 0 })).toBe('all');
    expect(planLookup({ ...first, batches: 4, walk: 4 })).toBe('all');
    expect(planLookup({ ...first, batches: 4, walk: 5 })).toBe('batches');
    expect(planLookup({ ...first, batches: 1, walk: 1 })).toBe('batches');
  });

  it('reads a short list once a quarter of it was spent on batches', () => {
    expect(planLookup({ ...first, walk: 8, spent: 1, isFirstPageKept: true })).toBe('batches');
    expect(planLookup({ ...first, walk: 8, spent: 2, isFirstPageKept: true })).toBe('all');
  });

  it('goes on with batches that bring as much as a page of the list', () => {
    expect(planLookup({ ...first, wanted: 1000, spent: 5 })).toBe('batches');
  });

  describe('of a list that does not say how long it is', () => {
    const many = { ...first, wanted: 800, batches: 8 };
    const read = { pages: 1, share: 0.25, isWorthwhile: true };

    it('looks at the first page where more than one batch is needed', () => {
      expect(planLookup({ ...many, read: { pages: 0, share: 0, isWorthwhile: false } })).toBe('look');
      expect(planLookup({ ...first, read: { pages: 0, share: 0, isWorthwhile: false } })).toBe('batches');
    });

    it('does not look where nothing is kept, or where others have looked', () => {
      expect(planLookup(many)).toBe('batches');
      const isFirstPageKept = true;
      expect(planLookup({ ...many, isFirstPageKept, read: { pages: 0, share: 0, isWorthwhile: false } })).toBe(
        'batches',
      );
    });

    it('reads on where the rest is likely to cost no more than the batches', () => {
      const isFirstPageKept = true;
      expect(planLookup({ ...many, wanted: 600, batches: 6, isFirstPageKept, read })).toBe('look');
      expect(planLookup({ ...many, isFirstPageKept, read: { ...read, share: 0.1 } })).toBe('batches');
      expect(planLookup({ ...many, isFirstPageKept, read: { ...read, share: 0 } })).toBe('batches');
    });

    it('reads the rest of a list that it has begun, where that costs no more than one batch', () => {
      expect(planLookup({ ...first, walk: 1, isFirstPageKept: true, read })).toBe('all');
      expect(planLookup({ ...first, walk: 2, isFirstPageKept: true, read })).toBe('batches');
    });

    it('reads all of it once four pages have told more than batches', () => {
      const four = { pages: 4, share: 0.4, isWorthwhile: true };
      expect(planLookup({ ...many, isFirstPageKept: true, read: four })).toBe('all');
      expect(planLookup({ ...many, isFirstPageKept: true, read: { ...four, isWorthwhile: false } })).toBe('look');
    });
  });

  describe('for somebody who reads on to the end', () => {
    const foreseen = { gatherings: 9, looked: 0, maxWalk: 100 };

    it('reads the list at once where it costs no more than all that is to come', () => {
      expect(planLookup({ ...first, walk: 10, foreseen })).toBe('all');
      expect(planLookup({ ...first, walk: 11, foreseen })).toBe('batches');
      expect(planLookup({ ...first, batches: 6, wanted: 600, walk: 60, foreseen })).toBe('all');
    });

    it('reads on in a list of unknown length until that has cost as much', () => {
      expect(planLookup({ ...first, foreseen })).toBe('look');
      expect(planLookup({ ...first, isFirstPageKept: true, foreseen: { ...foreseen, looked: 9 } })).toBe('look');
      expect(planLookup({ ...first, isFirstPageKept: true, foreseen: { ...foreseen, looked: 10 } })).toBe('batches');
    });

    it('reads nothing ahead that there is no time for, or that nobody will ask for', () => {
      expect(planLookup({ ...first, walk: 10, foreseen: { ...foreseen, maxWalk: 9 } })).toBe('batches');
      expect(planLookup({ ...first, foreseen: { ...foreseen, maxWalk: 0 } })).toBe('batches');
      expect(planLookup({ ...first, foreseen: { ...foreseen, gatherings: 0 } })).toBe('batches');
    });
  });

  it('never makes one page of names wait for a long list', () => {
    expect(planLookup({ ...first, walk: 600, spent: 500, isFirstPageKept: true })).toBe('batches');
  });
});
