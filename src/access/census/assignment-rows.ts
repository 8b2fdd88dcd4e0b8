import type { Subject } from '../../model/subject.ts';
import { pause, Pauses } from '../../platform/pause.ts';
import { IntList } from './int-list.ts';
import { compareScopes } from './scope-keys.ts';
import { ScopeNumbers } from './scope-numbers.ts';
import { compareTexts, prefixOf, sortedIndexes } from './sort.ts';

/** Stands where the number of a scope would: the role is held everywhere. */
export const everywhere = -1;

/** Every assignment once, as numbers: by subject, and in no particular order for each. */
export interface AssignmentRows {
  readonly ranks: Int32Array;
  readonly roles: Int32Array;
  readonly scopes: Int32Array;
  /** By name. A role's number is its place. */
  readonly roleNames: readonly string[];
  /** By kind, uuid and further components. A scope's number is its place. */
  readonly scopeNumbers: ScopeNumbers;
}

/** A subject with more is looked through with a set. */
const fewRows = 24;

/** Looks through all that subjects hold. */
export const readAssignments = async (subjects: readonly Subject[]): Promise<AssignmentRows> => {
  const ranks = new IntList();
  const roles = new IntList();
  const scopes = new IntList();
  const roleNumbers = new Map<string, number>();
  const scopeNumbers = new ScopeNumbers();

  const isNew = (start: number, role: number, scope: number, seen: Set<number> | undefined): boolean => {
    if (seen !== undefined) {
      const key = role * 2 ** 32 + scope + 1;
      return seen.size !== seen.add(key).size;
    }
    for (let at = start; at < ranks.length; at++) {
      if (roles.at(at) === role && scopes.at(at) === scope) return false;
    }
    return true;
  };

  const pauses = new Pauses(5000);
  for (let rank = 0; rank < subjects.length; rank++) {
    const start = ranks.length;
    const held = (subjects[rank] as Subject).roles;
    const rowCount = held.reduce((count, role) => count + Math.max(1, role.scopes.length), 0);
    const seen = rowCount > fewRows ? new Set<number>() : undefined;
    const add = (role: number, scope: number): void => {
      if (!isNew(start, role, scope, seen)) return;
      ranks.push(rank);
      roles.push(role);
      scopes.push(scope);
    };
    for (const { name, scopes: listed } of held) {
      let role = roleNumbers.get(name);
      if (role === undefined) roleNumbers.set(name, (role = roleNumbers.size));
      if (listed.length === 0) add(role, everywhere);
      for (const scope of listed) add(role, scopeNumbers.numberOf(scope));
    }
    if (pauses.isDue(1 + rowCount)) await pause();
  }

  const roleNames = [...roleNumbers.keys()].sort(compareTexts);
  const rolePlaces = new Int32Array(roleNames.length);
  roleNames.forEach((name, place) => (rolePlaces[roleNumbers.get(name) as number] = place));
  const scopePlaces = await placesOf(scopeNumbers);
  scopeNumbers.renumber(scopePlaces);
  return {
    ranks: ranks.toArray(),
    roles: roles.toArray().map((role) => rolePlaces[role] as number),
    scopes: scopes.toArray().map((scope) => (scope === everywhere ? everywhere : (scopePlaces[scope] as number))),
    roleNames,
    scopeNumbers,
  };
};

/** Where each scope stands among all. */
const placesOf = async ({ scopes }: ScopeNumbers): Promise<Int32Array> => {
  const prefixes = Float64Array.from(scopes, ({ uuid }) => prefixOf(uuid));
  const order = await sortedIndexes(scopes.length, (one, other) => {
    const [first, second] = [scopes[one], scopes[other]];
    if (first === undefined || second === undefined) return 0;
    return (
      compareTexts(first.kind, second.kind) ||
      (prefixes[one] as number) - (prefixes[other] as number) ||
      compareScopes(first, second)
    );
  });
  const places = new Int32Array(scopes.length);
  order.forEach((number, place) => (places[number] = place));
  return places;
};
