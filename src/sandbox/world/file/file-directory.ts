import type { Device, DeviceGroup } from '../../../wire/devices.ts';
import type { Policy } from '../../../wire/policies.ts';
import type { User } from '../../../wire/users.ts';
import { isAtOrBelow, type Directory, type Membership, type Objects } from '../directory/directory.ts';
import { placeKey, type Place, type World } from '../world.ts';

/** A directory as it is written in a file. */
export interface WrittenDirectory {
  readonly users: readonly User[];
  readonly devices: readonly Device[];
  readonly groups: readonly WrittenGroup[];
  readonly policies: readonly Policy[];
}

/** A device group, and the devices that a dynamic one has. */
export interface WrittenGroup {
  readonly group: DeviceGroup;
  readonly devices: readonly string[];
}

/** The directory of a world that is held as it was written, in the order in which it was written. */
export const createFileDirectory = (world: World, written: WrittenDirectory): Directory => {
  const users = createObjects(written.users);
  const devices = createObjects(written.devices);
  const groups = createObjects(written.groups.map(({ group }) => group));
  const policies = createObjects(written.policies);

  const parentOf = (slot: number): number | undefined => groups.slotOf(groups.at(slot).parentGroupUuid ?? '');
  const groupOf = (device: number): number | undefined => groups.slotOf(devices.at(device).parentGroupUuid ?? '');
  const members: Membership[] = [...devices.slots()].flatMap((device) => {
    const group = groupOf(device);
    return group === undefined ? [] : [{ device, group }];
  });
  for (const [group, { devices: uuids }] of written.groups.entries()) {
    for (const uuid of uuids) {
      const device = devices.slotOf(uuid);
      if (device !== undefined) members.push({ device, group });
    }
  }

  return {
    users,
    devices,
    groups,
    policies,
    parentOf,
    usersInGroup: (uuid) => [...users.slots()].filter((slot) => users.at(slot).userGroupUuids?.includes(uuid) === true),
    isLeaving: () => false,
    membersOf: (group, recursive) =>
      members.filter((member) => (recursive ? isAtOrBelow(parentOf, member.group, group) : member.group === group)),
    within(places) {
      const covered = new Set(places.map(placeKey));
      const liesThere = (place: Place): boolean =>
        covered.has(placeKey(place)) || world.parentsOf(place).some(liesThere);
      const isGroupThere = (group: number | undefined): boolean => {
        // Parents can go in a circle, so that each group is looked at once.
        const seen = new Set<number>();
        for (let at = group; at !== undefined && !seen.has(at); at = parentOf(at)) {
          seen.add(at);
          if (placesOfGroup(groups.at(at)).some(liesThere)) return true;
        }
        return false;
      };
      return {
        users: (slot) => liesThere({ field: 'userUuid', uuid: users.at(slot).uuid ?? '' }),
        devices: (slot) =>
          liesThere({ field: 'deviceUuid', uuid: devices.at(slot).uuid ?? '' }) || isGroupThere(groupOf(slot)),
        groups: isGroupThere,
        // What came with the product lies nowhere, and everybody who may read policies sees it.
        policies: (slot) =>
          policies.at(slot).builtIn === true || liesThere({ field: 'policyUuid', uuid: policies.at(slot).uuid ?? '' }),
      };
    },
  };
};

const createObjects = <Item extends { readonly uuid?: string }>(items: readonly Item[]): Objects<Item> => {
  const slots = new Map(items.map(({ uuid = '' }, slot) => [uuid, slot]));
  return {
    capacity: items.length,
    slots: () => items.keys(),
    slotOf: (uuid) => slots.get(uuid),
    at(slot) {
      const item = items[slot];
      if (item === undefined) throw new RangeError(`there is no object ${slot}`);
      return item;
    },
  };
};

const linkedFields: Readonly<Record<string, string>> = {
  DEVICE_GROUP_ENTITY_TYPE_COMPANY: 'customerUuid',
  DEVICE_GROUP_ENTITY_TYPE_MSP: 'mspUuid',
  DEVICE_GROUP_ENTITY_TYPE_SITE: 'siteUuid',
};

/** What a group is among the places of role assignments: itself, and what it stands for. */
const placesOfGroup = ({ uuid = '', linkedEntityType = '' }: DeviceGroup): Place[] => {
  const field = linkedFields[linkedEntityType];
  const own = { field: 'assetGroupUuid', uuid };
  return field === undefined ? [own] : [own, { field, uuid }];
};
