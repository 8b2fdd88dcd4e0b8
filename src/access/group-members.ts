import type { Directory } from '../directory/directory.ts';
import { ShardedMap } from '../directory/sharded-map.ts';
import type { Subject } from '../model/subject.ts';
import type { User } from '../model/user.ts';
import { onceSettledFor } from '../platform/maybe-promise.ts';
import { workInTurns } from '../platform/work-in-turns.ts';
import type { TypeCount } from './census/census.ts';
import { type AccessGap, gapOfMembers } from './gaps.ts';

/** Who is in a group. */
export interface MembersOfGroup {
  readonly group: Subject;
  /** Each once. The same list each time for as long as the users that tell of it are kept, so that what is made of it can be kept beside it. */
  readonly uuids: readonly string[];
}

/** The members of some groups, as far as they are known. */
interface GroupMembers {
  readonly groups: readonly MembersOfGroup[];
  readonly gaps: readonly (AccessGap | undefined)[];
}

/** What reading members needs of the directory. */
export type MembersSource = Pick<Directory, 'allUsers' | 'costOfAllUsers' | 'membersOf'>;

interface MembersOutlook {
  /** What the account has, by type. */
  readonly subjectTypes: readonly TypeCount[];
  /** Whether the operation asks what users are called as well. */
  readonly areNamesAsked: boolean;
}

/** Who is in some groups: asked of each of them, or of all users where that costs fewer calls. */
export const readGroupMembers = (
  groups: readonly Subject[],
  outlook: MembersOutlook,
  directory: MembersSource,
): Promise<GroupMembers> =>
  isWalkCheaper(groups.length, outlook, directory)
    ? groupsByWalk(groups, directory)
    : groupsByMembers(groups, directory);

/** A list of so many pages is read for two groups where names are asked for as well: these come of the same walk, which is over in half a second. */
const fewPages = 4;

/** A group costs a call at least, all users one for each thousand. Before anybody has asked, there are about as many as hold roles. */
const isWalkCheaper = (
  groupCount: number,
  { subjectTypes, areNamesAsked }: MembersOutlook,
  directory: MembersSource,
): boolean => {
  const listed = subjectTypes.find(({ type }) => type === 'USER')?.count ?? 0;
  const pages = directory.costOfAllUsers() ?? Math.max(1, Math.ceil(listed / 1000));
  return groupCount > (areNamesAsked && pages <= fewPages ? Math.min(pages, 1) : pages);
};

const groupsByMembers = async (
  groups: readonly Subject[],
  directory: Pick<Directory, 'membersOf'>,
): Promise<GroupMembers> => {
  const known: MembersOfGroup[] = [];
  const gaps = await Promise.all(
    groups.map(async (group) => {
      const members = await directory.membersOf(group.reference);
      if (members.resolution !== 'FOUND') return gapOfMembers(members.resolution);
      known.push({ group, uuids: members.value.map(({ uuid }) => uuid) });
      return undefined;
    }),
  );
  return { groups: known, gaps };
};

/** The same from what all users say of themselves; from the groups after all, where there turn out to be more users than may be walked. */
const groupsByWalk = async (groups: readonly Subject[], directory: MembersSource): Promise<GroupMembers> => {
  const users = await directory.allUsers();
  if (users.resolution !== 'FOUND') {
    return directory.costOfAllUsers() === Infinity
      ? groupsByMembers(groups, directory)
      : { groups: [], gaps: [gapOfMembers(users.resolution)] };
  }
  const members = await membersByGroup(users.value);
  return { groups: groups.map((group) => ({ group, uuids: members.get(group.reference) ?? [] })), gaps: [] };
};

/** Who is in each group, once for each reading of the list: a question looks at the members of its groups, and not at all users. */
const membersByGroup = onceSettledFor(async (users: readonly User[]): Promise<ShardedMap<string[]>> => {
  const members = new ShardedMap<string[]>();
  await workInTurns(users, { owner: users }, ({ uuid, userGroupUuids }) => {
    for (const groupUuid of new Set(userGroupUuids)) {
      const others = members.get(groupUuid);
      if (others === undefined) members.set(groupUuid, [uuid]);
      else others.push(uuid);
    }
  });
  return members;
});
