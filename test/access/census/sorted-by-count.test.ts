import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { sortedByCountInTurns, turnedAround } from '../../../src/access/census/sorted-by-count.ts';

it('orders indexes by count in both directions, equal ones ascending', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 5 })), async (listed) => {
      const counts = Int32Array.from(listed);
      const indexes = listed.map((_, index) => index);
      const order = await sortedByCountInTurns(counts);
      const countAt = (index: number): number => listed[index] as number;
      expect([...order]).toEqual(indexes.toSorted((one, other) => countAt(other) - countAt(one)));
      expect([...turnedAround(order, counts)]).toEqual(indexes.toSorted((one, other) => countAt(one) - countAt(other)));
    }),
  );
});
