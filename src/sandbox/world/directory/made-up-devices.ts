import type { Device, OperatingSystem } from '../../../wire/devices.ts';
import { mix } from '../../core/prng.ts';
import { shape } from '../made-up-places.ts';
import { canary, unknownField } from '../../core/http/canary.ts';
import type { Membership, Objects } from './directory.ts';
import { isAtOrBelow } from './directory.ts';
import { assetGroupOf, perCustomer, staffAt } from './made-up-ground.ts';
import type { MadeUpGroups } from './made-up-groups.ts';
import { deviceName } from './made-up-names.ts';
import { createMadeUpSlots } from './made-up-slots.ts';
import { isOneOf, type MadeUpParts } from './made-up-users.ts';
import { objectKinds } from './object-kinds.ts';

const deviceOddities = {
  /** Devices of assignments without an object. */
  missing: { every: 20, at: 9 },
  withoutName: { every: 30, at: 12 },
  /** Devices that name a group which nobody lists. */
  inUnlistedGroup: { every: 50, at: 17 },
  /** Devices that lists of members still show in another group. */
  lagging: { every: 40, at: 22 },
  /** Devices of a type that nobody documents. */
  unknownType: { every: 60, at: 31 },
  /** Devices that were never heard of, in three ways to say so, and one that will be. */
  withoutSync: { every: 30, at: 4 },
} as const;

const types = ['DESKTOP', 'NOTEBOOK', 'SERVER', 'SMARTPHONE', 'VIRTUAL_MACHINE', 'TABLET', 'UNSPECIFIED'];
const systems = ['Windows 11 Pro', 'Windows Server 2022', 'macOS 15', 'Ubuntu 24.04', 'Android 15', 'iOS 18'];
const statuses = ['OK', 'OK', 'OK', 'ATTENTION_RECOMMENDED', 'ATTENTION_REQUIRED', 'UNSPECIFIED'];
const oddSyncTimes = ['', '0001-01-01T00:00:00Z', '2099-12-31T23:59:59Z', undefined];

/** More groups than a few customers have. */
const maxRemembered = 64;

interface MadeUpDevices extends Objects<Device> {
  readonly membersOf: (group: number, recursive: boolean) => Iterable<Membership>;
}

/** The devices: those of the assignments, but for the missing ones, and some that nobody names. */
export const createMadeUpDevices = (parts: MadeUpParts, groups: MadeUpGroups): MadeUpDevices => {
  const { seed, size, places, names } = parts;

  const isThere = (slot: number): boolean => {
    const { subject, ordinal } = staffAt('devices', slot);
    return subject === undefined || (subject < size && !isOneOf(deviceOddities.missing, ordinal));
  };

  const slots = createMadeUpSlots('devices', parts, isThere);

  /** The static group that holds the device; undefined where that is one that nobody lists. */
  const groupOf = (slot: number): number | undefined =>
    isOneOf(deviceOddities.inUnlistedGroup, slot) ? undefined : groups.listedAssetGroup(assetGroupOf('devices', slot));

  /** Where lists of members show it. */
  const shownIn = (slot: number): number | undefined => {
    const group = groupOf(slot);
    if (group === undefined || !isOneOf(deviceOddities.lagging, slot)) return group;
    const own = assetGroupOf('devices', slot);
    const customer = Math.floor(own / shape.assetGroupsPerCustomer);
    const other = (own + 1) % shape.assetGroupsPerCustomer;
    return groups.listedAssetGroup(customer * shape.assetGroupsPerCustomer + other);
  };

  const isInDynamicGroup = (slot: number): boolean => slot % 3 === 1;

  const lastSyncTime = (slot: number): string | undefined => {
    if (isOneOf(deviceOddities.withoutSync, slot)) {
      return oddSyncTimes[Math.floor(slot / deviceOddities.withoutSync.every) % oddSyncTimes.length];
    }
    const secondsAgo = mix(mix(seed, slot), 40) % (90 * 86_400);
    return new Date(Date.UTC(2026, 4, 31) - secondsAgo * 1000).toISOString();
  };

  const nameOf = (slot: number): string => (isOneOf(deviceOddities.withoutName, slot) ? '' : deviceName(seed, slot));

  const comparedAt = (slot: number): Device => {
    const dice = mix(mix(seed, slot), 41);
    return {
      displayName: nameOf(slot),
      functionalityStatus: `DEVICE_FUNCTIONALITY_STATUS_${statuses[dice % statuses.length] as string}`,
      isMuted: dice % 9 === 0,
    };
  };

  return {
    ...slots,
    comparedAt,
    at(slot) {
      const uuid = slots.uuidAt(slot);
      const group = groupOf(slot);
      const dice = mix(mix(seed, slot), 41);
      const type = types[dice % types.length] as string;
      const syncTime = lastSyncTime(slot);
      const customer = Math.floor(slot / perCustomer.devices);
      return {
        uuid,
        ...comparedAt(slot),
        originalDisplayName: nameOf(slot).toLowerCase(),
        description: dice % 4 === 0 ? 'Replaced in spring' : '',
        deviceType: isOneOf(deviceOddities.unknownType, slot) ? 'DEVICE_TYPE_DRONE' : `DEVICE_TYPE_${type}`,
        operatingSystem: operatingSystem(systems[dice % systems.length] as string),
        ...(syncTime === undefined ? {} : { lastSyncTime: syncTime }),
        parentGroupUuid:
          group === undefined ? names.uuidOf(objectKinds.unlistedGroup, groups.capacity + slot) : groups.uuidAt(group),
        ...(type === 'SMARTPHONE' || type === 'TABLET'
          ? { isMobile: true }
          : dice % 2 === 0
            ? { isMobile: false }
            : {}),
        ...(dice % 3 === 0 ? { tags: ['vip', 'Ostrava'] } : {}),
        enrollmentStatus: 'DEVICE_ENROLLMENT_STATUS_FINISHED',
        ownerUuid: places.uuidOf('tenantUuid', customer),
        ...droppedFields(uuid),
      };
    },
    *membersOf(group, recursive) {
      // The groups of one customer are asked for again and again by its devices.
      const remembered = new Map<number, boolean>();
      const isShown = (shown: number): boolean => {
        if (!recursive) return shown === group;
        let isBelow = remembered.get(shown);
        if (isBelow === undefined) {
          if (remembered.size >= maxRemembered) remembered.clear();
          isBelow = isAtOrBelow(groups.parentOf, shown, group);
          remembered.set(shown, isBelow);
        }
        return isBelow;
      };
      const [from, to] = groups.customersBelow(group);
      for (let slot = from * perCustomer.devices; slot < to * perCustomer.devices; slot++) {
        if (!isThere(slot)) continue;
        const shown = shownIn(slot);
        if (shown !== undefined && isShown(shown)) yield { device: slot, group: shown };
        if (!isInDynamicGroup(slot)) continue;
        const dynamic = groups.slotOfKind('dynamic', Math.floor(slot / perCustomer.devices));
        if (isShown(dynamic)) yield { device: slot, group: dynamic };
      }
    },
  };
};

const operatingSystem = (displayName: string): OperatingSystem => ({
  displayName,
  familyId: '3',
  editionId: '48',
  bitness: '64',
  version: { id: '7', name: '10.0.26100', major: '10', minor: 0, patch: '26100' },
});

/** What no client may keep. Also of a device that was added while the sandbox ran. */
export const droppedFields = (uuid: string): Partial<Device> => {
  const mark = (field: string): string => canary('devices', field, uuid);
  return {
    deviceToken: mark('deviceToken'),
    hardwareProfiles: [
      {
        bios: { manufacturer: mark('bios'), serialNumber: mark('serialNumber') },
        hardDrives: [{ serialNumber: mark('hardDriveSerialNumber') }],
        networkAdapters: [{ macAddress: mark('macAddress') }],
        processors: [{ serialNumber: mark('processorSerialNumber') }],
        resettableIdentifier: mark('resettableIdentifier'),
        salt: mark('salt'),
      },
    ],
    activeProducts: [{ name: mark('activeProducts') }],
    deployedComponents: [{ name: mark('deployedComponents') }],
    cloningConfiguration: { configuration: mark('cloningConfiguration') },
    managementDomain: mark('managementDomain'),
    publicIpAddress: mark('publicIpAddress'),
    primaryLocalIpAddress: mark('primaryLocalIpAddress'),
    functionalityProblemCount: '0',
    isMaster: false,
    etag: mark('etag'),
    ...unknownField('devices', uuid),
  };
};
