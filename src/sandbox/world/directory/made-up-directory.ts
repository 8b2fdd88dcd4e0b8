import { createMadeUpPlaces, shape } from '../made-up-places.ts';
import { createUuidNames } from '../uuid-names.ts';
import type { Directory, DirectoryReadings } from './directory.ts';
import { createMadeUpDevices } from './made-up-devices.ts';
import { assetGroupOf, createCovered, staffAt } from './made-up-ground.ts';
import { createMadeUpGroups } from './made-up-groups.ts';
import { createMadeUpPolicies, policyOfSlot } from './made-up-policies.ts';
import { createMadeUpUserGroups } from './made-up-user-groups.ts';
import { createMadeUpUsers, isOneOf, isUserThere, userOddities } from './made-up-users.ts';

/**
 * The directory that belongs to the made-up assignments of this size and seed. Nothing is kept: an object is made when it
 * is asked for, the same every time.
 */
export const createMadeUpDirectory = (size: number, seed: number, readings: DirectoryReadings): Directory => {
  const places = createMadeUpPlaces(size, seed);
  const parts = { seed, size, places, names: createUuidNames(seed), readings };
  const userGroups = createMadeUpUserGroups(parts, isUserThere(parts));
  const groups = createMadeUpGroups(parts);
  const devices = createMadeUpDevices(parts, groups);

  return {
    users: createMadeUpUsers(parts, userGroups.groupsOf),
    devices,
    groups,
    policies: createMadeUpPolicies(parts),
    usersInGroup: userGroups.usersIn,
    isLeaving(slot) {
      const { subject, ordinal } = staffAt('users', slot);
      return subject !== undefined && isOneOf(userOddities.leaving, ordinal);
    },
    parentOf: groups.parentOf,
    membersOf: devices.membersOf,
    within(where) {
      const covered = createCovered(places, where);
      return {
        users: (slot) =>
          covered.assetGroup(assetGroupOf('users', slot)) || covered.itself('userUuid', staffAt('users', slot).subject),
        devices: (slot) =>
          covered.assetGroup(assetGroupOf('devices', slot)) ||
          covered.itself('deviceUuid', staffAt('devices', slot).subject),
        groups(slot) {
          const { kind, index } = groups.what(slot);
          switch (kind) {
            case 'msp':
              return covered.msp(index);
            case 'company':
            case 'dynamic':
              return covered.customer(index);
            case 'site':
              return covered.site(index);
            case 'static':
              return covered.assetGroup(index);
            default:
              return false;
          }
        },
        policies(slot) {
          const policy = policyOfSlot(slot);
          // What came with the product lies nowhere, and everybody who may read policies sees it.
          if (policy === undefined) return true;
          const customer = Math.floor(policy / shape.policiesPerCustomer);
          const nth = policy % shape.policiesPerCustomer;
          return (
            covered.assetGroup(customer * shape.assetGroupsPerCustomer + nth) || covered.itself('policyUuid', policy)
          );
        },
      };
    },
  };
};
