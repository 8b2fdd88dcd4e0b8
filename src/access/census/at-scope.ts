import { TimedPauses } from '../../platform/pause.ts';
import type { ScopesOfRole } from './census.ts';
import { sliceMs } from './slices.ts';
import type { SmallNumbers } from './small-numbers.ts';
import { sortedByCountInTurns } from './sorted-by-count.ts';

/** Who is named at each scope, with which role: by subject and then by role, each once. */
export interface AtScope {
  readonly starts: Int32Array;
  readonly ranks: Int32Array;
  readonly roles: SmallNumbers;
}

/** Where a role is held, which is at `scopeCount` scopes. Pauses every few milliseconds. */
export const scopesOfRole = async (rows: AtScope, role: number, scopeCount: number): Promise<ScopesOfRole> => {
  const found = { scopes: new Int32Array(scopeCount), holderCounts: new Int32Array(scopeCount) };
  const pauses = new TimedPauses(sliceMs);
  const reading: Reading = { role, row: 0, scope: 0, scopeEnd: 0, count: 0 };
  while (reading.row < rows.roles.length) {
    readSome(rows, reading, found);
    if (pauses.isDue()) await pauses.pause();
  }
  const order = await sortedByCountInTurns(found.holderCounts, 'DESC');
  return { scopes: pick(found.scopes, order), holderCounts: pick(found.holderCounts, order) };
};

/** How far rows are looked through for a role. */
interface Reading {
  readonly role: number;
  row: number;
  scope: number;
  /** The first row behind the scope that was found last. */
  scopeEnd: number;
  /** Scopes found. */
  count: number;
}

/** A tenth of a millisecond. Few, so that there are many calls: what is called often is compiled soon, and one long loop is not. */
const rowsAtOnce = 50_000;

/** All rows in one loop, and scopes only where there is something: most have a row or two, and a role is in few of them. */
const readSome = ({ starts, roles }: AtScope, reading: Reading, { scopes, holderCounts }: ScopesOfRole): void => {
  const { role } = reading;
  let { row, scope, scopeEnd, count } = reading;
  for (const stop = Math.min(row + rowsAtOnce, roles.length); row < stop; row++) {
    if (roles[row] !== role) continue;
    if (row >= scopeEnd) {
      while ((starts[scope + 1] as number) <= row) scope++;
      scopeEnd = starts[scope + 1] as number;
      scopes[count++] = scope;
    }
    holderCounts[count - 1] = (holderCounts[count - 1] as number) + 1;
  }
  reading.row = row;
  reading.scope = scope;
  reading.scopeEnd = scopeEnd;
  reading.count = count;
};

const pick = (values: Int32Array, places: Int32Array): Int32Array => {
  const picked = new Int32Array(places.length);
  for (let at = 0; at < places.length; at++) picked[at] = values[places[at] as number] as number;
  return picked;
};
