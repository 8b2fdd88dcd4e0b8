import type { Scope } from '../../wire/identity.ts';
import { seedCustomers, seedMsp } from './seed-subjects.ts';
import { createUuidNames } from './uuid-names.ts';
import type { Place, ScopeField } from './world.ts';

/** How the made-up world is built. Everything is arithmetic on indices, so that a world of any size costs nothing to keep. */
export const shape = {
  /** Entries before the first made-up one: ESET's example. */
  seedSubjects: 2,
  customersPerMsp: 8,
  sitesPerCustomer: 2,
  /** One in each site, one in the tenant. */
  assetGroupsPerCustomer: 3,
  policiesPerCustomer: 2,
  /** What the subjects of one customer are, in their order. */
  staff: (
    'USER USER DEVICE USER USER_GROUP USER DEVICE USER MANAGED_IDENTITY USER DEVICE USER ' +
    'SERVICE USER DEVICE USER UNSPECIFIED USER DEVICE USER USER_GROUP USER DEVICE ABSENT'
  ).split(' ') as readonly string[],
} as const;

const kinds = {
  mspUuid: 1,
  customerUuid: 2,
  siteUuid: 3,
  tenantUuid: 4,
  assetGroupUuid: 5,
  subscriptionUuid: 6,
  policyUuid: 7,
} as const;
const subjectKind = 8;
const roleKind = 9;

/** Fields whose places are things of their own; users and devices are subjects. */
export type GroundField = keyof typeof kinds;

export interface MadeUpPlaces {
  readonly customers: number;
  readonly uuidOf: (field: GroundField, index: number) => string;
  /** The scope object that names one place; shared by all who ask. */
  readonly scopeAt: (field: GroundField, index: number) => Scope;
  /** Reference of a made-up subject, which is also the uuid of the user or device that it is. */
  readonly subjectUuid: (index: number) => string;
  readonly subjectIndexOf: (uuid: string) => number | undefined;
  readonly roleUuid: (index: number) => string;
  readonly customerOfSubject: (index: number) => number;
  /** A place's kind and number; users and devices are subjects. Undefined for a place that this world does not have. */
  readonly locate: (place: Place) => { readonly field: GroundField | 'subject'; readonly index: number } | undefined;
  /** The customers that a place belongs to, or undefined for a place that this world does not have. */
  readonly customersOf: (place: Place) => readonly number[] | undefined;
  readonly childrenOf: (place: Place) => readonly Place[];
  readonly parentsOf: (place: Place) => readonly Place[];
}

/** A customer has fewer places of any kind. */
const rememberedPerField = 64;

const range = (start: number, count: number): number[] => Array.from({ length: count }, (_, i) => start + i);

/** What a subject of this position among a customer's staff is as a place, if it is one. */
export const placeFieldOf = (index: number): 'userUuid' | 'deviceUuid' | undefined => {
  const what = shape.staff[(index - shape.seedSubjects) % shape.staff.length];
  return what === 'USER' ? 'userUuid' : what === 'DEVICE' ? 'deviceUuid' : undefined;
};

/** MSPs, their customers, and what is in them, for a world of `size` subjects. */
export const createMadeUpPlaces = (size: number, seed: number): MadeUpPlaces => {
  const names = createUuidNames(seed);
  const staffSize = shape.staff.length;
  const customers = Math.max(2, Math.ceil((size - shape.seedSubjects) / staffSize));
  const counts: Record<GroundField, number> = {
    mspUuid: Math.ceil(customers / shape.customersPerMsp),
    customerUuid: customers,
    siteUuid: customers * shape.sitesPerCustomer,
    tenantUuid: customers,
    assetGroupUuid: customers * shape.assetGroupsPerCustomer,
    subscriptionUuid: customers,
    policyUuid: customers * shape.policiesPerCustomer,
  };

  const uuidOf = (field: GroundField, index: number): string => {
    if (field === 'mspUuid' && index === 0) return seedMsp;
    if (field === 'customerUuid' && index < seedCustomers.length) return seedCustomers[index] as string;
    return names.uuidOf(kinds[field], index);
  };
  const indexOf = (field: GroundField, uuid: string): number | undefined => {
    if (field === 'mspUuid' && uuid === seedMsp) return 0;
    const seedIndex = field === 'customerUuid' ? (seedCustomers as readonly string[]).indexOf(uuid) : -1;
    if (seedIndex !== -1) return seedIndex;
    const named = names.read(uuid);
    if (named?.kind !== kinds[field] || named.index >= counts[field]) return undefined;
    return uuidOf(field, named.index) === uuid ? named.index : undefined;
  };
  const subjectIndexOf = (uuid: string): number | undefined => {
    const named = names.read(uuid);
    const isSubject = named?.kind === subjectKind && named.index >= shape.seedSubjects && named.index < size;
    return isSubject ? named.index : undefined;
  };
  const subjectUuid = (index: number): string => names.uuidOf(subjectKind, index);
  const customerOfSubject = (index: number): number => Math.floor((index - shape.seedSubjects) / staffSize);
  const assetGroupOfSubject = (index: number): number =>
    customerOfSubject(index) * shape.assetGroupsPerCustomer +
    (((index - shape.seedSubjects) % staffSize) % shape.assetGroupsPerCustomer);

  const locate = (place: Place): { field: GroundField | 'subject'; index: number } | undefined => {
    if (Object.hasOwn(kinds, place.field)) {
      const field = place.field as GroundField;
      const index = indexOf(field, place.uuid);
      return index === undefined ? undefined : { field, index };
    }
    const index = subjectIndexOf(place.uuid);
    return index === undefined || placeFieldOf(index) !== place.field ? undefined : { field: 'subject', index };
  };
  const place = (field: GroundField, index: number): Place => ({ field, uuid: uuidOf(field, index) });

  const staffPlacesIn = (assetGroup: number): Place[] => {
    const customer = Math.floor(assetGroup / shape.assetGroupsPerCustomer);
    const start = shape.seedSubjects + customer * staffSize;
    const found: Place[] = [];
    for (let index = start; index < Math.min(start + staffSize, size); index++) {
      const field: ScopeField | undefined = placeFieldOf(index);
      if (field !== undefined && assetGroupOfSubject(index) === assetGroup)
        found.push({ field, uuid: subjectUuid(index) });
    }
    return found;
  };

  // The few places of a customer are named again and again by its staff: the last ones are remembered.
  const remembered: Partial<Record<GroundField, { index: number; scope: Scope }[]>> = {};
  const scopeAt = (field: GroundField, index: number): Scope => {
    const slots = (remembered[field] ??= []);
    const slot = slots[index % rememberedPerField];
    if (slot?.index === index) return slot.scope;
    const scope = { [field]: uuidOf(field, index) };
    slots[index % rememberedPerField] = { index, scope };
    return scope;
  };

  return {
    customers,
    uuidOf,
    scopeAt,
    subjectUuid,
    subjectIndexOf,
    roleUuid: (index) => names.uuidOf(roleKind, index),
    customerOfSubject,
    locate,
    customersOf(where) {
      const at = locate(where);
      if (at === undefined) return undefined;
      if (at.field === 'subject') return [customerOfSubject(at.index)];
      if (at.field !== 'mspUuid') return [Math.floor(at.index / (counts[at.field] / customers))];
      return range(at.index * shape.customersPerMsp, shape.customersPerMsp).filter((customer) => customer < customers);
    },
    childrenOf(where) {
      const at = locate(where);
      if (at === undefined) return [];
      const { index } = at;
      switch (at.field) {
        case 'mspUuid':
          return range(index * shape.customersPerMsp, shape.customersPerMsp)
            .filter((customer) => customer < customers)
            .map((customer) => place('customerUuid', customer));
        case 'customerUuid':
          return [place('siteUuid', 2 * index), place('siteUuid', 2 * index + 1), place('tenantUuid', index)];
        case 'siteUuid': {
          const customer = Math.floor(index / shape.sitesPerCustomer);
          return [place('assetGroupUuid', customer * shape.assetGroupsPerCustomer + (index % shape.sitesPerCustomer))];
        }
        case 'tenantUuid':
          return [place('assetGroupUuid', index * shape.assetGroupsPerCustomer + 2)];
        case 'assetGroupUuid': {
          const customer = Math.floor(index / shape.assetGroupsPerCustomer);
          const nth = index % shape.assetGroupsPerCustomer;
          const bought =
            nth === 2
              ? place('subscriptionUuid', customer)
              : place('policyUuid', customer * shape.policiesPerCustomer + nth);
          return [bought, ...staffPlacesIn(index)];
        }
        default:
          return [];
      }
    },
    parentsOf(where) {
      const at = locate(where);
      if (at === undefined) return [];
      const { index } = at;
      switch (at.field) {
        case 'customerUuid':
          return [place('mspUuid', Math.floor(index / shape.customersPerMsp))];
        case 'siteUuid':
          return [place('customerUuid', Math.floor(index / shape.sitesPerCustomer))];
        case 'tenantUuid':
          return [place('customerUuid', index)];
        case 'assetGroupUuid': {
          const customer = Math.floor(index / shape.assetGroupsPerCustomer);
          const nth = index % shape.assetGroupsPerCustomer;
          return [
            nth === 2 ? place('tenantUuid', customer) : place('siteUuid', customer * shape.sitesPerCustomer + nth),
          ];
        }
        case 'subscriptionUuid':
          return [place('assetGroupUuid', index * shape.assetGroupsPerCustomer + 2)];
        case 'policyUuid': {
          const customer = Math.floor(index / shape.policiesPerCustomer);
          return [
            place('assetGroupUuid', customer * shape.assetGroupsPerCustomer + (index % shape.policiesPerCustomer)),
          ];
        }
        case 'subject':
          return [place('assetGroupUuid', assetGroupOfSubject(index))];
        default:
          return [];
      }
    },
  };
};
