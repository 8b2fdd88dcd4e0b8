import type { Directory } from '../directory/directory.ts';
import type { Subject } from '../model/subject.ts';
import { workInTurns } from '../platform/work-in-turns.ts';
import type { TypeCount } from './census/census.ts';
import { type AccessGap, gapOfMembers } from './gaps.ts';

/** The members of some groups. */
export interface GroupsByUser {
  /** Of each user, the groups that it is in. */
  readonly groupsByUser: ReadonlyMap<string, readonly Subject[]>;
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
): Promise<GroupsByUser> =>
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

/** The same from what all users say of themselves; from the groups after all, where there turn out to be more users than may be walked. */
const groupsByWalk = async (groups: readonly Subject[], directory: MembersSource): Promise<GroupsByUser> => {
  const users = await directory.allUsers();
  if (users.resolution !== 'FOUND') {
    return directory.costOfAllUsers() === Infinity
      ? groupsByMembers(groups, directory)
      : { groupsByUser: new Map(), gaps: [gapOfMembers(users.resolution)] };
  }
  const byUuid = new Map(groups.map((group) => [group.reference, group]));
  const groupsByUser = new Map<string, Subject[]>();
  await workInTurns(users.value, { owner: groups }, ({ uuid, userGroupUuids }) => {
    for (const groupUuid of new Set(userGroupUuids)) {
      const group = byUuid.get(groupUuid);
      if (group !== undefined) addTo(groupsByUser, uuid, group);
    }
  });
  return { groupsByUser, gaps: [] };
};

const addTo = (groupsByUser: Map<string, Subject[]>, uuid: string, group: Subject): void => {
  const others = groupsByUser.get(uuid);
  if (others === undefined) groupsByUser.set(uuid, [group]);
  else others.push(group);
};
