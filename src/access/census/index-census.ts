import type { Subject } from '../../model/subject.ts';
import type { WalkedList } from '../../pages/walks/list-walk.ts';
import type { Census, RoleTally } from './census.ts';
import { pause } from '../../platform/pause.ts';
import { groupRows, inStretches } from './grouped-rows.ts';
import type { AtScope } from './at-scope.ts';
import { type GlobalHolders, IndexedCensus, type ScopeTallies } from './indexed-census.ts';
import { readAssignments } from './read-assignments.ts';
import { createScopeFinder } from './scope-finder.ts';
import { compareTexts } from './sort.ts';
import { sortScopes } from './sorted-scopes.ts';
import { sortSubjects } from './sorted-subjects.ts';

/**
 * Makes a census of the pages of one walk. Subjects and scopes stay the objects of the pages; what is added are lists of numbers. Pauses every few
 * milliseconds.
 */
export const indexCensus = async ({
  pages,
  oldestAtMs,
}: Pick<WalkedList<Subject>, 'pages' | 'oldestAtMs'>): Promise<Census> => {
  const sorted = await sortSubjects(pages);
  const {
    ranks,
    roles,
    scopes: places,
    global: held,
    met,
    holderCounts,
    ...read
  } = await readAssignments(pages, sorted);
  const { roleNames, places: placeOfRole, numbers } = orderRoles(read.roleNames);
  const { scopes, places: placeOfScope } = await sortScopes(met);
  await replaceBy(roles, placeOfRole);
  await replaceBy(places, placeOfScope);
  await replaceBy(held.roles, placeOfRole);
  const roleCount = roleNames.length;
  const grouped = await groupRows({
    groups: places,
    groupCount: scopes.length,
    // By subject and then by role.
    majors: ranks,
    minors: roles,
    minorCount: roleCount,
  });
  const globals = await groupRows({ groups: held.roles, groupCount: roleCount, majors: held.ranks });
  const global: GlobalHolders = { starts: globals.starts, ranks: Int32Array.from(globals.values) };
  const atScope = await splitRows(grouped, roleCount);
  const { scopeTallies, scopeCounts } = await tally(atScope, roleCount);
  const census = new IndexedCensus({
    asOfMs: oldestAtMs,
    subjects: sorted.subjects,
    subjectTypes: sorted.types,
    typeNumbers: sorted.typeNumbers,
    scopes,
    finder: await createScopeFinder(scopes),
    roles: roleNames.map((name, role): RoleTally => ({
      name,
      holderCount: holderCounts[numbers[role] as number] as number,
      globalHolderCount: (global.starts[role + 1] as number) - (global.starts[role] as number),
      scopeCount: scopeCounts[role] as number,
    })),
    scopeTallies,
    atScope,
    global,
  });
  await pause();
  // The usual order of scopes, which most questions about them begin with.
  census.scopesByHolders('DESC');
  return census;
};

/** Roles by name: the place of each number, and the number at each place. */
const orderRoles = (names: readonly string[]) => {
  const numbers = names
    .map((_, number) => number)
    .sort((one, other) => compareTexts(names[one] ?? '', names[other] ?? ''));
  const places = new Int32Array(names.length);
  numbers.forEach((number, place) => (places[number] = place));
  return { roleNames: numbers.map((number) => names[number] as string), places, numbers };
};

const replaceBy = (numbers: Int32Array, others: Int32Array): Promise<void> =>
  inStretches(numbers.length, (at) => {
    numbers[at] = others[numbers[at] as number] as number;
  });

const splitRows = async (
  { starts, values }: { readonly starts: Int32Array; readonly values: Float64Array },
  roleCount: number,
): Promise<AtScope> => {
  const ranks = new Int32Array(values.length);
  const roles = new Int32Array(values.length);
  await inStretches(values.length, (at) => {
    const value = values[at] as number;
    const rank = Math.floor(value / roleCount);
    ranks[at] = rank;
    roles[at] = value - rank * roleCount;
  });
  return { starts, ranks, roles };
};

/** How many hold something at each scope, how many roles are held there, and at how many scopes each role is held. */
const tally = async (
  { starts, ranks, roles }: AtScope,
  roleCount: number,
): Promise<{ readonly scopeTallies: ScopeTallies; readonly scopeCounts: Int32Array }> => {
  const holderCounts = new Int32Array(starts.length - 1);
  const roleCounts = new Int32Array(starts.length - 1);
  const scopeCounts = new Int32Array(roleCount);
  const lastScope = new Int32Array(roleCount).fill(-1);
  await inStretches(starts.length - 1, (scope) => {
    let lastRank = -1;
    for (let at = starts[scope] as number; at < (starts[scope + 1] as number); at++) {
      const role = roles[at] as number;
      if (ranks[at] !== lastRank) holderCounts[scope] = (holderCounts[scope] as number) + 1;
      lastRank = ranks[at] as number;
      if (lastScope[role] === scope) continue;
      lastScope[role] = scope;
      scopeCounts[role] = (scopeCounts[role] as number) + 1;
      roleCounts[scope] = (roleCounts[scope] as number) + 1;
    }
  });
  return { scopeTallies: { holderCounts, roleCounts }, scopeCounts };
};
