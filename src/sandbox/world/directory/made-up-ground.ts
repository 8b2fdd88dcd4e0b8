import { placeFieldOf, shape, type MadeUpPlaces } from '../made-up-places.ts';
import type { Place } from '../world.ts';

/**
 * Where the directory's objects lie among the places of role assignments, in numbers alone: an account of a million subjects
 * has as many objects, and all of them are looked at when somebody sees only a part.
 */

/** How many objects a customer has, beside what `shape` says. */
export const perCustomer = {
  /** Twelve users who hold roles and four who hold none. */
  users: 16,
  /** Six devices that hold roles or are scopes, and ten others. */
  devices: 16,
  policies: shape.policiesPerCustomer,
} as const;

const positionsOf = (field: 'userUuid' | 'deviceUuid'): readonly number[] =>
  shape.staff.map((_, i) => i).filter((i) => placeFieldOf(shape.seedSubjects + i) === field);
const positions = { users: positionsOf('userUuid'), devices: positionsOf('deviceUuid') } as const;

/** How many of a customer's users or devices are subjects of assignments. They have the customer's first slots. */
const staffCount = { users: positions.users.length, devices: positions.devices.length } as const;

/** What a user's or device's slot stands for. */
interface Staff {
  readonly customer: number;
  /** Which of the customer's users or devices. */
  readonly nth: number;
  /** The entry of the assignments, or undefined for one that holds no roles. */
  readonly subject: number | undefined;
  /** Counts those that are subjects, or those that are not, across customers. */
  readonly ordinal: number;
}

/** Reads a user's or device's slot. */
export const staffAt = (kind: 'users' | 'devices', slot: number): Staff => {
  const customer = Math.floor(slot / perCustomer[kind]);
  const nth = slot % perCustomer[kind];
  const subjects = staffCount[kind];
  return nth < subjects
    ? {
        customer,
        nth,
        subject: shape.seedSubjects + customer * shape.staff.length + (positions[kind][nth] as number),
        ordinal: customer * subjects + nth,
      }
    : { customer, nth, subject: undefined, ordinal: customer * (perCustomer[kind] - subjects) + nth - subjects };
};

/** The slot of the user or device that is this entry of the assignments. */
export const slotOfSubject = (kind: 'users' | 'devices', index: number): number | undefined => {
  const inStaff = (index - shape.seedSubjects) % shape.staff.length;
  const nth = positions[kind].indexOf(inStaff);
  if (nth === -1) return undefined;
  return Math.floor((index - shape.seedSubjects) / shape.staff.length) * perCustomer[kind] + nth;
};

/** The slot of the nth one, across customers, who holds no roles. */
export const slotOfExtra = (kind: 'users' | 'devices', ordinal: number): number => {
  const extras = perCustomer[kind] - staffCount[kind];
  return Math.floor(ordinal / extras) * perCustomer[kind] + staffCount[kind] + (ordinal % extras);
};

/** The asset group, by its number, in which a user or device lies; assignments nest a subject in the same one. */
export const assetGroupOf = (kind: 'users' | 'devices', slot: number): number => {
  const customer = Math.floor(slot / perCustomer[kind]);
  const nth = slot % perCustomer[kind];
  return (
    customer * shape.assetGroupsPerCustomer +
    ((nth < staffCount[kind] ? (positions[kind][nth] as number) : nth) % shape.assetGroupsPerCustomer)
  );
};

/** Places by their numbers, and whether something lies at or below one of them. */
interface Covered {
  readonly msp: (index: number) => boolean;
  readonly customer: (index: number) => boolean;
  readonly site: (index: number) => boolean;
  readonly assetGroup: (index: number) => boolean;
  /** The user, device or policy itself: the entry's number for the first two. */
  readonly itself: (field: 'userUuid' | 'deviceUuid' | 'policyUuid', index: number | undefined) => boolean;
}

/** Reads places once, so that looking at an object costs a few lookups of numbers. */
export const createCovered = (world: MadeUpPlaces, places: readonly Place[]): Covered => {
  const byField = new Map<string, Set<number>>();
  for (const place of places) {
    const at = world.locate(place);
    if (at === undefined) continue;
    const indices = byField.get(place.field) ?? new Set();
    byField.set(place.field, indices.add(at.index));
  }
  const has = (field: string, index: number): boolean => byField.get(field)?.has(index) === true;
  const msp = (index: number): boolean => has('mspUuid', index);
  const customer = (index: number): boolean =>
    has('customerUuid', index) || msp(Math.floor(index / shape.customersPerMsp));
  const site = (index: number): boolean =>
    has('siteUuid', index) || customer(Math.floor(index / shape.sitesPerCustomer));
  return {
    msp,
    customer,
    site,
    assetGroup(index) {
      if (has('assetGroupUuid', index)) return true;
      const owner = Math.floor(index / shape.assetGroupsPerCustomer);
      const nth = index % shape.assetGroupsPerCustomer;
      return nth < shape.sitesPerCustomer
        ? site(owner * shape.sitesPerCustomer + nth)
        : has('tenantUuid', owner) || customer(owner);
    },
    itself: (field, index) => index !== undefined && has(field, index),
  };
};
