import { Problem } from '../../core/problem.ts';
import { placeKey, type Place } from '../world.ts';
import { changeDirectory, type AddedDevice } from './changed-directory.ts';
import type { Directory, DirectoryReadings, ObjectKind } from './directory.ts';

/** What can be done to the directory while the sandbox runs. Each step shows from the next call on. */
export interface DirectoryControl {
  /** Adds a device, in `Lost & Found`, or else in the first group, unless another is named. Answers its uuid. */
  addDevice(device: { readonly uuid?: string; readonly displayName: string; readonly groupUuid?: string }): string;
  renameDevice(uuid: string, displayName: string): void;
  /** Refuses with 404 where the device or the group is not there. */
  moveDevice(uuid: string, groupUuid: string): void;
  removeDevice(uuid: string): void;
  /** Deletes users: these, or else the ones who are meant to leave. At once, or after so many more calls to their domain. */
  deleteUsers(options?: { readonly uuids?: readonly string[]; readonly afterCalls?: number }): void;
}

/** The directory as it is now, and what each caller sees of it. */
export interface DirectoryState {
  readonly current: () => Directory;
  /** Slots that lie in the places, in the order of upstream's list. Kept until something changes. */
  readonly listOf: (kind: ObjectKind, places: 'all' | readonly Place[]) => Uint32Array;
  /** The slot of an object that lies in the places. Undefined for every other, whether it is there or not. */
  readonly find: (kind: ObjectKind, uuid: string, places: 'all' | readonly Place[]) => number | undefined;
  /** A list that takes long to make, kept like the others. Equal keys must mean equal lists. */
  readonly keep: (key: string, make: () => Uint32Array) => Uint32Array;
  /** Counts a call to the domain of users, so that people can leave after some. */
  readonly noteUsersCall: () => void;
  readonly control: DirectoryControl;
  /** Forgets everything that has happened. */
  readonly reset: () => void;
}

export interface DirectoryStateOptions {
  /** Makes the directory under the readings. Cheap: it is made anew whenever they change. */
  readonly make: (readings: DirectoryReadings) => Directory;
  readonly readings: () => DirectoryReadings;
  /** Gives an added device its uuid. */
  readonly uuidFrom: (text: string) => string;
}

const maxLists = 16;

/** Keeps what has happened to a directory, and the last few lists of it. */
export const createDirectoryState = ({ make, readings, uuidFrom }: DirectoryStateOptions): DirectoryState => {
  const removedDevices = new Set<number>();
  const renamedDevices = new Map<number, string>();
  const movedDevices = new Map<number, number>();
  const addedDevices: AddedDevice[] = [];
  const deletedUsers = new Set<number>();
  let leaving: { readonly slots: readonly number[]; callsLeft: number }[] = [];

  let made: { readonly key: string; readonly directory: Directory } | undefined;
  const lists = new Map<string, Uint32Array>();

  const current = (): Directory => {
    const { partialUsers, linkedUuids, treeCycle } = readings();
    const key = `${partialUsers} ${linkedUuids} ${treeCycle}`;
    if (made?.key !== key) {
      lists.clear();
      const changes = { removedDevices, renamedDevices, movedDevices, addedDevices, deletedUsers };
      made = { key, directory: changeDirectory(make({ partialUsers, linkedUuids, treeCycle }), changes) };
    }
    return made.directory;
  };

  const changed = (): void => {
    made = undefined;
    lists.clear();
  };

  const keep = (key: string, makeList: () => Uint32Array): Uint32Array => {
    const list = lists.get(key) ?? makeList();
    lists.delete(key);
    lists.set(key, list);
    if (lists.size > maxLists) lists.delete(lists.keys().next().value as string);
    return list;
  };

  const found = (kind: ObjectKind, uuid: string): number => {
    const slot = current()[kind].slotOf(uuid);
    if (slot === undefined) throw new Problem(404, `There is no ${uuid} among the ${kind}.`);
    return slot;
  };

  const lostAndFound = (directory: Directory): number => {
    let first: number | undefined;
    for (const slot of directory.groups.slots()) {
      if (directory.groups.at(slot).displayName === 'Lost & Found') return slot;
      first ??= slot;
    }
    if (first === undefined) throw new Problem(409, 'There is no device group that a device could be added to.');
    return first;
  };

  return {
    current,
    keep,
    listOf(kind, places) {
      const directory = current();
      return keep(`${kind} ${placesKey(places)}`, () => {
        const objects = directory[kind];
        if (places === 'all') return Uint32Array.from(objects.slots());
        const isWithin = directory.within(places)[kind];
        return Uint32Array.from(filter(objects.slots(), isWithin));
      });
    },
    find(kind, uuid, places) {
      const directory = current();
      const slot = directory[kind].slotOf(uuid);
      return slot === undefined || places === 'all' || directory.within(places)[kind](slot) ? slot : undefined;
    },
    noteUsersCall() {
      for (const departure of leaving) {
        if (departure.callsLeft-- > 0) continue;
        for (const slot of departure.slots) deletedUsers.add(slot);
        changed();
      }
      leaving = leaving.filter(({ callsLeft }) => callsLeft >= 0);
    },
    control: {
      addDevice({ uuid = uuidFrom(`added device ${addedDevices.length + 1}`), displayName, groupUuid }) {
        const directory = current();
        if (directory.devices.slotOf(uuid) !== undefined) throw new Problem(409, `There is a ${uuid} already.`);
        const group = groupUuid === undefined ? lostAndFound(directory) : found('groups', groupUuid);
        movedDevices.set(directory.devices.capacity, group);
        addedDevices.push({ uuid, displayName });
        changed();
        return uuid;
      },
      renameDevice(uuid, displayName) {
        renamedDevices.set(found('devices', uuid), displayName);
        changed();
      },
      moveDevice(uuid, groupUuid) {
        movedDevices.set(found('devices', uuid), found('groups', groupUuid));
        changed();
      },
      removeDevice(uuid) {
        removedDevices.add(found('devices', uuid));
        changed();
      },
      deleteUsers({ uuids, afterCalls = 0 } = {}) {
        const { users, isLeaving } = current();
        const slots = uuids?.map((uuid) => found('users', uuid)) ?? [...filter(users.slots(), isLeaving)];
        if (afterCalls > 0) {
          leaving.push({ slots, callsLeft: afterCalls });
          return;
        }
        for (const slot of slots) deletedUsers.add(slot);
        changed();
      },
    },
    reset() {
      removedDevices.clear();
      renamedDevices.clear();
      movedDevices.clear();
      addedDevices.length = 0;
      deletedUsers.clear();
      leaving = [];
      changed();
    },
  };
};

const filter = function* (slots: Iterable<number>, isWanted: (slot: number) => boolean): Generator<number> {
  for (const slot of slots) if (isWanted(slot)) yield slot;
};

/** Equal for equal coverage. */
export const placesKey = (places: 'all' | readonly Place[]): string =>
  places === 'all'
    ? 'all'
    : [...new Set(places.map(placeKey))]
        .toSorted()
        .map((key) => `${key.length}:${key}`)
        .join('');
