import { describe, expect, it } from 'vitest';
import { groupRows } from '../../../src/access/census/grouped-rows.ts';

describe('rows in groups', () => {
  it.each([
    { rows: 60_000, groups: 2, minorCount: 7 },
    { rows: 5000, groups: 40, minorCount: 400 },
    { rows: 300, groups: 90, minorCount: 1 },
    { rows: 0, groups: 3, minorCount: 1 },
  ])('are those that were given, each once and in order: %o', async ({ rows, groups, minorCount }) => {
    // Numbers without an order, some of them twice.
    const given = Array.from({ length: rows }, (_, row) => {
      const dice = Math.imul(row % Math.ceil(rows * 0.8), 2_654_435_761) >>> 0;
      return { group: dice % groups, major: (dice >>> 4) % 50_000, minor: (dice >>> 8) % minorCount };
    });
    const { starts, majors, minors } = await groupRows({
      groupCount: groups,
      minorCount,
      visit: (onRow) => {
        for (const { group, major, minor } of given) onRow(group, major, minor);
        return Promise.resolve();
      },
    });
    expect(starts).toHaveLength(groups + 1);
    expect(majors).toHaveLength(starts[groups] ?? -1);
    for (let group = 0; group < groups; group++) {
      const expected = [
        ...new Set(given.filter((row) => row.group === group).map(({ major, minor }) => major * minorCount + minor)),
      ].sort((one, other) => one - other);
      const found = Array.from(majors.subarray(starts[group], starts[group + 1]), (major, at) => {
        return major * minorCount + (minors[(starts[group] ?? 0) + at] ?? 0);
      });
      expect(found).toEqual(expected);
    }
  });
});
