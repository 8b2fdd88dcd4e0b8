import type { GroupMember } from '../model/group.ts';
import type { Operation } from '../model/operation.ts';
import { type GroupMembersQuestion, listDeviceGroups, listGroupMembers } from '../upstream/endpoints/device-groups.ts';
import { andThen, type MaybePromise, onceSettledFor } from '../platform/maybe-promise.ts';
import { plainList } from '../pages/paged-list.ts';
import { createGroupTree, type GroupTree } from './group-tree.ts';
import { readOrWhy } from './read-or-why.ts';
import { found, type Resolved } from './resolved.ts';
import { type DirectoryParts, openList } from './sources.ts';

/** The device groups of an account, for each operation. */
export interface Groups {
  /** The tree of static groups. There is no call for one of them, so the list is read whole, once. */
  tree(operation: Operation): MaybePromise<Resolved<GroupTree>>;
  /** The devices that lie in a static group itself, each once. */
  devicesIn(groupUuid: string, operation: Operation): Promise<Resolved<readonly GroupMember[]>>;
}

export const createGroups = (parts: DirectoryParts): Groups => {
  const { upstream, closed, clock } = parts;
  const groups = openList(
    parts,
    listDeviceGroups,
    plainList({ name: listDeviceGroups.name, keyOf: listDeviceGroups.keyOf }),
  );
  const members = openList(
    parts,
    listGroupMembers,
    plainList<GroupMembersQuestion, GroupMember>({
      name: listGroupMembers.name,
      keyOf: listGroupMembers.keyOf,
      questionKey: ({ groupUuid }) => groupUuid,
    }),
  );
  const { domain } = listDeviceGroups;
  // A tree is built once for each reading of the list.
  const treeOf = onceSettledFor(createGroupTree);

  return {
    tree(operation) {
      const rows = readOrWhy({ domain, upstream, closed, clock, operation, asked: 'everything' }, groups.whole, {});
      return andThen(rows, (read) => (read.resolution === 'FOUND' ? andThen(treeOf(read.value), found) : read));
    },
    async devicesIn(groupUuid, operation) {
      const question = { groupUuid, recurseSubgroups: false };
      return readOrWhy({ domain, upstream, closed, clock, operation, asked: 'contents' }, members.whole, question);
    },
  };
};
