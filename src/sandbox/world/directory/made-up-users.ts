import type { User } from '../../../wire/users.ts';
import { mix } from '../../core/prng.ts';
import type { MadeUpPlaces } from '../made-up-places.ts';
import type { UuidNames } from '../uuid-names.ts';
import { canary, unknownField } from '../../core/http/canary.ts';
import type { DirectoryReadings, Objects } from './directory.ts';
import { perCustomer, staffAt } from './made-up-ground.ts';
import { department, jobTitle, mailAddress, personName } from './made-up-names.ts';
import { createMadeUpSlots } from './made-up-slots.ts';

/** What the made-up part of a directory is made from. */
export interface MadeUpParts {
  readonly seed: number;
  /** How many entries the assignments have. */
  readonly size: number;
  readonly places: MadeUpPlaces;
  readonly names: UuidNames;
  readonly readings: DirectoryReadings;
}

/** Every so many, and which of them. Of role holders, where it says so. */
export const userOddities = {
  /** Role holders without an object. */
  missing: { every: 20, at: 3 },
  /** Role holders who are deleted while the sandbox runs, once it is told so. */
  leaving: { every: 40, at: 11 },
  withoutName: { every: 30, at: 8 },
  withoutMail: { every: 40, at: 21 },
  withProxies: { every: 25, at: 14 },
  /** Users whose own list of groups lags behind the groups' lists of users. */
  lagging: { every: 25, at: 6 },
} as const;

/** Whether an index is one of every so many. */
export const isOneOf = (oddity: { readonly every: number; readonly at: number }, index: number): boolean =>
  index % oddity.every === oddity.at;

const protection = [
  'UNPROTECTED',
  'PENDING',
  'PARTIALLY_PROTECTED',
  'FULLY_PROTECTED',
  'FULLY_PROTECTED',
  'UNSPECIFIED',
];

/** Whether a user's slot is filled. */
export const isUserThere =
  ({ size, readings }: MadeUpParts) =>
  (slot: number): boolean => {
    const { subject, ordinal } = staffAt('users', slot);
    if (subject === undefined) return true;
    if (subject >= size || isOneOf(userOddities.missing, ordinal)) return false;
    return !readings.partialUsers || ordinal % 2 === 0;
  };

/** The users: those of the assignments, but for the missing ones, and some who hold no roles. */
export const createMadeUpUsers = (parts: MadeUpParts, groupsOf: (slot: number) => readonly string[]): Objects<User> => {
  const { seed } = parts;
  const slots = createMadeUpSlots('users', parts, isUserThere(parts));

  const mailOf = (slot: number): string => mailAddress(seed, slot, Math.floor(slot / perCustomer.users));

  const comparedAt = (slot: number): User => {
    // Somebody else's primary address, in other case: who compares addresses without case finds two people.
    const neighbour = slot % perCustomer.users === 0 ? slot + 1 : slot - 1;
    return {
      displayName: isOneOf(userOddities.withoutName, slot) ? '' : personName(seed, slot),
      ...(isOneOf(userOddities.withoutMail, slot) ? {} : { primaryEmailAddress: mailOf(slot) }),
      ...(isOneOf(userOddities.withProxies, slot)
        ? { proxyEmailAddresses: [`alias.${slot}@mail.example`, mailOf(neighbour).toUpperCase()] }
        : {}),
      protectionStatus: `PROTECTION_STATUS_${protection[mix(seed, slot) % protection.length] as string}`,
      cloudOffice: {
        hasMsLicense: slot % 3 !== 0,
        tenantReference: canary('users', 'tenantReference', slots.uuidAt(slot)),
      },
    };
  };

  return {
    ...slots,
    comparedAt,
    at(slot) {
      const uuid = slots.uuidAt(slot);
      const mark = (field: string): string => canary('users', field, uuid);
      const title = jobTitle(seed, slot);
      return {
        uuid,
        ...comparedAt(slot),
        ...(title === '' ? {} : { jobTitle: title }),
        department: department(seed, slot),
        userGroupUuids: groupsOf(slot),
        officeLocation: mark('officeLocation'),
        phoneNumbers: [mark('phoneNumbers')],
        identities: [
          {
            createTime: '2025-02-03T04:05:06Z',
            updateTime: '2026-02-03T04:05:06Z',
            providerReference: mark('providerReference'),
            providerReferenceFormat: 'IDENTITY_REFERENCE_FORMAT_EMAIL_ADDRES',
            providerType: 'IDENTITY_PROVIDER_TYPE_MICROSOFT',
            userName: mark('userName'),
          },
        ],
        activeProductIds: [slot % 2 === 0 ? '171' : 171],
        ...unknownField('users', uuid),
      };
    },
  };
};
