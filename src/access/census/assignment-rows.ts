import type { Scope, Subject } from '../../model/subject.ts';
import { pause, Pauses } from '../../platform/pause.ts';
import { IntList } from './int-list.ts';
import { inStretches, rowsBy } from './rows-by.ts';
import { compareScopes } from './scope-keys.ts';
import { ScopeNumbers } from './scope-numbers.ts';
import { compareTexts, prefixOf, sortedIndexes } from './sort.ts';
import type { SortedSubjects } from './sorted-subjects.ts';

/** Stands where the number of a scope would: the role is held everywhere. */
export const everywhere = -1;

/** Every assignment once, as numbers: by subject, and in no particular order for each. */
interface AssignmentRows {
  readonly ranks: Int32Array;
  readonly roles: Int32Array;
  readonly scopes: Int32Array;
  /** By name. A role's number is its place. */
  readonly roleNames: readonly string[];
  /** By kind, uuid and further components. A scope's number is its place. */
  readonly scopeNumbers: ScopeNumbers;
}

/**
 * Looks through all that subjects hold: page by page, because that is how they lie in memory, and scopes are shared within a page.
 */
export const readAssignments = async (
  pages: readonly { readonly items: readonly Subject[] }[],
  { subjects, ranks, merged }: SortedSubjects,
): Promise<AssignmentRows> => {
  const reader = new AssignmentReader();
  const pauses = new Pauses(5000);
  let entry = 0;
  for (const { items } of pages) {
    reader.beginPage();
    for (const subject of items) {
      const rank = ranks[entry++] as number;
      if (merged.has(rank)) continue;
      if (pauses.isDue(reader.read(rank, subject))) await pause();
    }
  }
  reader.beginPage();
  for (const rank of merged) reader.read(rank, subjects[rank] as Subject);

  await pause();
  const { roleNames, places: rolePlaces } = placesOfRoles(reader.roleNumbers);
  const scopePlaces = await placesOfScopes(reader.scopeNumbers);
  await reader.scopeNumbers.renumber(scopePlaces);
  const unordered = {
    ranks: reader.ranks.toArray(),
    roles: reader.roles.toArray(),
    scopes: reader.scopes.toArray(),
  };
  const { rows } = await rowsBy(unordered.ranks, subjects.length);
  const ordered = {
    ranks: new Int32Array(rows.length),
    roles: new Int32Array(rows.length),
    scopes: new Int32Array(rows.length),
  };
  await inStretches(rows.length, (at) => {
    const row = rows[at] as number;
    const scope = unordered.scopes[row] as number;
    ordered.ranks[at] = unordered.ranks[row] as number;
    ordered.roles[at] = rolePlaces[unordered.roles[row] as number] as number;
    ordered.scopes[at] = scope === everywhere ? everywhere : (scopePlaces[scope] as number);
  });
  return {
    ...ordered,
    roleNames,
    scopeNumbers: reader.scopeNumbers,
  };
};

/** A subject with more rows is looked through with a set. */
const fewRows = 24;

class AssignmentReader {
  readonly ranks = new IntList();
  readonly roles = new IntList();
  readonly scopes = new IntList();
  readonly roleNumbers = new Map<string, number>();
  readonly scopeNumbers = new ScopeNumbers();
  #onPage = new Map<Scope, number>();
  #start = 0;
  #seen: Set<number> | undefined;

  beginPage(): void {
    this.#onPage = new Map();
  }

  /** Takes all that a subject holds. Answers how much work that was. */
  read(rank: number, { roles: held }: Subject): number {
    this.#start = this.ranks.length;
    this.#seen = undefined;
    for (const { name, scopes } of held) {
      let role = this.roleNumbers.get(name);
      if (role === undefined) this.roleNumbers.set(name, (role = this.roleNumbers.size));
      if (scopes.length === 0) this.#add(rank, role, everywhere);
      for (const scope of scopes) this.#add(rank, role, this.#numberOf(scope));
    }
    return 1 + this.ranks.length - this.#start;
  }

  #numberOf(scope: Scope): number {
    let number = this.#onPage.get(scope);
    if (number === undefined) this.#onPage.set(scope, (number = this.scopeNumbers.numberOf(scope)));
    return number;
  }

  #add(rank: number, role: number, scope: number): void {
    if (!this.#isNew(role, scope)) return;
    this.ranks.push(rank);
    this.roles.push(role);
    this.scopes.push(scope);
  }

  #isNew(role: number, scope: number): boolean {
    const { length } = this.ranks;
    if (length - this.#start < fewRows) {
      for (let at = this.#start; at < length; at++) {
        if (this.roles.at(at) === role && this.scopes.at(at) === scope) return false;
      }
      return true;
    }
    if (this.#seen === undefined) {
      this.#seen = new Set();
      for (let at = this.#start; at < length; at++) this.#seen.add(rowKey(this.roles.at(at), this.scopes.at(at)));
    }
    const key = rowKey(role, scope);
    return this.#seen.size !== this.#seen.add(key).size;
  }
}

const rowKey = (role: number, scope: number): number => role * 2 ** 32 + scope + 1;

const placesOfRoles = (numbers: ReadonlyMap<string, number>) => {
  const roleNames = [...numbers.keys()].sort(compareTexts);
  const places = new Int32Array(roleNames.length);
  roleNames.forEach((name, place) => (places[numbers.get(name) as number] = place));
  return { roleNames, places };
};

/** Where each scope stands among all. */
const placesOfScopes = async ({ scopes }: ScopeNumbers): Promise<Int32Array> => {
  const kinds = [...new Set(scopes.map(({ kind }) => kind))].sort(compareTexts);
  const kindPlaces = new Int32Array(scopes.length);
  const prefixes = new Float64Array(scopes.length);
  const pauses = new Pauses(20_000);
  for (const [at, { kind, uuid }] of scopes.entries()) {
    kindPlaces[at] = kinds.indexOf(kind);
    prefixes[at] = prefixOf(uuid);
    if (pauses.isDue(1)) await pause();
  }
  const order = await sortedIndexes(
    scopes.length,
    (one, other) =>
      (kindPlaces[one] as number) - (kindPlaces[other] as number) ||
      (prefixes[one] as number) - (prefixes[other] as number) ||
      compareScopes(scopes[one] as Scope, scopes[other] as Scope),
  );
  const places = new Int32Array(scopes.length);
  order.forEach((number, place) => (places[number] = place));
  return places;
};
