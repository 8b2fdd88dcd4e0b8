import type { DeviceGroup, GroupMember } from '../model/group.ts';
import type { Operation } from '../model/operation.ts';
import { type GroupMembersQuestion, listDeviceGroups, listGroupMembers } from '../upstream/endpoints/device-groups.ts';
import { plainList } from '../pages/paged-list.ts';
import { createGroupTree, type GroupTree } from './group-tree.ts';
import { readOrWhy } from './read-or-why.ts';
import { mapResolved, type Resolved } from './resolved.ts';
import { type DirectoryParts, openList } from './sources.ts';

/** The device groups of an account, for each operation. */
export interface Groups {
  /** The tree of static groups. There is no call for one of them, so the list is read whole, once. */
  tree(operation: Operation): Promise<Resolved<GroupTree>>;
  /** The devices that lie in a static group itself, each once. */
  devicesIn(groupUuid: string, operation: Operation): Promise<Resolved<readonly GroupMember[]>>;
}

export const createGroups = (parts: DirectoryParts): Groups => {
  const { upstream, closed } = parts;
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
  // Built again only where the list was read again: it is found by the very rows that it is made of.
  const trees = new WeakMap<DeviceGroup, { readonly rows: readonly DeviceGroup[]; readonly tree: GroupTree }>();

  const treeOf = (rows: readonly DeviceGroup[]): GroupTree => {
    const [first] = rows;
    if (first === undefined) return createGroupTree(rows);
    const known = trees.get(first);
    if (known !== undefined && isSame(known.rows, rows)) return known.tree;
    const tree = createGroupTree(rows);
    trees.set(first, { rows, tree });
    return tree;
  };

  return {
    async tree(operation) {
      return mapResolved(
        await readOrWhy({ domain, upstream, closed, operation }, () => groups.whole.read({}, operation)),
        treeOf,
      );
    },
    devicesIn: (groupUuid, operation) =>
      readOrWhy({ domain, upstream, closed, operation }, () =>
        members.whole.read({ groupUuid, recurseSubgroups: false }, operation),
      ),
  };
};

const isSame = (one: readonly DeviceGroup[], other: readonly DeviceGroup[]): boolean =>
  one.length === other.length && one.every((group, index) => group === other[index]);
