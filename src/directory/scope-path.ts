import { createScope, type KnownScopeKind, type Scope, scopeFieldOf } from '../model/subject.ts';
import type { DeviceGroup } from '../model/group.ts';
import { type GroupTree, isLinkedKind } from './group-tree.ts';

/**
 * Why a path ends where it does. `ROOT`: there is nothing above. `NO_HIERARCHY`: nothing is known to stand above things of this kind, or
 * no group of its uuid stands for it. `NOT_LISTED`: the device or group itself is not in the directory. `MISSING_PARENT`: a group above is not
 * listed. `CYCLE`: the groups above go round in a circle.
 */
export type PathEnd = 'ROOT' | 'NO_HIERARCHY' | 'NOT_LISTED' | 'MISSING_PARENT' | 'CYCLE';

/** What stands above a scope, nearest first. */
export interface ScopePath {
  readonly ancestors: readonly Scope[];
  readonly end: PathEnd;
}

/** The scope that names one thing of a known kind. */
export const scopeOfThing = (kind: KnownScopeKind, uuid: string): Scope =>
  createScope([{ kind, field: scopeFieldOf(kind), uuid }]);

/**
 * The path of a scope through the tree of static groups. A device lies in its group, a static group in what it stands for and then in its parent,
 * a customer, MSP or site in the parent of the group that stands for it. `deviceGroupUuid`: the group of a device; null where it has none,
 * undefined where the device is not known.
 */
export const pathOf = (tree: GroupTree, scope: Scope, deviceGroupUuid?: string | null): ScopePath => {
  const { kind, uuid } = scope;
  const walk = new PathWalk(tree);
  switch (kind) {
    case 'DEVICE':
      if (deviceGroupUuid === undefined) return { ancestors: [], end: 'NOT_LISTED' };
      return deviceGroupUuid === null ? { ancestors: [], end: 'ROOT' } : walk.from(deviceGroupUuid);
    case 'ASSET_GROUP': {
      const group = tree.group(uuid);
      return group === undefined ? { ancestors: [], end: 'NOT_LISTED' } : walk.above(group);
    }
    case 'CUSTOMER':
    case 'MSP':
    case 'SITE': {
      const group = tree.groupOf(kind, uuid);
      return group === undefined ? { ancestors: [], end: 'NO_HIERARCHY' } : walk.aboveThingOf(group);
    }
    default:
      return { ancestors: [], end: 'NO_HIERARCHY' };
  }
};

/** Goes up, and never through a group twice. */
class PathWalk {
  readonly #tree: GroupTree;
  readonly #ancestors: Scope[] = [];
  readonly #seen = new Set<string>();

  constructor(tree: GroupTree) {
    this.#tree = tree;
  }

  /** From a group that is itself above. */
  from(groupUuid: string): ScopePath {
    const group = this.#tree.group(groupUuid);
    if (group === undefined) return this.#endWith('MISSING_PARENT');
    if (this.#seen.has(groupUuid)) return this.#endWith('CYCLE');
    this.#ancestors.push(scopeOfThing('ASSET_GROUP', groupUuid));
    return this.above(group);
  }

  /** What stands above a group: what it stands for, and then its parent. */
  above(group: DeviceGroup): ScopePath {
    if (isLinkedKind(group.linkedTo)) this.#ancestors.push(scopeOfThing(group.linkedTo, group.uuid));
    return this.aboveThingOf(group);
  }

  /** What stands above the customer, MSP or site that a group stands for. */
  aboveThingOf({ uuid, parentUuid }: DeviceGroup): ScopePath {
    this.#seen.add(uuid);
    return parentUuid === null ? this.#endWith('ROOT') : this.from(parentUuid);
  }

  #endWith(end: PathEnd): ScopePath {
    return { ancestors: this.#ancestors, end };
  }
}

/** The groups and linked things directly in a scope, as the inverse of `pathOf`; devices are not among them. */
export const childrenIn = (tree: GroupTree, { kind, uuid }: Scope): readonly Scope[] => {
  if (kind === 'ASSET_GROUP') {
    if (tree.group(uuid) === undefined) return [];
    return tree
      .childrenOf(uuid)
      .map(({ uuid: child, linkedTo }) => scopeOfThing(isLinkedKind(linkedTo) ? linkedTo : 'ASSET_GROUP', child));
  }
  return isLinkedKind(kind) && tree.groupOf(kind, uuid) !== undefined ? [scopeOfThing('ASSET_GROUP', uuid)] : [];
};
