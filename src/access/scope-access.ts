import type { Directory } from '../directory/directory.ts';
import { createSubject, rawSubjectTypeOf, type Scope, type Subject, type SubjectType } from '../model/subject.ts';
import type { Census, Ranks } from './census/census.ts';
import { unionOf } from './census/ranks.ts';
import { componentsKey } from './census/scope-keys.ts';
import { compareSubjects } from './census/sorted-subjects.ts';
import { type AccessGap, gapOfMembers, sortedGaps } from './gaps.ts';
import { type KeyedList, listName } from './keyed-list.ts';
import { linkedAncestors, readPlace } from './place.ts';
import { type AccessReason, compareReasons, type Place, type ReasonKind, reasonsAt } from './reasons.ts';

export interface ScopeAccessQuestion {
  readonly roleName?: string | undefined;
  readonly subjectType?: SubjectType | undefined;
  /** Only who has access in one of these ways. Default: in any. */
  readonly reasons?: readonly ReasonKind[] | undefined;
}

/** Everyone who can act at a scope. */
export interface ScopeAccess {
  /** By reference and type. */
  readonly list: KeyedList<Subject>;
  readonly gaps: readonly AccessGap[];
  /** Every reason that meets the question, the cheapest explanation first. */
  reasonsOf(subject: Subject): readonly AccessReason[];
}

const rawUser = rawSubjectTypeOf('USER');

/**
 * Who can act at a scope: who holds a role that lists it or a scope around it, or one that holds everywhere, and the members of groups that do.
 * A member who holds nothing itself is in the list with no roles of its own.
 */
export const listScopeAccess = async (
  scope: Scope,
  question: ScopeAccessQuestion,
  {
    census,
    directory,
  }: { readonly census: Census; readonly directory: Pick<Directory, 'allUsers' | 'membersOf' | 'pathOf'> },
): Promise<ScopeAccess> => {
  const { roleName, subjectType, reasons: kinds } = question;
  const isAsked = (kind: ReasonKind): boolean => kinds === undefined || kinds.includes(kind);
  const { place, gap } = isAsked('INHERITED')
    ? await readPlace(scope, directory)
    : { place: { scope, ancestors: [] }, gap: undefined };
  const holders = holdersOf(census, place, question);
  const members = await readMembers(census, holders, subjectType, directory);
  const isWanted = ({ type }: Pick<Subject, 'type'>): boolean => subjectType === undefined || type === subjectType;
  const ranks = unionOf([holders, members.ranks]).filter((rank) => isWanted(census.subjects[rank] as Subject));
  const aliasGap = linkedAncestors(place).some(({ components }) => census.scopesNaming(components).length === 0)
    ? ('UNIDENTIFIED_ANCESTOR' as const)
    : undefined;
  const filter = { roleName, kinds };
  return {
    list: {
      ...mergedList(census, ranks, isWanted({ type: 'USER' }) ? members.unlisted : []),
      name: listName('access to a scope', componentsKey(scope), roleName, subjectType, kinds?.toSorted().join(' ')),
      asOfMs: census.asOfMs,
      directions: [1, 1],
    },
    gaps: sortedGaps([gap, aliasGap, ...members.gaps]),
    reasonsOf(subject) {
      const groups = subject.type === 'USER' ? (members.groupsByUser.get(subject.reference) ?? []) : [];
      return [
        ...reasonsAt({ subject, isGroup: false }, place, filter),
        ...groups.flatMap((group) => reasonsAt({ subject: group, isGroup: true }, place, filter)),
      ].sort(compareReasons);
    },
  };
};

/** Those who hold a role with an effect there, themselves. */
const holdersOf = (
  census: Census,
  { scope, ancestors }: Place,
  { roleName, reasons: kinds }: ScopeAccessQuestion,
): Ranks => {
  const isAsked = (kind: ReasonKind): boolean => kinds === undefined || kinds.includes(kind);
  const listed = [
    ...(isAsked('DIRECT') ? census.scopesNaming(scope.components) : []),
    ...(isAsked('INHERITED') ? ancestors.flatMap(({ components }) => census.scopesNaming(components)) : []),
  ];
  return unionOf([census.holdersAt(listed, roleName), ...(isAsked('GLOBAL') ? [census.globalHolders(roleName)] : [])]);
};

interface Members {
  /** Members who are listed as subjects. */
  readonly ranks: Ranks;
  /** Members who are not: they hold nothing themselves. In order. */
  readonly unlisted: readonly Subject[];
  readonly groupsByUser: ReadonlyMap<string, readonly Subject[]>;
  readonly gaps: readonly (AccessGap | undefined)[];
}

/** Reads who is in the groups among the holders; nobody where only other types are asked for. */
const readMembers = async (
  census: Census,
  holders: Ranks,
  subjectType: SubjectType | undefined,
  directory: Pick<Directory, 'allUsers' | 'membersOf'>,
): Promise<Members> => {
  const groups: Subject[] = [];
  if (subjectType === undefined || subjectType === 'USER') {
    for (const rank of holders) {
      const subject = census.subjects[rank] as Subject;
      if (subject.type === 'USER_GROUP') groups.push(subject);
    }
  }
  const { groupsByUser, gaps } = isWalkCheaper(census, groups.length)
    ? await groupsByWalk(groups, directory)
    : await groupsByMembers(groups, directory);
  const ranks: number[] = [];
  const unlisted: Subject[] = [];
  for (const uuid of groupsByUser.keys()) {
    const rank = census.rankOf(uuid, rawUser);
    if (rank >= 0) ranks.push(rank);
    else unlisted.push(createSubject(uuid, rawUser, []));
  }
  return { ranks: Int32Array.from(ranks), unlisted: unlisted.sort(compareSubjects), groupsByUser, gaps };
};

/** So many groups are asked for their members one by one in any case. */
const fewGroups = 20;

/** A group costs a call at least, all users one for each thousand; an account has some more of them than hold roles. */
const isWalkCheaper = (census: Census, groupCount: number): boolean => {
  const users = census.subjectTypes.find(({ rawType }) => rawType === rawUser)?.count ?? 0;
  return groupCount > fewGroups && groupCount > 2 * Math.ceil(users / 500);
};

type GroupsByUser = Pick<Members, 'groupsByUser' | 'gaps'>;

const groupsByMembers = async (
  groups: readonly Subject[],
  directory: Pick<Directory, 'membersOf'>,
): Promise<GroupsByUser> => {
  const groupsByUser = new Map<string, Subject[]>();
  const gaps = await Promise.all(
    groups.map(async (group) => {
      const members = await directory.membersOf(group.reference);
      if (members.resolution !== 'FOUND') return gapOfMembers(members.resolution);
      for (const { uuid } of members.value) addTo(groupsByUser, uuid, group);
      return undefined;
    }),
  );
  return { groupsByUser, gaps };
};

/** The same from what all users say of themselves. */
const groupsByWalk = async (
  groups: readonly Subject[],
  directory: Pick<Directory, 'allUsers'>,
): Promise<GroupsByUser> => {
  const users = await directory.allUsers();
  if (users.resolution !== 'FOUND') return { groupsByUser: new Map(), gaps: [gapOfMembers(users.resolution)] };
  const byUuid = new Map(groups.map((group) => [group.reference, group]));
  const groupsByUser = new Map<string, Subject[]>();
  for (const { uuid, userGroupUuids } of users.value) {
    for (const groupUuid of new Set(userGroupUuids)) {
      const group = byUuid.get(groupUuid);
      if (group !== undefined) addTo(groupsByUser, uuid, group);
    }
  }
  return { groupsByUser, gaps: [] };
};

const addTo = (groupsByUser: Map<string, Subject[]>, uuid: string, group: Subject): void => {
  const others = groupsByUser.get(uuid);
  if (others === undefined) groupsByUser.set(uuid, [group]);
  else others.push(group);
};

/** Subjects of the census and others, as one list in order. */
const mergedList = (
  census: Census,
  ranks: Ranks,
  unlisted: readonly Subject[],
): Pick<KeyedList<Subject>, 'length' | 'at' | 'keyAt'> => {
  // Where each of the others stands in the merged list: few stand among many.
  const places = unlisted.map(({ reference, rawType }, index) => {
    const before = -1 - census.rankOf(reference, rawType);
    return index + firstAtLeast(ranks, before);
  });
  const at = (index: number): Subject => {
    const others = firstAtLeast(places, index);
    return (places[others] === index ? unlisted[others] : census.subjects[ranks[index - others] as number]) as Subject;
  };
  return {
    length: ranks.length + unlisted.length,
    at,
    keyAt(index) {
      const { reference, rawType } = at(index);
      return [reference, rawType];
    },
  };
};

/** How many of ascending numbers are smaller. */
const firstAtLeast = (numbers: ArrayLike<number>, least: number): number => {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
};
