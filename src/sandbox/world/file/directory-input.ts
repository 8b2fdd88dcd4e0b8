import type { Device, DeviceGroup } from '../../../wire/devices.ts';
import type { Policy } from '../../../wire/policies.ts';
import type { User } from '../../../wire/users.ts';
import type { Input } from '../../control/input.ts';
import type { WrittenDirectory, WrittenGroup } from './file-directory.ts';

type Others = 'refused' | 'allowed';
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

/**
 * Reads the directory of somebody's own world: users, devices, device groups and policies as upstream writes them. Writes
 * every mistake down with its place.
 */
export const readDirectory = (input: Input, others: Others): WrittenDirectory => {
  const lists = input.fields(['users', 'devices', 'deviceGroups', 'policies']);
  const itemsOf = (list: Input): Input[] => list.optional((given) => given.items()) ?? [];
  const devices = readObjects(itemsOf(lists.devices), deviceFields, others) as readonly Device[];
  const groups = itemsOf(lists.deviceGroups);
  readObjects(groups, groupFields, others);
  const known = new Set(devices.map(({ uuid }) => uuid));
  const readGroup = (item: Input): WrittenGroup => {
    const written = (item.value ?? {}) as DeviceGroup & { readonly devices?: readonly string[] };
    const { devices: members = [], ...group } = written;
    for (const uuid of Array.isArray(members) ? members : []) {
      if (!known.has(uuid)) item.problem(`there is no device "${String(uuid)}" in devices`);
    }
    return { group, devices: members };
  };
  return {
    users: readObjects(itemsOf(lists.users), userFields, others) as readonly User[],
    devices,
    groups: groups.map(readGroup),
    policies: readObjects(itemsOf(lists.policies), policyFields, others) as readonly Policy[],
  };
};

/** Checks a list of objects and answers it as it was written: what upstream may leave out may be left out here. */
const readObjects = (
  items: readonly Input[],
  fields: Readonly<Record<string, FieldKind>>,
  others: Others,
): readonly unknown[] => {
  const seen = new Set<string>();
  return items.map((item) => {
    const { uuid, ...rest } = item.fields(['uuid', ...Object.keys(fields)], others);
    const name = uuid?.text(100) ?? '';
    if (name !== '' && seen.has(name)) item.problem(`there is a "${name}" already`);
    seen.add(name);
    for (const [field, value] of Object.entries(rest)) value.optional((given) => readField(given, fields[field]));
    return item.value;
  });
};

const readField = (input: Input, kind: FieldKind | undefined): void => {
  if (kind === 'text') input.text(maxTextLength, 0);
  if (kind === 'flag') input.flag();
  if (kind === 'texts') for (const item of input.items()) item.text(maxTextLength, 0);
};
