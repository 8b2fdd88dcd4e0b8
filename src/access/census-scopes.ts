import type { Directory } from '../directory/directory.ts';
import type { Scope, ScopeKind } from '../model/subject.ts';
import { sortInTurns, type TurnTaker, workInTurns } from '../platform/work-in-turns.ts';
import type { Census, ScopeTally } from './census/census.ts';
import { IntList } from './census/int-list.ts';
import { componentsKey } from './census/scope-keys.ts';
import { compareKeys, type KeyedList, listName, listOf } from './keyed-list.ts';
import type { SortKey } from '../assignments/cursor/place.ts';

export interface ScopeOrder {
  readonly field: 'KIND_AND_NAME' | 'HOLDERS';
  readonly direction: 'ASC' | 'DESC';
}

export interface CensusScopesQuestion {
  readonly kind?: ScopeKind | undefined;
  /** Default: those with most holders first. Equal ones go by kind and uuid, because names cost calls. */
  readonly orderBy?: ScopeOrder | undefined;
}

/** Which scope it is, as part of what a list is ordered by. */
export const scopeKey = (scope: Scope): SortKey => [scope.kind, scope.uuid, componentsKey(scope)];

/** What an order by names needs. */
export interface NamesParts {
  readonly directory: Pick<Directory, 'readMany'>;
  /** Whose turns it takes: it looks at every name of an account. */
  readonly taker: TurnTaker;
}

/** The scopes at which anybody holds a role. Names are asked for only where they decide the order. */
export const listScopes = async (
  census: Census,
  question: CensusScopesQuestion,
  parts: NamesParts,
): Promise<KeyedList<ScopeTally>> => {
  const { kind, orderBy = byMostHolders } = question;
  if (orderBy.field === 'HOLDERS') return listByHolders(census, question, orderBy.direction);
  const range = kind === undefined ? { start: 0, end: census.scopeCount } : census.scopesOfKind(kind);
  // Made on the way: a million at once would hold everybody up.
  const tallies: Iterable<ScopeTally> = {
    *[Symbol.iterator]() {
      for (let index = range.start; index < range.end; index++) yield census.scopeAt(index);
    },
  };
  return listScopesByName(tallies, { ...question, asOfMs: census.asOfMs }, parts);
};

/** The usual order. */
export const byMostHolders: ScopeOrder = { field: 'HOLDERS', direction: 'DESC' };

/** What cursors of the list name it by. */
export const nameOfScopes = ({ kind, orderBy = byMostHolders }: CensusScopesQuestion): string =>
  listName('census scopes', kind, orderBy.field, orderBy.direction);

/** All scopes that meet a question, ordered by name. They are gone through twice. */
export const listScopesByName = async (
  tallies: Iterable<ScopeTally>,
  question: CensusScopesQuestion & { readonly asOfMs: number },
  { directory, taker }: NamesParts,
): Promise<KeyedList<ScopeTally>> => {
  const names = await directory.readMany({ scopes: scopesOf(tallies) });
  const direction = question.orderBy?.direction === 'ASC' ? 1 : -1;
  const directions = [direction, direction, direction, direction, direction] as const;
  const keyed: { readonly tally: ScopeTally; readonly key: SortKey }[] = [];
  await workInTurns(tallies, taker, (tally) => {
    const displayName = names.nameOfScope(tally.scope).value?.displayName;
    const [scopeKind = '', ...rest] = scopeKey(tally.scope);
    // What has no name comes behind what has one.
    keyed.push({ tally, key: [scopeKind, typeof displayName === 'string' ? 0 : 1, displayName ?? '', ...rest] });
  });
  const sorted = await sortInTurns(keyed, taker, (one, other) => compareKeys(one.key, other.key, directions));
  const about = { name: nameOfScopes(question), asOfMs: question.asOfMs, directions };
  const list = listOf(sorted, ({ key }) => key, about);
  return { ...list, at: (index) => list.at(index).tally };
};

function* scopesOf(tallies: Iterable<ScopeTally>): Generator<Scope> {
  for (const { scope } of tallies) yield scope;
}

const listByHolders = (
  census: Census,
  question: CensusScopesQuestion,
  direction: 'ASC' | 'DESC',
): KeyedList<ScopeTally> => {
  const order = census.scopesByHolders(direction, question.kind);
  const at = (index: number): ScopeTally => census.scopeAt(order.at(index));
  return {
    name: nameOfScopes(question),
    asOfMs: census.asOfMs,
    length: order.length,
    at,
    keyAt(index) {
      const { scope, holderCount } = at(index);
      return [holderCount, ...scopeKey(scope)];
    },
    directions: [direction === 'ASC' ? 1 : -1, 1, 1, 1],
  };
};

/** A scope that a role lists, and how many hold the role there. */
export interface RoleAtScope {
  readonly scope: Scope;
  readonly holderCount: number;
}

/** Where a role is held: most holders first, then by kind and uuid. */
export const listScopesOfRole = (census: Census, roleName: string, kind?: ScopeKind): KeyedList<RoleAtScope> => {
  const { scopes, holderCounts } = census.scopesOf(roleName);
  const range = kind && census.scopesOfKind(kind);
  const places = range && placesWithin(scopes, range);
  const at = (index: number): RoleAtScope => {
    const place = places === undefined ? index : (places[index] as number);
    return { scope: census.scopeAt(scopes[place] as number).scope, holderCount: holderCounts[place] as number };
  };
  return {
    name: nameOfRoleScopes(roleName, kind),
    asOfMs: census.asOfMs,
    length: (places ?? scopes).length,
    at,
    keyAt(index) {
      const { scope, holderCount } = at(index);
      return [holderCount, ...scopeKey(scope)];
    },
    directions: [-1, 1, 1, 1],
  };
};

/** What cursors of the list name it by. */
export const nameOfRoleScopes = (roleName: string, kind: ScopeKind | undefined): string =>
  listName('scopes of a role', roleName, kind);

const placesWithin = (
  scopes: Int32Array,
  { start, end }: { readonly start: number; readonly end: number },
): Int32Array => {
  const places = new IntList();
  for (let place = 0; place < scopes.length; place++) {
    const scope = scopes[place] as number;
    if (scope >= start && scope < end) places.push(place);
  }
  return places.toArray();
};
