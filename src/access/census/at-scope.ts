import { pause } from '../../platform/pause.ts';
import type { ScopesOfRole } from './census.ts';
import { IntList } from './int-list.ts';
import type { SmallNumbers } from './small-numbers.ts';
import { sortedByCount } from './sorted-by-count.ts';

/** Who is named at each scope, with which role: by subject and then by role, each once. */
export interface AtScope {
  readonly starts: Int32Array;
  readonly ranks: Int32Array;
  readonly roles: SmallNumbers;
}

/** Where a role is held. Pauses every few milliseconds. */
export const scopesOfRole = async (rows: AtScope, role: number): Promise<ScopesOfRole> => {
  const scopes = new IntList();
  const counts = new IntList();
  for (let scope = 0; scope < rows.starts.length - 1;) {
    scope = findScopes(rows, { role, scope }, { scopes, counts });
    await pause();
  }
  const [found, holderCounts] = [scopes.toArray(), counts.toArray()];
  const order = sortedByCount(holderCounts, 'DESC');
  return { scopes: pick(found, order), holderCounts: pick(holderCounts, order) };
};

/** So many rows are a millisecond or two. */
const rowsAtOnce = 500_000;

/** Notes the scopes at which a role is held, from one on, and by how many. Answers where to go on. */
const findScopes = (
  { starts, roles }: AtScope,
  { role, scope }: { readonly role: number; readonly scope: number },
  { scopes, counts }: { readonly scopes: IntList; readonly counts: IntList },
): number => {
  const stop = (starts[scope] as number) + rowsAtOnce;
  let next = scope;
  for (; next < starts.length - 1 && (starts[next] as number) < stop; next++) {
    const end = starts[next + 1] as number;
    let holderCount = 0;
    for (let at = starts[next] as number; at < end; at++) if (roles[at] === role) holderCount++;
    if (holderCount === 0) continue;
    scopes.push(next);
    counts.push(holderCount);
  }
  return next;
};

const pick = (values: Int32Array, places: Int32Array): Int32Array => {
  const picked = new Int32Array(places.length);
  for (let at = 0; at < places.length; at++) picked[at] = values[places[at] as number] as number;
  return picked;
};
