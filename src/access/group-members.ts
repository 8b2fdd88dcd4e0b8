import type { Directory } from '../directory/directory.ts';
import type { Subject } from '../model/subject.ts';
import type { TypeCount } from './census/census.ts';
import { type AccessGap, gapOfMembers } from './gaps.ts';

/** The members of some groups. */
export interface GroupsByUser {
  /** Of each user, the groups that it is in. */
  readonly groupsByUser: ReadonlyMap<string, readonly Subject[]>;
  readonly gaps: readonly (AccessGap | undefined)[];
}

/** Who is in some groups: asked of each of them, or of all users where that costs fewer calls. */
export const readGroupMembers = (
  groups: readonly Subject[],
  subjectTypes: readonly TypeCount[],
  directory: Pick<Directory, 'allUsers' | 'membersOf'>,
): Promise<GroupsByUser> =>
  isWalkCheaper(subjectTypes, groups.length) ? groupsByWalk(groups, directory) : groupsByMembers(groups, directory);

/** A list of so many pages is read for two groups: it is over in half a second, and serves every other question about members and names. */
const fewPages = 4;

/**
 * A group costs a call at least, all users one for each thousand, and an account has some more of them than hold roles. Where it is about even they are
 * walked: whoever asks who has access mostly asks for names next, and those come of the same walk.
 */
const isWalkCheaper = (subjectTypes: readonly TypeCount[], groupCount: number): boolean => {
  const users = subjectTypes.find(({ type }) => type === 'USER')?.count ?? 0;
  const pages = Math.ceil(users / 1000);
  return groupCount > (pages <= fewPages ? 1 : pages);
};

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
