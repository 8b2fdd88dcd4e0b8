import type { Subject } from '../../model/subject.ts';
import type { WalkedList } from '../../pages/walks/list-walk.ts';
import { type AtScope, scopesOfRoles } from './at-scope.ts';
import type { Census, RoleTally } from './census.ts';
import { countFindings } from './count-findings.ts';
import { groupRows } from './grouped-rows.ts';
import { findHeld, type HeldPages, visitHeld } from './held-pages.ts';
import { type GlobalHolders, IndexedCensus, type ScopeTallies } from './indexed-census.ts';
import { marked } from './ranks.ts';
import { createScopeFinder } from './scope-finder.ts';
import { inStretches } from './slices.ts';
import { sortedByCountInTurns } from './sorted-by-count.ts';
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
  const held = await findHeld(pages, sorted);
  const { roleNames } = held;
  const { scopes, places } = await sortScopes(held.scopes);
  const atScope = await groupAtScopes(held, places, scopes.length);
  const global = await groupGlobal(held, sorted.subjects.length);
  const holderCounts = await countHolders(held);
  const { scopeTallies, scopeCounts } = await tally(atScope, roleNames.length);
  return new IndexedCensus({
    asOfMs: oldestAtMs,
    subjects: sorted.subjects,
    subjectTypes: sorted.types,
    typeNumbers: sorted.typeNumbers,
    scopes,
    finder: await createScopeFinder(scopes),
    roles: roleNames.map((name, role): RoleTally => ({
      name,
      holderCount: holderCounts[role] as number,
      globalHolderCount: (global.starts[role + 1] as number) - (global.starts[role] as number),
      scopeCount: scopeCounts[role] as number,
    })),
    scopeTallies,
    // The usual order of scopes, which most questions about them begin with.
    byMostHolders: await sortedByCountInTurns(scopeTallies.holderCounts),
    atScope,
    scopesOfRoles: await scopesOfRoles(atScope, scopeCounts),
    global,
    findings: await countFindings(held, {
      places,
      typeNumbers: sorted.typeNumbers,
      subjectCount: sorted.subjects.length,
    }),
  });
};

const groupAtScopes = async (held: HeldPages, places: Int32Array, scopeCount: number): Promise<AtScope> => {
  const { starts, majors, minors } = await groupRows({
    groupCount: scopeCount,
    // By subject and then by role.
    minorCount: held.roleNames.length,
    visit: (onRow) => visitHeld(held, { onScope: (rank, role, scope) => onRow(places[scope] as number, rank, role) }),
  });
  return { starts, ranks: majors, roles: minors };
};

const groupGlobal = async (held: HeldPages, subjectCount: number): Promise<GlobalHolders> => {
  const { starts, majors } = await groupRows({
    groupCount: held.roleNames.length,
    minorCount: 1,
    visit: (onRow) =>
      visitHeld(held, {
        onRole(rank, role, scopeCount) {
          if (scopeCount === 0) onRow(role, rank, 0);
        },
      }),
  });
  return { starts, ranks: majors, all: await marked(majors, subjectCount) };
};

/** How many hold each role. */
const countHolders = async (held: HeldPages): Promise<Int32Array> => {
  const counts = new Int32Array(held.roleNames.length);
  const lastHolders = new Int32Array(counts.length).fill(-1);
  await visitHeld(held, {
    onRole(rank, role) {
      if (lastHolders[role] === rank) return;
      lastHolders[role] = rank;
      counts[role] = (counts[role] as number) + 1;
    },
  });
  return counts;
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
