import type { ScopeMatcher } from '../../assignments/assignments.ts';
import type { WalkedList } from '../../pages/walks/list-walk.ts';
import { type ScopeKind, type Subject, subjectTypeOf } from '../../model/subject.ts';
import { everywhere, readAssignments } from './assignment-rows.ts';
import type { Census, KindCount, Ranks, RoleAtScope, RoleTally, ScopeTally, TypeCount } from './census.ts';
import { pause } from '../../platform/pause.ts';
import { IntList } from './int-list.ts';
import { ascending } from './ranks.ts';
import { inStretches, rowsBy } from './rows-by.ts';
import type { ScopeNumbers } from './scope-numbers.ts';
import { compareTexts } from './sort.ts';
import { compareSubjects, sortSubjects } from './sorted-subjects.ts';

/**
 * Makes a census of the pages of one walk. Subjects and scopes stay the objects of the pages; what is added are lists of numbers. Pauses every few
 * milliseconds.
 */
export const indexCensus = async ({
  pages,
  oldestAtMs,
}: Pick<WalkedList<Subject>, 'pages' | 'oldestAtMs'>): Promise<Census> => {
  const sorted = await sortSubjects(pages);
  const { subjects } = sorted;
  const { ranks, roles, scopes, roleNames, scopeNumbers } = await readAssignments(pages, sorted);
  const byScope = await rowsBy(scopes, scopeNumbers.scopes.length);
  await pause();
  const atScope: AtScope = {
    starts: byScope.starts,
    ranks: byScope.rows.map((row) => ranks[row] as number),
    roles: byScope.rows.map((row) => roles[row] as number),
  };
  await pause();
  const everywhereRoles = roles.map((role, row) => (scopes[row] === everywhere ? role : -1));
  const globals = await rowsBy(everywhereRoles, roleNames.length);
  const global: GlobalHolders = {
    starts: globals.starts,
    ranks: globals.rows.map((row) => ranks[row] as number),
  };
  return new IndexedCensus({
    asOfMs: oldestAtMs,
    subjects,
    assignmentCount: ranks.length,
    subjectTypes: countTypes(subjects),
    scopeNumbers,
    roleTallies: await tallyRoles({ roleNames, ranks, roles, atScope, global }),
    scopeTallies: await tallyScopes(atScope, roleNames.length),
    atScope,
    global,
  });
};

/** Who is named at each scope, with which role. Within a scope by subject. */
interface AtScope {
  readonly starts: Int32Array;
  readonly ranks: Int32Array;
  readonly roles: Int32Array;
}

/** Who holds each role everywhere, ascending. */
interface GlobalHolders {
  readonly starts: Int32Array;
  readonly ranks: Int32Array;
}

interface ScopeTallies {
  readonly holderCounts: Int32Array;
  readonly roleCounts: Int32Array;
}

interface Rows {
  readonly roleNames: readonly string[];
  readonly ranks: Int32Array;
  readonly roles: Int32Array;
  readonly atScope: AtScope;
  readonly global: GlobalHolders;
}

const tallyRoles = async ({ roleNames, ranks, roles, atScope, global }: Rows): Promise<readonly RoleTally[]> => {
  const holderCounts = new Int32Array(roleNames.length);
  const lastHolder = new Int32Array(roleNames.length).fill(-1);
  // Rows go by subject, so a holder who was counted is the last that was.
  await inStretches(ranks.length, (row) => {
    const role = roles[row] as number;
    if (lastHolder[role] === ranks[row]) return;
    lastHolder[role] = ranks[row] as number;
    holderCounts[role] = (holderCounts[role] as number) + 1;
  });
  const scopeCounts = new Int32Array(roleNames.length);
  const lastScope = new Int32Array(roleNames.length).fill(-1);
  const { starts } = atScope;
  await inStretches(starts.length - 1, (scope) => {
    for (let at = starts[scope] as number; at < (starts[scope + 1] as number); at++) {
      const role = atScope.roles[at] as number;
      if (lastScope[role] === scope) continue;
      lastScope[role] = scope;
      scopeCounts[role] = (scopeCounts[role] as number) + 1;
    }
  });
  return roleNames.map((name, role) => ({
    name,
    holderCount: holderCounts[role] as number,
    globalHolderCount: (global.starts[role + 1] as number) - (global.starts[role] as number),
    scopeCount: scopeCounts[role] as number,
  }));
};

const tallyScopes = async ({ starts, ranks, roles }: AtScope, roleCount: number): Promise<ScopeTallies> => {
  const scopeCount = starts.length - 1;
  const holderCounts = new Int32Array(scopeCount);
  const roleCounts = new Int32Array(scopeCount);
  const lastScope = new Int32Array(roleCount).fill(-1);
  await inStretches(scopeCount, (scope) => {
    let lastRank = -1;
    for (let at = starts[scope] as number; at < (starts[scope + 1] as number); at++) {
      const role = roles[at] as number;
      if (ranks[at] !== lastRank) holderCounts[scope] = (holderCounts[scope] as number) + 1;
      lastRank = ranks[at] as number;
      if (lastScope[role] === scope) continue;
      lastScope[role] = scope;
      roleCounts[scope] = (roleCounts[scope] as number) + 1;
    }
  });
  return { holderCounts, roleCounts };
};

const countTypes = (subjects: readonly Subject[]): readonly TypeCount[] => {
  const counts = new Map<string, number>();
  for (const { rawType } of subjects) counts.set(rawType, (counts.get(rawType) ?? 0) + 1);
  return [...counts]
    .map(([rawType, count]) => ({ type: subjectTypeOf(rawType), rawType, count }))
    .sort((one, other) => other.count - one.count || compareTexts(one.rawType, other.rawType));
};

interface IndexParts {
  readonly asOfMs: number;
  readonly subjects: readonly Subject[];
  readonly assignmentCount: number;
  readonly subjectTypes: readonly TypeCount[];
  readonly scopeNumbers: ScopeNumbers;
  readonly roleTallies: readonly RoleTally[];
  readonly scopeTallies: ScopeTallies;
  readonly atScope: AtScope;
  readonly global: GlobalHolders;
}

class IndexedCensus implements Census {
  readonly asOfMs: number;
  readonly subjects: readonly Subject[];
  readonly assignmentCount: number;
  readonly subjectTypes: readonly TypeCount[];
  readonly scopeKinds: readonly KindCount[];
  readonly roles: readonly RoleTally[];
  readonly #scopeNumbers: ScopeNumbers;
  readonly #scopeTallies: ScopeTallies;
  readonly #atScope: AtScope;
  readonly #global: GlobalHolders;
  readonly #roleNumbers: ReadonlyMap<string, number>;
  readonly #byHolders: { ASC?: Int32Array; DESC?: Int32Array } = {};
  #globalHolders: Ranks | undefined;

  constructor(parts: IndexParts) {
    this.asOfMs = parts.asOfMs;
    this.subjects = parts.subjects;
    this.assignmentCount = parts.assignmentCount;
    this.subjectTypes = parts.subjectTypes;
    this.scopeKinds = countKinds(parts.scopeNumbers);
    this.roles = parts.roleTallies;
    this.#scopeNumbers = parts.scopeNumbers;
    this.#scopeTallies = parts.scopeTallies;
    this.#atScope = parts.atScope;
    this.#global = parts.global;
    this.#roleNumbers = new Map(parts.roleTallies.map(({ name }, number) => [name, number]));
  }

  get globalAssignmentCount(): number {
    return this.#global.ranks.length;
  }

  get scopeCount(): number {
    return this.#scopeNumbers.scopes.length;
  }

  scopeAt(index: number): ScopeTally {
    const scope = this.#scopeNumbers.scopes[index];
    if (scope === undefined) throw new RangeError(`there is no scope ${index}`);
    const { holderCounts, roleCounts } = this.#scopeTallies;
    return { scope, holderCount: holderCounts[index] as number, roleCount: roleCounts[index] as number };
  }

  scopesByHolders(direction: 'ASC' | 'DESC'): Int32Array {
    const { holderCounts } = this.#scopeTallies;
    return (this.#byHolders[direction] ??= sortedByCount(holderCounts, direction));
  }

  scopesOfKind(kind: ScopeKind): { readonly start: number; readonly end: number } {
    let [start, end] = [0, 0];
    // Scopes go by kind.
    for (const { kind: other, count } of this.scopeKinds.toSorted((a, b) => compareTexts(a.kind, b.kind))) {
      start = end;
      end += count;
      if (other === kind) return { start, end };
    }
    return { start: 0, end: 0 };
  }

  scopesNaming(matcher: ScopeMatcher): readonly number[] {
    return this.#scopeNumbers.naming(matcher);
  }

  rankOf(reference: string, rawType: string): number {
    let [low, high] = [0, this.subjects.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = compareSubjects(this.subjects[middle] as Subject, { reference, rawType });
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return -1 - low;
  }

  globalHolders(roleName?: string): Ranks {
    const { starts, ranks } = this.#global;
    if (roleName === undefined) return (this.#globalHolders ??= ascending(ranks));
    const role = this.#roleNumbers.get(roleName);
    return role === undefined ? new Int32Array(0) : ranks.subarray(starts[role], starts[role + 1]);
  }

  holdersAt(scopes: readonly number[], roleName?: string): Ranks {
    const role = roleName === undefined ? undefined : this.#roleNumbers.get(roleName);
    const found = new IntList();
    if (roleName === undefined || role !== undefined) {
      for (const scope of scopes) {
        this.#visit(scope, (rank, held) => {
          if (role === undefined || held === role) found.push(rank);
        });
      }
    }
    return ascending(found.toArray());
  }

  scopesOf(roleName: string): readonly RoleAtScope[] {
    const role = this.#roleNumbers.get(roleName);
    if (role === undefined) return [];
    const found: RoleAtScope[] = [];
    const { starts, roles } = this.#atScope;
    this.#scopeNumbers.scopes.forEach((scope, number) => {
      let holderCount = 0;
      // A closure for each assignment would take most of the time here.
      for (let at = starts[number] as number; at < (starts[number + 1] as number); at++) {
        if (roles[at] === role) holderCount++;
      }
      if (holderCount > 0) found.push({ scope, holderCount });
    });
    return found;
  }

  countHolders(roleNames: readonly string[], scopes: readonly number[]): readonly (readonly number[])[] {
    const rows = new Map<number, number[]>();
    const counts = roleNames.map((name) => {
      const row = scopes.map(() => 0);
      const role = this.#roleNumbers.get(name);
      if (role !== undefined) rows.set(role, row);
      return row;
    });
    scopes.forEach((scope, column) =>
      this.#visit(scope, (_rank, held) => {
        const row = rows.get(held);
        if (row !== undefined) row[column] = (row[column] as number) + 1;
      }),
    );
    return counts;
  }

  #visit(scope: number, visit: (rank: number, role: number) => void): void {
    const { starts, ranks, roles } = this.#atScope;
    for (let at = starts[scope] as number; at < (starts[scope + 1] as number); at++) {
      visit(ranks[at] as number, roles[at] as number);
    }
  }
}

const countKinds = ({ scopes }: ScopeNumbers): readonly KindCount[] => {
  const counts = new Map<ScopeKind, number>();
  for (const { kind } of scopes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts]
    .map(([kind, count]) => ({ kind, count }))
    .sort((one, other) => other.count - one.count || compareTexts(one.kind, other.kind));
};

/** Indexes by count, equal ones ascending: a counting sort, because counts are small and indexes many. */
const sortedByCount = (counts: Int32Array, direction: 'ASC' | 'DESC'): Int32Array => {
  const largest = counts.reduce((most, count) => Math.max(most, count), 0);
  const rankOf = (count: number): number => (direction === 'ASC' ? count : largest - count);
  const starts = new Int32Array(largest + 2);
  for (const count of counts) starts[rankOf(count) + 1] = (starts[rankOf(count) + 1] as number) + 1;
  for (let at = 1; at < starts.length; at++) starts[at] = (starts[at] as number) + (starts[at - 1] as number);
  const order = new Int32Array(counts.length);
  counts.forEach((count, index) => {
    const place = starts[rankOf(count)] as number;
    order[place] = index;
    starts[rankOf(count)] = place + 1;
  });
  return order;
};
