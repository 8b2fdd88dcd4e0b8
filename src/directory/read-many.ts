import type { Device } from '../model/device.ts';
import type { DeviceGroup } from '../model/group.ts';
import type { Policy } from '../model/policy.ts';
import type { Scope } from '../model/subject.ts';
import type { User } from '../model/user.ts';
import type { MaybePromise } from '../platform/maybe-promise.ts';
import { type TurnTaker, workInTurns } from '../platform/work-in-turns.ts';
import type { FindByUuid } from './by-uuid.ts';
import type { Known, Named, Wanted } from './directory.ts';
import { type GroupTree, isLinkedKind } from './group-tree.ts';
import { found, mapResolved, missing, noSource, type Resolved, unavailable } from './resolved.ts';
import { pathOf, type ScopePath } from './scope-path.ts';

interface Sources {
  readonly user: () => FindByUuid<User>;
  readonly device: () => FindByUuid<Device>;
  readonly policy: () => FindByUuid<Policy>;
  readonly tree: () => MaybePromise<Resolved<GroupTree>>;
  readonly taker: TurnTaker;
}

/** Reads what is known of many things, and from then on tells it of each. A source that is not needed is not asked. */
export const readMany = async (
  { subjects = [], scopes = [], places = [] }: Wanted,
  { user, device, policy, tree, taker }: Sources,
): Promise<Known> => {
  const [users, devices, policies]: [string[], string[], string[]] = [[], [], []];
  let isTreeWanted = false;
  const wantNamed = (kind: string, uuid: string): void => {
    if (kind === 'USER') users.push(uuid);
    else if (kind === 'DEVICE') devices.push(uuid);
  };
  await workInTurns(subjects, taker, ({ type, reference }) => wantNamed(type, reference));
  await workInTurns(scopes, taker, ({ kind, uuid }) => {
    wantNamed(kind, uuid);
    if (kind === 'POLICY') policies.push(uuid);
    else if (isInTree(kind)) isTreeWanted = true;
  });
  const devicesAsPlaces: string[] = [];
  await workInTurns(places, taker, (place) => {
    if (place?.kind === 'DEVICE') devicesAsPlaces.push(place.uuid);
    else if (place !== undefined && isInTree(place.kind)) isTreeWanted = true;
  });
  const readingDevices = manyOf(device, [...devices, ...devicesAsPlaces]);
  const readTree = async (): Promise<Resolved<GroupTree>> => {
    if (isTreeWanted) return tree();
    // Above a device that is not known nothing stands.
    const of = await readingDevices;
    return devicesAsPlaces.some((uuid) => of(uuid).resolution === 'FOUND') ? tree() : unavailable;
  };
  const [userOf, deviceOf, policyOf, groups] = await Promise.all([
    manyOf(user, users),
    readingDevices,
    manyOf(policy, policies),
    readTree(),
  ]);
  return {
    nameOfSubject({ type, reference }) {
      if (type === 'USER') return userOf(reference);
      return type === 'DEVICE' ? deviceOf(reference) : noSource;
    },
    nameOfScope(scope) {
      const { kind, uuid } = scope;
      if (kind === 'USER') return userOf(uuid);
      if (kind === 'DEVICE') return deviceOf(uuid);
      return kind === 'POLICY' ? policyOf(uuid) : nameInTree(scope, groups);
    },
    pathOf: createPathFinder(groups, deviceOf),
  };
};

/** Of many devices in one group, and of a group that many hold roles at, the path is found once. */
const createPathFinder = (
  groups: Resolved<GroupTree>,
  deviceOf: (uuid: string) => Resolved<Device>,
): Known['pathOf'] => {
  const inGroups = new Map<string | null, Resolved<ScopePath>>();
  const ofGroups = new Map<string, Resolved<ScopePath>>();
  return (scope) => {
    const { kind, uuid } = scope;
    if (kind === 'DEVICE') {
      const device = deviceOf(uuid);
      const find = () => pathThrough(scope, groups, device);
      return device.resolution === 'FOUND' ? keptIn(inGroups, device.value.parentGroupUuid, find) : find();
    }
    const find = () => pathThrough(scope, groups, undefined);
    return kind === 'ASSET_GROUP' ? keptIn(ofGroups, uuid, find) : find();
  };
};

const keptIn = <Key, Value>(kept: Map<Key, Value>, key: Key, make: () => Value): Value => {
  let value = kept.get(key);
  if (value === undefined) kept.set(key, (value = make()));
  return value;
};

const manyOf = async <Value>(
  find: () => FindByUuid<Value>,
  uuids: readonly string[],
): Promise<(uuid: string) => Resolved<Value>> => (uuids.length === 0 ? () => unavailable : find().many(uuids));

/** Whether things of this kind are found in the tree of groups, and nowhere else. */
export const isInTree = (kind: Scope['kind']): boolean => kind === 'ASSET_GROUP' || isLinkedKind(kind);

/** A group of the tree, static or dynamic. `MISSING` where the tree is there and does not list it. */
export const groupIn = (groups: Resolved<GroupTree>, uuid: string): Resolved<DeviceGroup> => {
  if (groups.resolution !== 'FOUND') return groups;
  const group = groups.value.listed(uuid);
  return group === undefined ? missing : found(group);
};

/** What a group is called, or a customer, MSP or site that one stands for. */
export const nameInTree = (
  { kind, uuid }: Pick<Scope, 'kind' | 'uuid'>,
  groups: Resolved<GroupTree>,
): Resolved<Named> => {
  if (kind === 'ASSET_GROUP') return groupIn(groups, uuid);
  if (!isLinkedKind(kind)) return noSource;
  if (groups.resolution !== 'FOUND') return groups;
  const group = groups.value.groupOf(kind, uuid);
  return group === undefined ? noSource : found(group);
};

/** What stands above a scope. `device`: the scope's own, where it is one. */
export const pathThrough = (
  scope: Scope,
  groups: Resolved<GroupTree>,
  device: Resolved<Device> | undefined,
): Resolved<ScopePath> => {
  if (device === undefined && !isInTree(scope.kind)) return found({ ancestors: [], end: 'NO_HIERARCHY' });
  if (device?.resolution === 'MISSING') return found({ ancestors: [], end: 'NOT_LISTED' });
  if (device !== undefined && device.resolution !== 'FOUND') return device;
  return mapResolved(groups, (tree) => pathOf(tree, scope, device?.value.parentGroupUuid));
};
