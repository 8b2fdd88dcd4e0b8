import type { Kysely } from 'kysely';
import type { AccountCensus, ScopeAccessSlice } from '../../access/account-census.ts';
import { listRoles } from '../../access/census-roles.ts';
import {
  byMostHolders,
  listScopesByName,
  nameOfRoleScopes,
  nameOfScopes,
  type RoleAtScope,
  scopeKey,
} from '../../access/census-scopes.ts';
import { compareSubjects } from '../../access/census/sorted-subjects.ts';
import { sortedGaps } from '../../access/gaps.ts';
import { type MembersOfGroup, readGroupMembers } from '../../access/group-members.ts';
import { compareKeys, type KeyedList, listOf, sliceOfKeyed } from '../../access/keyed-list.ts';
import { checkCells, rolesOfMatrix } from '../../access/matrix.ts';
import { linkedAncestors } from '../../access/place.ts';
import { holdersWanted, nameOfScopeAccess, readAskedPlace, reasonsAmong } from '../../access/scope-access.ts';
import type { SortKey } from '../../assignments/cursor/place.ts';
import { GatewayError } from '../../model/errors.ts';
import { createSubject, rawSubjectTypeOf, type Scope, type Subject, subjectTypeOf } from '../../model/subject.ts';
import { sortInTurns, workInTurns } from '../../platform/work-in-turns.ts';
import type { Tables } from '../database/tables.ts';
import { type NumberedSubject, readHoldings } from '../reading/subjects-at.ts';
import { isNamed, readHolders } from './holders.ts';
import { checkRows, countCells, countKinds, readCounted, readScopesOfRole, type StoredScopeTally } from './tallies.ts';

/** Does something with the open database. */
export type UseDatabase = <Value>(work: (db: Kysely<Tables>) => Promise<Value>) => Promise<Value>;

/**
 * Answers questions about the whole account from what the last census of the record showed. Undefined before the first. Holds the roles and scopes with their counts, which are read once for a census: `before` is
 * the last answer, and answers again where there has been none since. Fails with what `use` fails with.
 */
export const askRecordedCensus = async (
  use: UseDatabase,
  before: AccountCensus | undefined,
): Promise<AccountCensus | undefined> => {
  const counted = await use((db) => readCounted(db, before?.asOfMs));
  if (counted === undefined) return undefined;
  if (counted === 'as before') return before;
  const { asOfMs, subjectCount, roles, scopes, subjectTypes, assignmentCount } = counted;
  const known = { asOfMs, roles };

  /** Of tallies that are in this order. */
  const listByHolders = <Item extends RoleAtScope>(
    sorted: readonly Item[],
    name: string,
    direction: 1 | -1,
  ): KeyedList<Item> => listOf(sorted, holdersKey, { name, asOfMs, directions: [direction, 1, 1, 1] });
  const ofKind = <Item extends RoleAtScope>(tallies: readonly Item[], kind: Scope['kind'] | undefined) =>
    kind === undefined ? tallies : tallies.filter(({ scope }) => scope.kind === kind);
  /** Most lists begin with those. Put in order once for the census. */
  let byHolders: Promise<readonly StoredScopeTally[]> | undefined;
  const scopesByHolders = () => (byHolders ??= sortedByHolders(scopes, -1));

  return {
    asOfMs,
    subjectCount,
    assignmentCount,
    globalAssignmentCount: roles.reduce((sum, { globalHolderCount }) => sum + globalHolderCount, 0),
    subjectTypes,
    scopeKinds: countKinds(scopes),
    roles: async (question, args) => sliceOfKeyed(listRoles(known, question), args),
    async scopes(question, args, names) {
      const { kind, orderBy = byMostHolders } = question;
      if (orderBy.field !== 'HOLDERS') {
        const tallies = ofKind(scopes, kind);
        return sliceOfKeyed(await listScopesByName(tallies, { ...question, asOfMs }, names), args);
      }
      const direction = orderBy.direction === 'ASC' ? 1 : -1;
      const sorted =
        direction === 1 ? await sortedByHolders(ofKind(scopes, kind), 1) : ofKind(await scopesByHolders(), kind);
      return sliceOfKeyed(listByHolders(sorted, nameOfScopes(question), direction), args);
    },
    async scopesOf({ roleName, kind }, args) {
      const tallies = await use((db) => readScopesOfRole(db, asOfMs, { roleName, kind }));
      return sliceOfKeyed(
        listByHolders(await sortedByHolders(tallies, -1), nameOfRoleScopes(roleName, kind), -1),
        args,
      );
    },
    async matrix(question) {
      const roleNames = rolesOfMatrix(known, question);
      const shown = ofKind(await scopesByHolders(), question.kind).slice(0, question.firstScopes);
      checkCells(roleNames.length, shown.length);
      const globals = new Map(roles.map(({ name, globalHolderCount }) => [name, globalHolderCount]));
      const scopeIds = shown.map(({ id }) => id);
      return {
        roleNames,
        scopes: shown.map(({ scope }) => scope),
        cells: await use((db) => countCells(db, asOfMs, { roleNames, scopeIds })),
        everywhere: roleNames.map((name) => globals.get(name) ?? 0),
      };
    },
    access: (scope, question, args, directory) =>
      listAccess({ use, asOfMs, subjectTypes }, { scope, question, args, directory }),
    whole(what) {
      throw new GatewayError(
        'CALL_BUDGET_EXCEEDED',
        `This account has no room in memory, so its record answers, and that does not tell ${what}. Take an export of the account, or whoever runs the gateway can raise ROLESCOPE_CACHE_MAX_BYTES and ROLESCOPE_MAX_CENSUS_CALLS.`,
      );
    },
  };
};

const holdersKey = ({ holderCount, scope }: RoleAtScope): SortKey => [holderCount, ...scopeKey(scope)];

/** By how many hold something there, then by which scope it is. In turns, because a hundred thousand at once take half a second. */
const sortedByHolders = async <Item extends RoleAtScope>(
  tallies: readonly Item[],
  direction: 1 | -1,
): Promise<readonly Item[]> => {
  const taker = { owner: tallies };
  const keyed: { readonly tally: Item; readonly key: SortKey }[] = [];
  await workInTurns(tallies, taker, (tally) => keyed.push({ tally, key: holdersKey(tally) }));
  const directions = [direction, 1, 1, 1] as const;
  const sorted = await sortInTurns(keyed, taker, (one, other) => compareKeys(one.key, other.key, directions));
  return sorted.map(({ tally }) => tally);
};

interface Recorded extends Pick<AccountCensus, 'asOfMs' | 'subjectTypes'> {
  readonly use: UseDatabase;
}

type AccessArguments = Parameters<AccountCensus['access']>;

interface AccessAsked {
  readonly scope: Scope;
  readonly question: AccessArguments[1];
  readonly args: AccessArguments[2];
  readonly directory: AccessArguments[3];
}

const rawUser = rawSubjectTypeOf('USER');
const rawGroup = rawSubjectTypeOf('USER_GROUP');

const listAccess = async (
  { use, asOfMs, subjectTypes }: Recorded,
  { scope, question, args, directory }: AccessAsked,
): Promise<ScopeAccessSlice> => {
  const { subjectType, roleName, areNamesAsked = false } = question;
  const { place, gap } = await readAskedPlace(scope, question, directory);
  const holders = await use((db) => readHolders(db, asOfMs, { ...holdersWanted(place, question), roleName }));
  const isAboutUsers = subjectType === undefined || subjectType === 'USER';
  const groupHolders = isAboutUsers ? holders.filter(({ rawType }) => rawType === rawGroup) : [];
  const groups = await use((db) => readHoldings(db, asOfMs, groupHolders));
  const members = await readGroupMembers(groups.toSorted(compareSubjects), { subjectTypes, areNamesAsked }, directory);
  const groupsByUser = await byUser(members.groups);
  const isUnnamed = await Promise.all(
    linkedAncestors(place).map(async (ancestor) => !(await use((db) => isNamed(db, asOfMs, ancestor)))),
  );
  const wanted = holders.filter(({ rawType }) => subjectType === undefined || subjectTypeOf(rawType) === subjectType);
  const direct = new Set(wanted.filter(({ rawType }) => rawType === rawUser).map(({ reference }) => reference));
  const others = [...groupsByUser.keys()].filter((uuid) => !direct.has(uuid));
  const everyone: (NumberedSubject | MemberAlone)[] = [
    ...wanted,
    ...others.map((reference) => ({ id: undefined, reference, rawType: rawUser })),
  ].sort(compareSubjects);
  checkRows(everyone.length, 'subjects');
  const list = listOf(everyone, ({ reference, rawType }) => [reference, rawType], {
    name: nameOfScopeAccess(scope, question),
    asOfMs,
    directions: [1, 1],
  });
  const slice = sliceOfKeyed(list, args);
  const subjects = await use((db) => subjectsOf(db, asOfMs, slice.items));
  return {
    slice: { ...slice, items: subjects },
    asOfMs,
    gaps: sortedGaps([gap, isUnnamed.includes(true) ? 'UNIDENTIFIED_ANCESTOR' : undefined, ...members.gaps]),
    reasonsOf: reasonsAmong(({ reference }) => groupsByUser.get(reference) ?? [], place, question),
  };
};

/** Of each user, the groups that it is in. */
const byUser = async (groups: readonly MembersOfGroup[]): Promise<ReadonlyMap<string, readonly Subject[]>> => {
  const groupsByUser = new Map<string, Subject[]>();
  function* memberships() {
    for (const { group, uuids } of groups) for (const uuid of uuids) yield { group, uuid };
  }
  await workInTurns(memberships(), { owner: groups }, ({ group, uuid }) => {
    const others = groupsByUser.get(uuid);
    if (others === undefined) groupsByUser.set(uuid, [group]);
    else others.push(group);
  });
  return groupsByUser;
};

/** A member of a group who holds nothing at the place itself. */
interface MemberAlone {
  readonly id: undefined;
  readonly reference: string;
  readonly rawType: string;
}

/** Those of a page, with all that they hold. */
const subjectsOf = async (
  db: Kysely<Tables>,
  asOfMs: number,
  items: readonly (NumberedSubject | MemberAlone)[],
): Promise<readonly Subject[]> => {
  const alone = items.filter(({ id }) => id === undefined).map(({ reference }) => reference);
  const found =
    alone.length === 0
      ? []
      : await db
          .selectFrom('subject')
          .select(['id', 'reference', 'raw_type as rawType'])
          .where('reference', 'in', alone)
          .where('raw_type', '=', rawUser)
          .execute();
  const idOf = new Map(found.map(({ id, reference }) => [reference, id]));
  const numbered = items.flatMap((item) => {
    const id = item.id ?? idOf.get(item.reference);
    return id === undefined ? [] : [{ ...item, id }];
  });
  const known = await readHoldings(db, asOfMs, numbered);
  const byId = new Map(numbered.map(({ id }, at) => [id, known[at]]));
  return items.map(({ id, reference, rawType }) => {
    const number = id ?? idOf.get(reference);
    return (number === undefined ? undefined : byId.get(number)) ?? createSubject(reference, rawType, []);
  });
};
