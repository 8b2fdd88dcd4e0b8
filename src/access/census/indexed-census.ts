import type { ScopeMatcher } from '../../assignments/assignments.ts';
import { type Scope, type ScopeKind, type Subject, type SubjectType, subjectTypes } from '../../model/subject.ts';
import type { Census, KindCount, Ranks, RoleTally, ScopesOfRole, ScopeTally, TypeCount } from './census.ts';
import type { FindingCounts } from './finding-counts.ts';
import { IntList } from './int-list.ts';
import type { AtScope } from './at-scope.ts';
import { ascending, type Order, wholeOrder, within } from './ranks.ts';
import type { ScopeFinder } from './scope-finder.ts';
import { compareTexts } from './sort.ts';
import { turnedAround } from './sorted-by-count.ts';
import { compareSubjects } from './sorted-subjects.ts';

/** Who holds each role everywhere, ascending. */
export interface GlobalHolders {
  readonly starts: Int32Array;
  readonly ranks: Int32Array;
  /** Who holds any. */
  readonly all: Ranks;
}

export interface ScopeTallies {
  readonly holderCounts: Int32Array;
  readonly roleCounts: Int32Array;
}

interface IndexParts {
  readonly asOfMs: number;
  readonly subjects: readonly Subject[];
  readonly subjectTypes: readonly TypeCount[];
  /** Of each subject, the place of its type in the model's list of them. */
  readonly typeNumbers: Uint8Array;
  readonly scopes: readonly Scope[];
  readonly finder: ScopeFinder;
  readonly roles: readonly RoleTally[];
  readonly scopeTallies: ScopeTallies;
  /** Places of scopes, those with most holders first, equal ones ascending. */
  readonly byMostHolders: Int32Array;
  readonly atScope: AtScope;
  /** Of each role. */
  readonly scopesOfRoles: readonly ScopesOfRole[];
  readonly global: GlobalHolders;
  readonly findings: FindingCounts;
}

/** A census as lists of numbers over subjects and scopes that lie in pages. */
export class IndexedCensus implements Census {
  readonly asOfMs: number;
  readonly subjects: readonly Subject[];
  readonly subjectTypes: readonly TypeCount[];
  readonly scopeKinds: readonly KindCount[];
  readonly roles: readonly RoleTally[];
  readonly findings: FindingCounts;
  readonly #typeNumbers: Uint8Array;
  readonly #scopes: readonly Scope[];
  readonly #finder: ScopeFinder;
  readonly #scopeTallies: ScopeTallies;
  readonly #atScope: AtScope;
  readonly #scopesOfRoles: readonly ScopesOfRole[];
  readonly #global: GlobalHolders;
  readonly #roleNumbers: ReadonlyMap<string, number>;
  readonly #kindStarts: ReadonlyMap<ScopeKind, number>;
  readonly #byHolders: { ASC?: Int32Array; readonly DESC: Int32Array };

  constructor(parts: IndexParts) {
    this.asOfMs = parts.asOfMs;
    this.subjects = parts.subjects;
    this.subjectTypes = parts.subjectTypes;
    this.roles = parts.roles;
    this.findings = parts.findings;
    this.#typeNumbers = parts.typeNumbers;
    this.#scopes = parts.scopes;
    this.#finder = parts.finder;
    this.#scopeTallies = parts.scopeTallies;
    this.#byHolders = { DESC: parts.byMostHolders };
    this.#atScope = parts.atScope;
    this.#scopesOfRoles = parts.scopesOfRoles;
    this.#global = parts.global;
    this.#roleNumbers = new Map(parts.roles.map(({ name }, number) => [name, number]));
    this.#kindStarts = startsOfKinds(parts.scopes);
    const kinds = [...this.#kindStarts.keys()];
    this.scopeKinds = kinds
      .map((kind) => this.scopesOfKind(kind))
      .map(({ start, end }, at) => ({ kind: kinds[at] as ScopeKind, count: end - start }))
      .sort((one, other) => other.count - one.count || compareTexts(one.kind, other.kind));
  }

  get assignmentCount(): number {
    return this.#atScope.ranks.length + this.#global.ranks.length;
  }

  get globalAssignmentCount(): number {
    return this.#global.ranks.length;
  }

  get scopeCount(): number {
    return this.#scopes.length;
  }

  scopeAt(index: number): ScopeTally {
    const scope = this.#scopes[index];
    if (scope === undefined) throw new RangeError(`there is no scope ${index}`);
    const { holderCounts, roleCounts } = this.#scopeTallies;
    return { scope, holderCount: holderCounts[index] as number, roleCount: roleCounts[index] as number };
  }

  scopesByHolders(direction: 'ASC' | 'DESC', kind?: ScopeKind): Order {
    const all =
      direction === 'DESC'
        ? this.#byHolders.DESC
        : (this.#byHolders.ASC ??= turnedAround(this.#byHolders.DESC, this.#scopeTallies.holderCounts));
    return kind === undefined ? wholeOrder(all) : within(all, this.scopesOfKind(kind));
  }

  scopesOfKind(kind: ScopeKind): { readonly start: number; readonly end: number } {
    const start = this.#kindStarts.get(kind);
    if (start === undefined) return { start: 0, end: 0 };
    let end = this.#scopes.length;
    for (const other of this.#kindStarts.values()) if (other > start) end = Math.min(end, other);
    return { start, end };
  }

  scopesNaming(matcher: ScopeMatcher): readonly number[] {
    return this.#finder.naming(matcher);
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
    if (roleName === undefined) return this.#global.all;
    const role = this.#roleNumbers.get(roleName);
    return role === undefined ? new Int32Array(0) : ranks.subarray(starts[role], starts[role + 1]);
  }

  holdersAt(scopes: readonly number[], roleName?: string): Ranks {
    const role = roleName === undefined ? undefined : this.#roleNumbers.get(roleName);
    if (roleName !== undefined && role === undefined) return new Int32Array(0);
    const { starts, ranks, roles } = this.#atScope;
    const found = new IntList();
    for (const scope of scopes) {
      for (let at = starts[scope] as number; at < (starts[scope + 1] as number); at++) {
        if (role === undefined || roles[at] === role) found.push(ranks[at] as number);
      }
    }
    return ascending(found.toArray());
  }

  ofType(ranks: Ranks, type: SubjectType): Ranks {
    const typeNumbers = this.#typeNumbers;
    const wanted = subjectTypes.indexOf(type);
    const found = new Int32Array(ranks.length);
    let length = 0;
    for (let at = 0; at < ranks.length; at++) {
      const rank = ranks[at] as number;
      if (typeNumbers[rank] === wanted) found[length++] = rank;
    }
    return found.subarray(0, length);
  }

  scopesOf(roleName: string): ScopesOfRole {
    return this.#scopesOfRoles[this.#roleNumbers.get(roleName) ?? -1] ?? nowhere;
  }

  countHolders(roleNames: readonly string[], scopes: readonly number[]): readonly (readonly number[])[] {
    const { starts, roles } = this.#atScope;
    const numbers = roleNames.map((name) => this.#roleNumbers.get(name));
    const counts = roleNames.map(() => scopes.map(() => 0));
    // Every role is counted, because half a million may hold something at one scope, and to look up for each whether it is asked for takes ten times as long.
    const atScope = new Int32Array(this.roles.length);
    scopes.forEach((scope, column) => {
      const end = starts[scope + 1] as number;
      for (let at = starts[scope] as number; at < end; at++) {
        const role = roles[at] as number;
        atScope[role] = (atScope[role] as number) + 1;
      }
      numbers.forEach((role, row) => {
        if (role !== undefined) (counts[row] as number[])[column] = atScope[role] as number;
      });
      for (let at = starts[scope] as number; at < end; at++) atScope[roles[at] as number] = 0;
    });
    return counts;
  }
}

const nowhere: ScopesOfRole = { scopes: new Int32Array(0), holderCounts: new Int32Array(0) };

/** Scopes go by kind: where each begins. */
const startsOfKinds = (scopes: readonly Scope[]): ReadonlyMap<ScopeKind, number> => {
  const starts = new Map<ScopeKind, number>();
  for (let at = 0; at < scopes.length;) {
    const { kind } = scopes[at] as Scope;
    starts.set(kind, at);
    let high = scopes.length;
    // The first of another kind.
    while (at < high) {
      const middle = (at + high) >>> 1;
      if ((scopes[middle] as Scope).kind === kind) at = middle + 1;
      else high = middle;
    }
  }
  return starts;
};
