import { describe, expect, it } from 'vitest';
import type { PageToken } from '../../../src/model/page.ts';
import type { RoleChange } from '../../../src/model/role-change.ts';
import { createScope } from '../../../src/model/subject.ts';
import { listDeviceGroups, listGroupMembers } from '../../../src/upstream/endpoints/device-groups.ts';
import { batchGetDevices, getDevice, listDevices } from '../../../src/upstream/endpoints/devices.ts';
import { getPolicy, listPolicies } from '../../../src/upstream/endpoints/policies.ts';
import { assignRole, revokeRole } from '../../../src/upstream/endpoints/role-assignments.ts';
import { createRole, deleteRole } from '../../../src/upstream/endpoints/roles.ts';
import { batchGetUsers, getUser, listUsers } from '../../../src/upstream/endpoints/users.ts';

const everyone = { question: {}, pageSize: 1000 } as const;
const next = { pageToken: 'a b' as PageToken };
const scope = createScope([{ kind: 'ASSET_GROUP', field: 'assetGroupUuid', uuid: 'g' }]);
const change = (of: Partial<RoleChange> = {}): RoleChange => ({
  subjectReference: 'alice',
  rawSubjectType: 'SUBJECT_TYPE_USER',
  roleName: 'security.viewer',
  place: [scope],
  ...of,
});
const role = { name: 'helpdesk', displayName: 'Help desk', description: '', permissionNames: ['Users.Read'] };

describe('a request', () => {
  it.each([
    ['users', listUsers.request(everyone), '/v1/users?pageSize=1000'],
    [
      'members of a user group',
      listUsers.request({ question: { userGroupUuid: 'g/1' }, pageSize: 1, ...next }),
      '/v1/users?pageSize=1&userGroupUuid=g%2F1&pageToken=a%20b',
    ],
    ['a user', getUser.request({ uuid: 'u 1' }), '/v1/users/u%201'],
    ['devices', listDevices.request({ ...everyone, ...next }), '/v1/devices?pageSize=1000&pageToken=a%20b'],
    ['a device', getDevice.request({ uuid: 'd' }), '/v1/devices/d'],
    [
      'some devices',
      batchGetDevices.request({ uuids: ['d', 'e&f'] }),
      '/v1/devices:batchGet?devicesUuids=d&devicesUuids=e%26f',
    ],
    ['device groups', listDeviceGroups.request(everyone), '/v1/device_groups?pageSize=1000'],
    [
      'devices of a group',
      listGroupMembers.request({ question: { groupUuid: 'g', recurseSubgroups: true }, pageSize: 5 }),
      '/v1/device_groups/g/devices?pageSize=5&recurseSubgroups=true',
    ],
    ['policies', listPolicies.request({ question: {}, pageSize: 50 }), '/v2/policies?pageSize=50'],
    ['a policy', getPolicy.request({ uuid: 'p' }), '/v2/policies/p'],
    ['the end of a role', deleteRole.request({ name: 'security.viewer' }), '/v2/roles/security.viewer'],
  ])('for %s has a path and no body', (_what, request, path) => {
    expect(request).toEqual({ path });
  });

  it.each([
    ['some users', batchGetUsers.request({ uuids: ['u', 'v'] }), '/v1/users:batchGetUsers', '{"usersUuids":["u","v"]}'],
    [
      'a role given',
      assignRole.request(change()),
      '/v2/role-assignments:assignRole',
      '{"role":{"roleName":"security.viewer","scopes":[{"assetGroupUuid":"g"}]},"subjectReference":"alice","subjectType":"SUBJECT_TYPE_USER"}',
    ],
    [
      'a role taken everywhere',
      revokeRole.request(change({ place: 'everywhere' })),
      '/v2/role-assignments:revokeRole',
      '{"role":{"roleName":"security.viewer","scopes":[]},"subjectReference":"alice","subjectType":"SUBJECT_TYPE_USER"}',
    ],
    [
      'a role made',
      createRole.request(role),
      '/v2/roles',
      '{"role":{"name":"helpdesk","displayName":"Help desk","description":"","permissionNames":["Users.Read"]}}',
    ],
  ])('for %s has a body of JSON', (_what, request, path, text) => {
    expect(request).toEqual({ path, body: { type: 'application/json', text } });
  });

  it('for a change keeps every field of a composite scope, known or not', () => {
    const odd = createScope([
      { kind: 'SITE', field: 'siteUuid', uuid: 's' },
      { kind: 'UNKNOWN', field: '__proto__', uuid: 'p' },
    ]);
    expect(assignRole.request(change({ place: [odd] })).body?.text).toContain('[{"siteUuid":"s","__proto__":"p"}]');
  });

  it.each([
    ['a change without a place, which upstream takes for everywhere', () => assignRole.request(change({ place: [] }))],
    ['a scope that names nothing', () => assignRole.request(change({ place: [createScope([])] }))],
    [
      'a scope with an empty field',
      () => revokeRole.request(change({ place: [createScope([{ kind: 'SITE', field: 'siteUuid', uuid: '' }])] })),
    ],
    ['a change for nobody', () => assignRole.request(change({ subjectReference: '' }))],
    ['a change of no role', () => revokeRole.request(change({ roleName: '' }))],
    ['half a character', () => assignRole.request(change({ roleName: '\ud800' }))],
    ['a role without a name', () => deleteRole.request({ name: '' })],
    ['a role whose path would be another one', () => deleteRole.request({ name: '..' })],
    ['a role with a slash', () => deleteRole.request({ name: 'a/b' })],
    ['a role with a control character', () => deleteRole.request({ name: 'a\nb' })],
    ['a role that is too long to be deleted', () => createRole.request({ ...role, name: 'x'.repeat(101) })],
    ['a new role with a blank', () => createRole.request({ ...role, name: 'a b' })],
    ['a user without a uuid', () => getUser.request({ uuid: '' })],
    ['a batch of nothing', () => batchGetUsers.request({ uuids: [] })],
    ['too many users', () => batchGetUsers.request({ uuids: Array.from({ length: 1001 }, String) })],
    ['too many devices', () => batchGetDevices.request({ uuids: Array.from({ length: 101 }, String) })],
    ['a page of policies that could be too large', () => listPolicies.request({ question: {}, pageSize: 51 })],
    ['a page of nothing', () => listUsers.request({ question: {}, pageSize: 0 })],
  ])('refuses %s before anything is sent', (_what, request) => {
    expect(request).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT', outcome: 'notSent' }));
  });
});
