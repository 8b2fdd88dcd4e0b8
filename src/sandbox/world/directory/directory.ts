import type { Device, DeviceGroup } from '../../../wire/devices.ts';
import type { Policy } from '../../../wire/policies.ts';
import type { User } from '../../../wire/users.ts';
import type { Place } from '../world.ts';

/**
 * Objects of one kind. Each has a slot, a number that never changes its meaning; a slot can be empty. The order of the slots
 * in a list says nothing about uuids or names.
 */
export interface Objects<Item> {
  /** Slots are smaller than this. */
  readonly capacity: number;
  /** Slots that are not empty, in the order of upstream's list. */
  readonly slots: () => Iterable<number>;
  /** Undefined for what is not there. */
  readonly slotOf: (uuid: string) => number | undefined;
  /** The object of a slot that is not empty, as upstream writes it. */
  readonly at: (slot: number) => Item;
  /** The fields that filters compare, without the rest: a filter looks at every object. Default: as `at`. */
  readonly comparedAt?: (slot: number) => Partial<Item>;
  /** The whole object as JSON text, in parts that share their memory: for objects that are too large to be copied again and again. */
  readonly writeAt?: (slot: number) => readonly (string | Buffer)[];
}

/** One device in one group, as slots of both. */
export interface Membership {
  readonly device: number;
  readonly group: number;
}

/** Which objects lie in some places. Asked for each slot of a list, so it must be cheap. */
export interface Within {
  readonly users: (slot: number) => boolean;
  readonly devices: (slot: number) => boolean;
  readonly groups: (slot: number) => boolean;
  readonly policies: (slot: number) => boolean;
}

/** Who and what the uuids of role assignments are: what the domains beside Identity know. */
export interface Directory {
  readonly users: Objects<User>;
  readonly devices: Objects<Device>;
  readonly groups: Objects<DeviceGroup>;
  readonly policies: Objects<Policy>;
  readonly within: (places: readonly Place[]) => Within;
  /** Slots of the users in a user group, in the order of upstream's list. Nobody is in a group that is not there. */
  readonly usersInGroup: (uuid: string) => readonly number[];
  /** The users who are deleted once the sandbox is told that people leave. */
  readonly isLeaving: (user: number) => boolean;
  /** The group above, where that is listed. */
  readonly parentOf: (group: number) => number | undefined;
  /** Which devices the group's list of members shows, those of the groups below included where `recursive`. */
  readonly membersOf: (group: number, recursive: boolean) => Iterable<Membership>;
}

export type ObjectKind = keyof Within;

/** What nobody has documented about the directory, each with all of its possible behaviours. */
export interface DirectoryReadings {
  /** True: half of the users who hold roles have no object. */
  readonly partialUsers: boolean;
  /** Whether groups that stand for a customer, MSP or site carry its uuid: four of five do, or none. */
  readonly linkedUuids: 'mostly' | 'never';
  /** True: two groups are each other's parent. */
  readonly treeCycle: boolean;
}

/** Whether a group is the other one or lies below it. Ends where the parents go in a circle. */
export const isAtOrBelow = (parentOf: Directory['parentOf'], group: number, above: number): boolean => {
  let at: number | undefined = group;
  for (let depth = 0; at !== undefined && depth < maxDepth; depth++) {
    if (at === above) return true;
    at = parentOf(at);
  }
  return false;
};

/** No tree of groups is as deep as this. */
const maxDepth = 64;
