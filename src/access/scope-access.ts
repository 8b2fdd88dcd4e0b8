import type { Directory } from '../directory/directory.ts';
import { createSubject, rawSubjectTypeOf, type Scope, type Subject, type SubjectType } from '../model/subject.ts';
import { onceSettledFor } from '../platform/maybe-promise.ts';
import { sortInTurns, workInTurns } from '../platform/work-in-turns.ts';
import type { Census, Ranks } from './census/census.ts';
import { ascending, unionOf } from './census/ranks.ts';
import { componentsKey } from './census/scope-keys.ts';
import { compareTexts } from './census/sort.ts';
import { type AccessGap, sortedGaps } from './gaps.ts';
import { type MembersOfGroup, type MembersSource, readGroupMembers } from './group-members.ts';
import { type KeyedList, listName } from './keyed-list.ts';
import { linkedAncestors, type ReadPlace, readPlace } from './place.ts';
import { type AccessReason, compareReasons, type Place, type ReasonKind, reasonsAt } from './reasons.ts';

export interface ScopeAccessQuestion {
  readonly roleName?: string | undefined;
  readonly subjectType?: SubjectType | undefined;
  /** Only who has access in one of these ways. Default: in any. */
  readonly reasons?: readonly ReasonKind[] | undefined;
  /** Whether the operation asks what users are called as well. Decides what is the cheaper way, and nothing about the answer. Default: it does not. */
  readonly areNamesAsked?: boolean | undefined;
}

/** Everyone who can act at a scope. */
export interface ScopeAccess {
  /** By reference and type. */
  readonly list: KeyedList<Subject>;
  readonly gaps: readonly AccessGap[];
  /** Every reason that meets the question, the cheapest explanation first. */
  readonly reasonsOf: (subject: Subject) => readonly AccessReason[];
}

const rawUser = rawSubjectTypeOf('USER');

/**
 * Who can act at a scope: who holds a role that lists it or a scope around it, or one that holds everywhere, and the members of groups that do.
 * A member who holds nothing itself is in the list with no roles of its own.
 */
export const listScopeAccess = async (
  scope: Scope,
  question: ScopeAccessQuestion,
  { census, directory }: { readonly census: Census; readonly directory: MembersSource & Pick<Directory, 'pathOf'> },
): Promise<ScopeAccess> => {
  const { subjectType } = question;
  const { place, gap } = await readAskedPlace(scope, question, directory);
  const holders = holdersOf(census, place, question);
  const members = await readMembers(census, holders, question, directory);
  const all = unionOf([holders, members.ranks]);
  const ranks = subjectType === undefined ? all : census.ofType(all, subjectType);
  const aliasGap = linkedAncestors(place).some(({ components }) => census.scopesNaming(components).length === 0)
    ? ('UNIDENTIFIED_ANCESTOR' as const)
    : undefined;
  return {
    list: {
      // Members are users.
      ...mergedList(census, ranks, subjectType === undefined || subjectType === 'USER' ? members.unlisted : []),
      name: nameOfScopeAccess(scope, question),
      asOfMs: census.asOfMs,
      directions: [1, 1],
    },
    gaps: sortedGaps([gap, aliasGap, ...members.gaps]),
    reasonsOf: reasonsAmong(members.groupsOf, place, question),
  };
};

/** The place that a question is about, with what stands above it where that counts. */
export const readAskedPlace = async (
  scope: Scope,
  { reasons }: ScopeAccessQuestion,
  directory: Pick<Directory, 'pathOf'>,
): Promise<ReadPlace> =>
  isAsked(reasons, 'INHERITED') ? readPlace(scope, directory) : { place: { scope, ancestors: [] }, gap: undefined };

/** What cursors of the list name it by. */
export const nameOfScopeAccess = (scope: Scope, { roleName, subjectType, reasons }: ScopeAccessQuestion): string =>
  listName('access to a scope', componentsKey(scope), roleName, subjectType, reasons?.toSorted().join(' '));

/** Tells of a subject every reason that meets the question, its own and those of its groups. `groupsOf`: those of the groups that a user is in. */
export const reasonsAmong =
  (groupsOf: (user: Subject) => readonly Subject[], place: Place, question: ScopeAccessQuestion) =>
  (subject: Subject): readonly AccessReason[] => {
    const filter = { roleName: question.roleName, kinds: question.reasons };
    const groups = subject.type === 'USER' ? groupsOf(subject) : [];
    return [
      ...reasonsAt({ subject, isGroup: false }, place, filter),
      ...groups.flatMap((group) => reasonsAt({ subject: group, isGroup: true }, place, filter)),
    ].sort(compareReasons);
  };

/** What a holder's grant has to list, or where it has to hold, to count at a place. */
export interface PlaceHolders {
  /** Any scope that has all components of any of these. */
  readonly scopes: readonly Scope[];
  /** Or everywhere. */
  readonly isGlobal: boolean;
}

export const holdersWanted = ({ scope, ancestors }: Place, { reasons }: ScopeAccessQuestion): PlaceHolders => ({
  scopes: [...(isAsked(reasons, 'DIRECT') ? [scope] : []), ...(isAsked(reasons, 'INHERITED') ? ancestors : [])],
  isGlobal: isAsked(reasons, 'GLOBAL'),
});

const isAsked = (reasons: ScopeAccessQuestion['reasons'], kind: ReasonKind): boolean =>
  reasons === undefined || reasons.includes(kind);

/** Those who hold a role with an effect there, themselves. */
const holdersOf = (census: Census, place: Place, question: ScopeAccessQuestion): Ranks => {
  const { scopes, isGlobal } = holdersWanted(place, question);
  const listed = scopes.flatMap(({ components }) => census.scopesNaming(components));
  const { roleName } = question;
  return unionOf([census.holdersAt(listed, roleName), ...(isGlobal ? [census.globalHolders(roleName)] : [])]);
};

interface Members {
  /** Those who are listed as subjects. */
  readonly ranks: Ranks;
  /** Those who are not: they hold nothing themselves. In order. */
  readonly unlisted: readonly UnlistedUser[];
  readonly groupsOf: (user: Subject) => readonly Subject[];
  readonly gaps: readonly (AccessGap | undefined)[];
}

/** Reads who is in the groups among the holders; nobody where only other types are asked for. */
const readMembers = async (
  census: Census,
  holders: Ranks,
  { subjectType, areNamesAsked = false }: ScopeAccessQuestion,
  directory: MembersSource,
): Promise<Members> => {
  const areAsked = subjectType === undefined || subjectType === 'USER';
  const asked = areAsked
    ? Array.from(census.ofType(holders, 'USER_GROUP'), (rank) => census.subjects[rank] as Subject)
    : [];
  const { groups, gaps } = await readGroupMembers(
    asked,
    { subjectTypes: census.subjectTypes, areNamesAsked },
    directory,
  );
  const placesOf = await placesIn(census);
  const placed = await Promise.all(groups.map(async ({ group, uuids }) => ({ group, members: await placesOf(uuids) })));
  const unlisted = new Map<string, UnlistedUser>();
  const taker = { owner: placed };
  await workInTurns(unlistedIn(placed), taker, (user) => unlisted.set(user[0], user));
  return {
    ranks: together(placed.map(({ members }) => members.ranks)),
    unlisted: await sortInTurns([...unlisted.values()], taker, compareUnlisted),
    groupsOf({ reference }) {
      const rank = census.rankOf(reference, rawUser);
      const isIn = ({ members }: PlacedGroup): boolean =>
        rank < 0 ? isAmong(members.unlisted, reference) : isAmong(members.ranks, rank);
      return placed.filter(isIn).map(({ group }) => group);
    },
    gaps,
  };
};

/** Where the members of a group stand in a census, in order. */
interface PlacedMembers {
  readonly ranks: Ranks;
  /** Those who do not. */
  readonly unlisted: readonly string[];
  /** Of each of these, how many subjects stand before it. */
  readonly before: Int32Array;
}

interface PlacedGroup extends Pick<MembersOfGroup, 'group'> {
  readonly members: PlacedMembers;
}

/** A uuid, and how many subjects stand before it. */
type UnlistedUser = readonly [uuid: string, before: number];

const compareUnlisted = (one: UnlistedUser, other: UnlistedUser): number =>
  one[1] - other[1] || compareTexts(one[0], other[0]);

function* unlistedIn(placed: readonly PlacedGroup[]): Generator<UnlistedUser> {
  for (const { members } of placed) {
    for (let at = 0; at < members.unlisted.length; at++) {
      yield [members.unlisted[at] as string, members.before[at] as number];
    }
  }
}

/** Sorted once: merged one after the other, each of hundreds of lists would have all before it gone through again. */
const together = (lists: readonly Ranks[]): Ranks => {
  const all = new Int32Array(lists.reduce((sum, { length }) => sum + length, 0));
  let length = 0;
  for (const list of lists) {
    all.set(list, length);
    length += list.length;
  }
  return ascending(all);
};

/** Finding each member takes most of a question's time, so it is done once for as long as both the census and the list of users are kept. */
const placesIn = onceSettledFor((census: Census) =>
  onceSettledFor(async (uuids: readonly string[]): Promise<PlacedMembers> => {
    const ranks: number[] = [];
    const unlisted: UnlistedUser[] = [];
    const taker = { owner: uuids };
    await workInTurns(uuids, taker, (uuid) => {
      const rank = census.rankOf(uuid, rawUser);
      if (rank >= 0) ranks.push(rank);
      else unlisted.push([uuid, -1 - rank]);
    });
    const sorted = await sortInTurns(unlisted, taker, compareUnlisted);
    return {
      ranks: ascending(Int32Array.from(ranks)),
      unlisted: sorted.map(([uuid]) => uuid),
      before: Int32Array.from(sorted, ([, before]) => before),
    };
  }),
);

/** Subjects of the census and users who are none, as one list in order. */
const mergedList = (
  census: Census,
  ranks: Ranks,
  unlisted: readonly UnlistedUser[],
): Pick<KeyedList<Subject>, 'length' | 'at' | 'keyAt'> => {
  // Where each of the others stands in the merged list: few stand among many.
  const places = unlisted.map(([, before], index) => index + firstAtLeast(ranks, before));
  const at = (index: number): Subject => {
    const others = firstAtLeast(places, index);
    return places[others] === index
      ? createSubject((unlisted[others] as UnlistedUser)[0], rawUser, [])
      : (census.subjects[ranks[index - others] as number] as Subject);
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

const isAmong = <Value extends number | string>(ascendingValues: ArrayLike<Value>, value: Value): boolean =>
  ascendingValues[firstAtLeast(ascendingValues, value)] === value;

/** How many of ascending values are smaller. */
const firstAtLeast = <Value extends number | string>(ascendingValues: ArrayLike<Value>, least: Value): number => {
  let [low, high] = [0, ascendingValues.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascendingValues[middle] as Value) < least) low = middle + 1;
    else high = middle;
  }
  return low;
};
