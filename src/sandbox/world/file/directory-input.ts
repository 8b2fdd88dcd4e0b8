import { exactOptional, pipe, rawCheck, transform, unknown, type GenericSchema } from 'valibot';
import type { Device, DeviceGroup } from '../../../wire/devices.ts';
import type { Policy } from '../../../wire/policies.ts';
import type { User } from '../../../wire/users.ts';
import { fields, flag, listOf, someFields, text } from '../../input/input.ts';
import type { WrittenDirectory, WrittenGroup } from './file-directory.ts';

/** Whether there may be fields that nobody documented. */
export type Others = 'refused' | 'allowed';
type FieldKind = 'text' | 'texts' | 'flag' | 'any';

const maxTextLength = 10_000;

const userFields = {
  displayName: 'text',
  primaryEmailAddress: 'text',
  proxyEmailAddresses: 'texts',
  jobTitle: 'text',
  department: 'text',
  userGroupUuids: 'texts',
  protectionStatus: 'text',
  officeLocation: 'text',
  phoneNumbers: 'texts',
  identities: 'any',
  cloudOffice: 'any',
  activeProductIds: 'any',
} as const satisfies Partial<Record<keyof User, FieldKind>>;

const deviceFields = {
  displayName: 'text',
  originalDisplayName: 'text',
  description: 'text',
  deviceType: 'text',
  operatingSystem: 'any',
  lastSyncTime: 'text',
  parentGroupUuid: 'text',
  functionalityStatus: 'text',
  isMobile: 'flag',
  isMuted: 'flag',
  tags: 'texts',
  enrollmentStatus: 'text',
  ownerUuid: 'text',
  deviceToken: 'text',
  hardwareProfiles: 'any',
  activeProducts: 'any',
  deployedComponents: 'any',
  cloningConfiguration: 'any',
  managementDomain: 'text',
  publicIpAddress: 'text',
  primaryLocalIpAddress: 'text',
  functionalityProblemCount: 'any',
  isMaster: 'flag',
  etag: 'text',
} as const satisfies Partial<Record<keyof Device, FieldKind>>;

const groupFields = {
  displayName: 'text',
  parentGroupUuid: 'text',
  isSecurityGroup: 'flag',
  linkedEntityType: 'text',
  etag: 'text',
  devices: 'texts',
} as const satisfies Partial<Record<keyof DeviceGroup | 'devices', FieldKind>>;

const policyFields = {
  displayName: 'text',
  description: 'text',
  builtIn: 'flag',
  features: 'any',
} as const satisfies Partial<Record<keyof Policy, FieldKind>>;

const inputs = {
  text: text(maxTextLength, 0),
  texts: listOf(text(maxTextLength, 0)),
  flag: flag(),
  any: unknown(),
} as const satisfies Record<FieldKind, GenericSchema>;

/**
 * The directory of somebody's own world: users, devices, device groups and policies as upstream writes them. What upstream
 * may leave out may be left out here.
 */
export const writtenDirectory = (others: Others) =>
  pipe(
    fields({
      users: exactOptional(objects(userFields, others), []),
      devices: exactOptional(objects(deviceFields, others), []),
      deviceGroups: exactOptional(objects(groupFields, others), []),
      policies: exactOptional(objects(policyFields, others), []),
    }),
    rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const known = new Set(dataset.value.devices.map(({ uuid }) => uuid));
      for (const [i, group] of dataset.value.deviceGroups.entries()) {
        // Checked by its fields.
        for (const uuid of (group as WrittenDeviceGroup).devices ?? []) {
          if (known.has(uuid)) continue;
          const { value } = dataset;
          addIssue({
            message: `there is no device "${uuid}" in devices`,
            path: [
              { type: 'object', origin: 'value', input: value, key: 'deviceGroups', value: value.deviceGroups },
              { type: 'array', origin: 'value', input: value.deviceGroups, key: i, value: group },
            ],
          });
        }
      }
    }),
    transform(({ users, devices, deviceGroups, policies }): WrittenDirectory => ({
      users,
      devices,
      groups: deviceGroups.map((written): WrittenGroup => {
        const { devices: members = [], ...group } = written as WrittenDeviceGroup;
        return { group, devices: members };
      }),
      policies,
    })),
  );

type WrittenDeviceGroup = DeviceGroup & { readonly devices?: readonly string[] };

/** A list of objects with these fields, each with a uuid of its own. */
const objects = (kinds: Readonly<Record<string, FieldKind>>, others: Others) => {
  const entries = {
    uuid: text(100),
    ...Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, exactOptional(inputs[kind])])),
  };
  const object: GenericSchema<unknown, { readonly uuid: string }> =
    others === 'allowed' ? someFields(entries) : fields(entries);
  return pipe(
    listOf(object),
    rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const seen = new Set<string>();
      for (const [i, item] of dataset.value.entries()) {
        if (seen.has(item.uuid)) {
          addIssue({
            message: `there is a "${item.uuid}" already`,
            path: [{ type: 'array', origin: 'value', input: dataset.value, key: i, value: item }],
          });
        }
        seen.add(item.uuid);
      }
    }),
  );
};
