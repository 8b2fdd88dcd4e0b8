import type { DeviceGroup } from '../../../wire/devices.ts';
import { shape, type GroundField } from '../made-up-places.ts';
import { canary, unknownField } from '../../core/http/canary.ts';
import type { Objects } from './directory.ts';
import { inListOrder } from './list-order.ts';
import { companyName, siteName, staticGroupName } from './made-up-names.ts';
import { isOneOf, type MadeUpParts } from './made-up-users.ts';
import { objectKinds } from './object-kinds.ts';

const groupOddities = {
  /** Linked groups with a uuid of their own. */
  ownUuid: { every: 5, at: 3 },
  /** Static groups of the assignments that are not listed. */
  unlisted: { every: 10, at: 6 },
  /** The static group that names a parent which nobody lists. */
  withoutParent: 4,
  /** The two sites that are each other's parent under `treeCycle`. */
  cycle: [2, 3],
} as const;

/** What a group's slot stands for, and which one of these. */
type GroupKind = 'all' | 'companies' | 'lostAndFound' | 'msp' | 'company' | 'site' | 'static' | 'dynamic';

const roots = ['all', 'companies', 'lostAndFound'] as const;
/** A company, its sites, its static groups, and a dynamic one. */
const groupsPerCustomer = 1 + shape.sitesPerCustomer + shape.assetGroupsPerCustomer + 1;
const firstSite = 1;
const firstStatic = firstSite + shape.sitesPerCustomer;

/** The tree of device groups, in numbers. */
export interface MadeUpGroups extends Objects<DeviceGroup> {
  readonly what: (slot: number) => { readonly kind: GroupKind; readonly index: number };
  readonly parentOf: (slot: number) => number | undefined;
  readonly uuidAt: (slot: number) => string;
  readonly slotOfKind: (kind: GroupKind, index: number) => number;
  /** The listed group that stands in for an asset group: its own, or the one above where that is not listed. */
  readonly listedAssetGroup: (assetGroup: number) => number;
  /** The customers whose groups can lie below a group, first and one past the last. */
  readonly customersBelow: (slot: number) => readonly [number, number];
}

/** Device groups: those that stand for the assignments' places, dynamic ones, and the three that every account has. */
export const createMadeUpGroups = ({ seed, places, names, readings }: MadeUpParts): MadeUpGroups => {
  const msps = Math.ceil(places.customers / shape.customersPerMsp);
  const firstCustomer = roots.length + msps;
  const capacity = firstCustomer + places.customers * groupsPerCustomer;

  const slotOfKind = (kind: GroupKind, index: number): number => {
    const ofCustomer = (customer: number, nth: number): number => firstCustomer + customer * groupsPerCustomer + nth;
    switch (kind) {
      case 'msp':
        return roots.length + index;
      case 'company':
        return ofCustomer(index, 0);
      case 'site':
        return ofCustomer(Math.floor(index / shape.sitesPerCustomer), firstSite + (index % shape.sitesPerCustomer));
      case 'static':
        return ofCustomer(
          Math.floor(index / shape.assetGroupsPerCustomer),
          firstStatic + (index % shape.assetGroupsPerCustomer),
        );
      case 'dynamic':
        return ofCustomer(index, groupsPerCustomer - 1);
      default:
        return roots.indexOf(kind);
    }
  };

  const what = (slot: number): { kind: GroupKind; index: number } => {
    const root = roots[slot];
    if (root !== undefined) return { kind: root, index: 0 };
    if (slot < firstCustomer) return { kind: 'msp', index: slot - roots.length };
    const customer = Math.floor((slot - firstCustomer) / groupsPerCustomer);
    const nth = (slot - firstCustomer) % groupsPerCustomer;
    if (nth === 0) return { kind: 'company', index: customer };
    if (nth < firstStatic) return { kind: 'site', index: customer * shape.sitesPerCustomer + nth - firstSite };
    if (nth === groupsPerCustomer - 1) return { kind: 'dynamic', index: customer };
    return { kind: 'static', index: customer * shape.assetGroupsPerCustomer + nth - firstStatic };
  };

  const isThere = (slot: number): boolean => {
    const { kind, index } = what(slot);
    return kind !== 'static' || !isOneOf(groupOddities.unlisted, index);
  };

  /** The group above by the tree that the assignments' places make, whether or not it says so itself. */
  const placedBelow = (slot: number): number | undefined => {
    const { kind, index } = what(slot);
    switch (kind) {
      case 'all':
        return undefined;
      case 'companies':
      case 'lostAndFound':
        return slotOfKind('all', 0);
      case 'msp':
        return slotOfKind('companies', 0);
      case 'company':
        return slotOfKind('msp', Math.floor(index / shape.customersPerMsp));
      case 'site':
        return slotOfKind('company', Math.floor(index / shape.sitesPerCustomer));
      case 'dynamic':
        return slotOfKind('company', index);
      case 'static': {
        const customer = Math.floor(index / shape.assetGroupsPerCustomer);
        const nth = index % shape.assetGroupsPerCustomer;
        return nth < shape.sitesPerCustomer
          ? slotOfKind('site', customer * shape.sitesPerCustomer + nth)
          : slotOfKind('company', customer);
      }
    }
  };

  const parentOf = (slot: number): number | undefined => {
    const { kind, index } = what(slot);
    if (kind === 'static' && index === groupOddities.withoutParent) return undefined;
    const nth = kind === 'site' && readings.treeCycle ? (groupOddities.cycle as readonly number[]).indexOf(index) : -1;
    return nth === -1 ? placedBelow(slot) : slotOfKind('site', groupOddities.cycle[1 - nth] as number);
  };

  const linked: Partial<Record<GroupKind, { field: GroundField; type: string }>> = {
    msp: { field: 'mspUuid', type: 'MSP' },
    company: { field: 'customerUuid', type: 'COMPANY' },
    site: { field: 'siteUuid', type: 'SITE' },
  };

  /** True where a group that stands for a place does not have its uuid. */
  const hasOwnUuid = (index: number): boolean =>
    readings.linkedUuids === 'never' || isOneOf(groupOddities.ownUuid, index);

  const uuidAt = (slot: number): string => {
    const { kind, index } = what(slot);
    if (kind === 'static') return places.uuidOf('assetGroupUuid', index);
    const link = linked[kind];
    return link === undefined || hasOwnUuid(index)
      ? names.uuidOf(objectKinds.group, slot)
      : places.uuidOf(link.field, index);
  };

  const nameAt = (slot: number): string => {
    const { kind, index } = what(slot);
    const link = linked[kind];
    // The name of a group that has a uuid of its own tells which place it stands for. Nothing promises that, so that
    // whoever joins by names joins by hearsay.
    const hint = link !== undefined && hasOwnUuid(index) ? ` ${places.uuidOf(link.field, index)}` : '';
    switch (kind) {
      case 'all':
        return 'All';
      case 'companies':
        return 'Companies';
      case 'lostAndFound':
        return 'Lost & Found';
      case 'msp':
        return `MSP ${index + 1}${hint}`;
      case 'company':
        return `${companyName(seed, index)}${hint}`;
      case 'site':
        return `${siteName(seed, index)}${hint}`;
      case 'static':
        return staticGroupName(seed, index);
      case 'dynamic':
        return 'Outdated operating systems';
    }
  };

  const parentUuidAt = (slot: number): string => {
    const parent = parentOf(slot);
    if (parent !== undefined) return uuidAt(parent);
    return slot === slotOfKind('all', 0) ? '' : names.uuidOf(objectKinds.unlistedGroup, slot);
  };

  return {
    capacity,
    what,
    parentOf,
    uuidAt,
    slotOfKind,
    *slots() {
      for (const slot of inListOrder(capacity)) if (isThere(slot)) yield slot;
    },
    slotOf(uuid) {
      const named = names.read(uuid);
      const candidates =
        named?.kind === objectKinds.group && named.index < capacity
          ? [named.index]
          : (['static', 'company', 'site', 'msp'] as const).flatMap((kind) => {
              const field = kind === 'static' ? 'assetGroupUuid' : (linked[kind]?.field as GroundField);
              const at = places.locate({ field, uuid });
              return at === undefined ? [] : [slotOfKind(kind, at.index)];
            });
      return candidates.find((slot) => isThere(slot) && uuidAt(slot) === uuid);
    },
    at(slot) {
      const uuid = uuidAt(slot);
      const { kind, index } = what(slot);
      const link = linked[kind];
      return {
        uuid,
        displayName: nameAt(slot),
        parentGroupUuid: parentUuidAt(slot),
        // Absent equals false.
        ...(kind === 'dynamic' ? (index % 2 === 0 ? { isSecurityGroup: false } : {}) : { isSecurityGroup: true }),
        ...(link === undefined
          ? { linkedEntityType: 'DEVICE_GROUP_ENTITY_TYPE_UNSPECIFIED' }
          : { linkedEntityType: `DEVICE_GROUP_ENTITY_TYPE_${link.type}` }),
        etag: canary('devices', 'etag', uuid),
        ...unknownField('devices', uuid),
      };
    },
    listedAssetGroup(assetGroup) {
      const slot = slotOfKind('static', assetGroup);
      return isThere(slot) ? slot : (placedBelow(slot) as number);
    },
    customersBelow(slot) {
      const { kind, index } = what(slot);
      if (kind === 'msp') {
        const start = index * shape.customersPerMsp;
        return [start, Math.min(start + shape.customersPerMsp, places.customers)];
      }
      if (kind === 'all' || kind === 'companies' || kind === 'lostAndFound') return [0, places.customers];
      const divisor = { company: 1, dynamic: 1, site: shape.sitesPerCustomer, static: shape.assetGroupsPerCustomer }[
        kind
      ];
      const customer = Math.floor(index / divisor);
      return [customer, customer + 1];
    },
  };
};
