import { describe, expect, it } from 'vitest';
import { type LookupSituation, planLookups } from '../../../src/assignments/lookup/planner.ts';

const situation = (known: Partial<LookupSituation>): LookupSituation => ({
  singles: 1,
  totalSize: undefined,
  walked: 0,
  scannedPages: 0,
  scannedSubjects: 0,
  callsLeft: 100,
  ...known,
});

it.each([
  // The size is known: a call for each against a call for each thousand.
  { singles: 1, totalSize: 100_000, way: 'singles' },
  { singles: 1, totalSize: 500, way: 'singles' },
  { singles: 2, totalSize: 500, way: 'scan' },
  { singles: 2, totalSize: 2000, way: 'scan' },
  { singles: 2, totalSize: 2001, way: 'singles' },
  { singles: 2, totalSize: 100_000, way: 'singles' },
  { singles: 99, totalSize: 100_000, way: 'singles' },
  { singles: 100, totalSize: 100_000, way: 'scan' },
  { singles: 1000, totalSize: 3000, way: 'scan' },
  { singles: 2, totalSize: 0, way: 'scan' },
  // What was read already costs nothing.
  { singles: 2, totalSize: 100_000, walked: 98_000, way: 'scan' },
  { singles: 2, totalSize: 100_000, walked: 97_999, way: 'singles' },
  { singles: 1, totalSize: 100_000, walked: 99_500, way: 'singles' },
  { singles: 5, totalSize: 1000, walked: 1200, way: 'scan' },
  // Pages turn out to be shorter than they were asked for.
  { singles: 10, totalSize: 3000, walked: 100, scannedPages: 1, scannedSubjects: 100, way: 'singles' },
  { singles: 29, totalSize: 3000, walked: 100, scannedPages: 1, scannedSubjects: 100, way: 'scan' },
  { singles: 1000, totalSize: 3000, scannedPages: 2, scannedSubjects: 0, way: 'singles' },
  // The size is not known: from three lookups on a page is worth asking for.
  { singles: 1, way: 'singles' },
  { singles: 2, way: 'singles' },
  { singles: 3, way: 'scan' },
  { singles: 1000, way: 'scan' },
  // Nor do pages tell it: a scan costs at most what the singles would.
  { singles: 5, walked: 4000, scannedPages: 4, scannedSubjects: 4000, way: 'scan' },
  { singles: 5, walked: 5000, scannedPages: 5, scannedSubjects: 5000, way: 'singles' },
  // Not all singles can be paid.
  { singles: 2, callsLeft: 1, way: 'scan' },
  { singles: 2, callsLeft: 0, way: 'singles' },
  { singles: 50, totalSize: 3000, callsLeft: 10, way: 'scan' },
  { singles: 50, totalSize: 100_000, callsLeft: 10, way: 'singles' },
])(
  'plans $way for $singles lookups in $totalSize subjects, $walked of them known, after $scannedPages pages with $callsLeft calls left',
  ({ way, ...known }) => {
    const plan = planLookups(situation(known));
    expect(plan.way).toBe(way);
    expect(plan.why).toMatch(/\w/);
  },
);

describe('followed to the end', () => {
  /** Calls that the plan leads to where every page finds `found` of the lookups. */
  const follow = (singles: number, totalSize: number, tellsSize: boolean, foundOnPage: number): number => {
    let left = singles;
    for (let pages = 0; ; pages++) {
      if (left === 0 || pages * 1000 >= totalSize) return pages;
      const plan = planLookups(
        situation({
          singles: left,
          totalSize: tellsSize || pages > 0 ? totalSize : undefined,
          walked: pages * 1000,
          scannedPages: pages,
          scannedSubjects: pages * 1000,
        }),
      );
      if (plan.way === 'singles') return pages + left;
      left = Math.max(0, left - foundOnPage);
    }
  };

  it('never costs more than the cheaper plan where the size is known, and one call more where a page has to tell it', () => {
    for (const singles of [1, 2, 3, 4, 7, 10, 50, 99, 100, 101, 1000]) {
      for (const totalSize of [1, 999, 1000, 1001, 2500, 3000, 10_000, 99_001, 100_000, 1_000_000]) {
        for (const foundOnPage of [0, 1, 5, 400]) {
          const cheaper = Math.min(singles, Math.ceil(totalSize / 1000));
          expect(follow(singles, totalSize, true, foundOnPage)).toBeLessThanOrEqual(cheaper);
          expect(follow(singles, totalSize, false, foundOnPage)).toBeLessThanOrEqual(
            Math.max(cheaper + 1, singles === 2 ? 2 : 0),
          );
        }
      }
    }
  });
});
