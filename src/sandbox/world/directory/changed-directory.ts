import type { Device } from '../../../wire/devices.ts';
import { isAtOrBelow, type Directory, type Membership } from './directory.ts';
import { droppedFields } from './made-up-devices.ts';

/** A device that was added while the sandbox ran. */
export interface AddedDevice {
  readonly uuid: string;
  readonly displayName: string;
}

/** What has happened to a directory since the start. Devices and groups are slots; added devices come behind the others. */
interface DirectoryChanges {
  readonly removedDevices: ReadonlySet<number>;
  readonly renamedDevices: ReadonlyMap<number, string>;
  /** The group that a moved or added device is in now. */
  readonly movedDevices: ReadonlyMap<number, number>;
  readonly addedDevices: readonly AddedDevice[];
  readonly deletedUsers: ReadonlySet<number>;
}

/** The directory with everything that has happened to it. */
export const changeDirectory = (base: Directory, changes: DirectoryChanges): Directory => {
  const { removedDevices, renamedDevices, movedDevices, addedDevices, deletedUsers } = changes;
  const firstAdded = base.devices.capacity;

  const isMember = (group: number, of: number, recursive: boolean): boolean =>
    recursive ? isAtOrBelow(base.parentOf, group, of) : group === of;

  /** A device as it was at the start. */
  const deviceBefore = (slot: number): Device => {
    const added = addedDevices[slot - firstAdded];
    return added === undefined ? base.devices.at(slot) : { ...added, deviceType: '', ...droppedFields(added.uuid) };
  };
  const nameNow = (slot: number): Device => {
    const displayName = renamedDevices.get(slot);
    return displayName === undefined ? {} : { displayName };
  };

  return {
    ...base,
    users: {
      ...base.users,
      *slots() {
        for (const slot of base.users.slots()) if (!deletedUsers.has(slot)) yield slot;
      },
      slotOf(uuid) {
        const slot = base.users.slotOf(uuid);
        return slot !== undefined && deletedUsers.has(slot) ? undefined : slot;
      },
    },
    usersInGroup: (uuid) => base.usersInGroup(uuid).filter((slot) => !deletedUsers.has(slot)),
    devices: {
      capacity: firstAdded + addedDevices.length,
      *slots() {
        for (const slot of base.devices.slots()) if (!removedDevices.has(slot)) yield slot;
        for (let slot = firstAdded; slot < firstAdded + addedDevices.length; slot++) {
          if (!removedDevices.has(slot)) yield slot;
        }
      },
      slotOf(uuid) {
        const nth = addedDevices.findIndex((device) => device.uuid === uuid);
        const slot = nth === -1 ? base.devices.slotOf(uuid) : firstAdded + nth;
        return slot !== undefined && removedDevices.has(slot) ? undefined : slot;
      },
      at(slot) {
        const group = movedDevices.get(slot);
        const parentGroupUuid = group === undefined ? undefined : base.groups.at(group).uuid;
        return {
          ...deviceBefore(slot),
          ...nameNow(slot),
          ...(parentGroupUuid === undefined ? {} : { parentGroupUuid }),
        };
      },
      comparedAt: (slot) => ({
        ...((slot < firstAdded ? base.devices.comparedAt?.(slot) : undefined) ?? deviceBefore(slot)),
        ...nameNow(slot),
      }),
    },
    within(places) {
      const within = base.within(places);
      return {
        ...within,
        devices(slot) {
          const group = movedDevices.get(slot);
          return group === undefined ? within.devices(slot) : within.groups(group);
        },
      };
    },
    *membersOf(group, recursive): Iterable<Membership> {
      for (const membership of base.membersOf(group, recursive)) {
        const { device } = membership;
        if (removedDevices.has(device)) continue;
        // A device leaves its static group when it moves; dynamic groups follow other rules.
        if (movedDevices.has(device) && base.groups.at(membership.group).isSecurityGroup === true) continue;
        yield membership;
      }
      for (const [device, now] of movedDevices) {
        if (!removedDevices.has(device) && isMember(now, group, recursive)) yield { device, group: now };
      }
    },
  };
};
