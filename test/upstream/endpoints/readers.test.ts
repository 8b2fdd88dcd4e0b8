import { describe, expect, it } from 'vitest';
import { listDeviceGroups, listGroupMembers } from '../../../src/upstream/endpoints/device-groups.ts';
import { batchGetDevices, getDevice, listDevices } from '../../../src/upstream/endpoints/devices.ts';
import { getPolicy, listPolicies } from '../../../src/upstream/endpoints/policies.ts';
import { assignRole } from '../../../src/upstream/endpoints/role-assignments.ts';
import { createRole } from '../../../src/upstream/endpoints/roles.ts';
import { refreshGrant } from '../../../src/upstream/endpoints/tokens.ts';
import { batchGetUsers, getUser, listUsers } from '../../../src/upstream/endpoints/users.ts';
import { InvalidBodyError } from '../../../src/upstream/errors.ts';
import { atOnce } from '../../support/at-once.ts';

const user = {
  uuid: 'u',
  displayName: 'Alice',
  primaryEmailAddress: 'alice@example.com',
  proxyEmailAddresses: ['a@example.com', ''],
  jobTitle: '',
  department: null,
  userGroupUuids: ['g'],
  protectionStatus: 'PROTECTION_STATUS_FULLY_PROTECTED',
  officeLocation: 'CANARY-office',
  phoneNumbers: ['CANARY-phone'],
  identities: [{ userName: 'CANARY-login' }],
  cloudOffice: { tenantReference: 'CANARY-tenant' },
};
const readUser = {
  uuid: 'u',
  displayName: 'Alice',
  email: 'alice@example.com',
  otherEmails: ['a@example.com'],
  jobTitle: null,
  department: null,
  userGroupUuids: ['g'],
  protectionStatus: 'FULLY_PROTECTED',
};
const device = {
  uuid: 'd',
  displayName: 'laptop',
  deviceType: 'DEVICE_TYPE_NOTEBOOK',
  operatingSystem: { displayName: 'Windows 11', familyId: 'CANARY-family' },
  lastSyncTime: '2026-01-01T00:00:00Z',
  parentGroupUuid: 'g',
  functionalityStatus: 'SOMETHING_NEW',
  isMobile: true,
  tags: ['t'],
  deviceToken: 'CANARY-token',
  hardwareProfiles: [{ salt: 'CANARY-salt' }],
};
const readDevice = {
  uuid: 'd',
  displayName: 'laptop',
  deviceType: 'NOTEBOOK',
  operatingSystem: 'Windows 11',
  lastSyncTime: '2026-01-01T00:00:00Z',
  functionalityStatus: 'SOMETHING_NEW',
  isMobile: true,
  parentGroupUuid: 'g',
  tags: ['t'],
};
const policy = { uuid: 'p', displayName: 'Strict', builtIn: true, features: [{ configuration: 'CANARY-config' }] };
const readPolicy = { uuid: 'p', displayName: 'Strict', description: null, isBuiltIn: true };

describe('a reader', () => {
  it.each([
    ['a page of users', listUsers, { users: [user], totalSize: '7' }, { items: [readUser], totalSize: 7 }],
    ['a user', getUser, { user }, readUser],
    ['a batch of users', batchGetUsers, { users: [user] }, [readUser]],
    [
      'a page of devices',
      listDevices,
      { devices: [device], nextPageToken: 'n' },
      { items: [readDevice], nextPageToken: 'n' },
    ],
    ['a device', getDevice, { device }, readDevice],
    ['a batch of devices', batchGetDevices, { devices: [device] }, [readDevice]],
    ['a page of policies', listPolicies, { policies: [policy] }, { items: [readPolicy] }],
    ['a policy', getPolicy, { policy }, readPolicy],
    [
      'devices of a group',
      listGroupMembers,
      { devices: [{ uuid: 'd', displayName: 'laptop', groupUuid: 'g', new: 'CANARY-new' }], totalSize: 2 },
      { items: [{ uuid: 'd', displayName: 'laptop', groupUuid: 'g' }], totalSize: 2 },
    ],
    ['a change', assignRole, { new: 'CANARY-new' }, undefined],
    [
      'a role that was made',
      createRole,
      { role: { name: 'n', displayName: 'N', permissionNames: ['p.Read'], etag: 'CANARY-etag' } },
      { name: 'n', displayName: 'N', description: '', permissionNames: ['p.Read'] },
    ],
  ] as const)('keeps of %s what the graph serves and nothing else', (_what, { read }, body, value) => {
    const kept = read(body);
    expect(kept).toEqual(value);
    expect(JSON.stringify(kept) ?? '').not.toContain('CANARY-');
  });

  it.each([
    ['COMPANY', 'CUSTOMER'],
    ['CUSTOMER', 'CUSTOMER'],
    ['MSP', 'MSP'],
    ['SITE', 'SITE'],
    ['HOUSEHOLD', 'UNKNOWN'],
    ['EXTERNAL_CONTAINER', 'UNKNOWN'],
    ['UNSPECIFIED', null],
    ['constructor', 'UNKNOWN'],
  ])('takes a group linked to %s for %s', (type, linkedTo) => {
    const linkedEntityType = `DEVICE_GROUP_ENTITY_TYPE_${type}`;
    const body = { deviceGroups: [{ uuid: 'g', isSecurityGroup: true, parentGroupUuid: '', linkedEntityType }] };
    expect(atOnce(listDeviceGroups.read(body)).items).toEqual([
      { uuid: 'g', displayName: null, parentUuid: null, isStatic: true, linkedTo },
    ]);
  });

  it.each([listUsers, listDevices, listDeviceGroups, listPolicies])(
    'of $name takes {} for an empty last page',
    ({ read }) => {
      expect(read({})).toEqual({ items: [] });
    },
  );

  it.each([
    ['an error instead of a page', () => listUsers.read({ code: 13, message: 'internal' })],
    ['an error instead of a batch', () => batchGetUsers.read({ code: 13, message: 'internal' })],
    ['no user', () => getUser.read({})],
    ['a user that is a text', () => listUsers.read({ users: ['u'] })],
    ['a name that is a number', () => getUser.read({ user: { uuid: 'u', displayName: 7 } })],
    ['a flag that is a text', () => getDevice.read({ device: { uuid: 'd', isMobile: 'yes' } })],
    ['a list instead of a policy', () => getPolicy.read({ policy: [] })],
    ['a text instead of an answer to a change', () => assignRole.read('done')],
    [
      'a token that is no bearer token',
      () => refreshGrant.read({ access_token: 'a', token_type: 'mac', expires_in: 1 }),
    ],
  ])('refuses %s', (_what, read) => {
    expect(read).toThrow(InvalidBodyError);
  });
});
