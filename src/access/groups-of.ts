import type { Directory } from '../directory/directory.ts';
import { rawSubjectTypeOf, type Subject } from '../model/subject.ts';
import { type AccessGap, gapOfMembers } from './gaps.ts';

/** Looks a subject up by its key; null where upstream does not know it. */
export type FindSubject = (reference: string, rawType: string) => Promise<Subject | null>;

interface GroupsOf {
  /** Those of the groups that hold roles. */
  readonly groups: readonly Subject[];
  readonly gap: AccessGap | undefined;
}

const rawUserGroup = rawSubjectTypeOf('USER_GROUP');

/** The groups that a user is a member of, as far as the person says. */
export const groupsOfUser = async (
  uuid: string,
  directory: Pick<Directory, 'user'>,
  find: FindSubject,
): Promise<GroupsOf> => {
  const user = await directory.user(uuid);
  if (user.resolution !== 'FOUND') return { groups: [], gap: gapOfMembers(user.resolution) };
  const uuids = [...new Set(user.value.userGroupUuids)].filter((group) => group !== '');
  const groups = await Promise.all(uuids.map((group) => find(group, rawUserGroup)));
  return { groups: groups.filter((group) => group !== null), gap: undefined };
};
