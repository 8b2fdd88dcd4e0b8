import type { DeviceGroup } from '../model/group.ts';
import type { ScopeKind } from '../model/subject.ts';
import { workInTurns } from '../platform/work-in-turns.ts';
import { ShardedMap } from './sharded-map.ts';

/** Kinds that a static group can stand for. */
const linkedKinds = ['CUSTOMER', 'MSP', 'SITE'] as const satisfies readonly ScopeKind[];

type LinkedKind = (typeof linkedKinds)[number];

export const isLinkedKind = (kind: ScopeKind | null): kind is LinkedKind =>
  (linkedKinds as readonly (ScopeKind | null)[]).includes(kind);

/** The static groups of an account as the tree that their parents make. Dynamic groups are no scopes and do not occur, but for `listed`. */
export interface GroupTree {
  /** A group of either sort, as the directory lists it. */
  listed(uuid: string): DeviceGroup | undefined;
  group(uuid: string): DeviceGroup | undefined;
  /** The group that stands for a customer, MSP or site: the one linked to that kind that has its uuid. Never by name or place. */
  groupOf(kind: LinkedKind, uuid: string): DeviceGroup | undefined;
  /** The groups directly below, by name and then uuid. */
  childrenOf(uuid: string): readonly DeviceGroup[];
}

/**
 * Builds the tree, in turns because a large account has hundreds of thousands of groups. Whatever upstream sends is taken as it is: whoever goes up looks out for
 * circles.
 */
export const createGroupTree = async (groups: readonly DeviceGroup[]): Promise<GroupTree> => {
  const byUuid = new ShardedMap<DeviceGroup>();
  const dynamic = new ShardedMap<DeviceGroup>();
  const byParent = new ShardedMap<DeviceGroup[]>();
  await workInTurns(groups, { owner: groups }, (group) => {
    const { uuid, isStatic, parentUuid } = group;
    (isStatic ? byUuid : dynamic).set(uuid, group);
    if (!isStatic || parentUuid === null || parentUuid === uuid) return;
    const children = byParent.get(parentUuid);
    if (children === undefined) byParent.set(parentUuid, [group]);
    else children.push(group);
  });
  return {
    listed: (uuid) => byUuid.get(uuid) ?? dynamic.get(uuid),
    group: (uuid) => byUuid.get(uuid),
    groupOf(kind, uuid) {
      const group = byUuid.get(uuid);
      return group?.linkedTo === kind ? group : undefined;
    },
    childrenOf: (uuid) =>
      // Of a group that is listed twice the last row counts.
      (byParent.get(uuid) ?? []).filter((group) => byUuid.get(group.uuid) === group).sort(byName),
  };
};

/** By name, then uuid, each by code units: the same order everywhere. */
export const byName = (
  one: { readonly displayName: string | null; readonly uuid: string },
  other: { readonly displayName: string | null; readonly uuid: string },
): number => compare(one.displayName ?? '', other.displayName ?? '') || compare(one.uuid, other.uuid);

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
