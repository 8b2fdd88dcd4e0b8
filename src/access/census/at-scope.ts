import { TimedPauses } from '../../platform/pause.ts';
import type { ScopesOfRole } from './census.ts';
import { inStretches, sliceMs } from './slices.ts';
import { numbersBelow, type SmallNumbers } from './small-numbers.ts';
import { sortedByCountInTurns } from './sorted-by-count.ts';

/** Who is named at each scope, with which role: by subject and then by role, each once. */
export interface AtScope {
  readonly starts: Int32Array;
  readonly ranks: Int32Array;
  readonly roles: SmallNumbers;
}

/** Where each role is held, which is at so many scopes. Pauses every few milliseconds. */
export const scopesOfRoles = async (
  { starts, roles }: AtScope,
  scopeCounts: Int32Array,
): Promise<readonly ScopesOfRole[]> => {
  const lists = Array.from(scopeCounts, (count) => ({
    scopes: new Int32Array(count),
    holderCounts: new Int32Array(count),
    length: 0,
  }));
  await inStretches(starts.length - 1, (scope) => {
    for (let at = starts[scope] as number; at < (starts[scope + 1] as number); at++) {
      const list = lists[roles[at] as number] as (typeof lists)[number];
      if (list.length === 0 || list.scopes[list.length - 1] !== scope) list.scopes[list.length++] = scope;
      list.holderCounts[list.length - 1] = (list.holderCounts[list.length - 1] as number) + 1;
    }
  });
  const sorted: ScopesOfRole[] = [];
  const pauses = new TimedPauses(sliceMs);
  // One after the other lets go of what it was made of.
  for (let list = lists.shift(); list !== undefined; list = lists.shift()) {
    sorted.push(await mostHoldersFirst(list));
    if (pauses.isDue()) await pauses.pause();
  }
  return sorted;
};

const mostHoldersFirst = async ({
  scopes,
  holderCounts,
}: Readonly<Record<'scopes' | 'holderCounts', Int32Array>>): Promise<ScopesOfRole> => {
  const order = await sortedByCountInTurns(holderCounts);
  const largest = holderCounts[order[0] ?? 0] ?? 0;
  const sorted = { scopes: new Int32Array(order.length), holderCounts: numbersBelow(largest + 1, order.length) };
  await inStretches(order.length, (at) => {
    sorted.scopes[at] = scopes[order[at] as number] as number;
    sorted.holderCounts[at] = holderCounts[order[at] as number] as number;
  });
  return sorted;
};
