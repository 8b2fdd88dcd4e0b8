import type { RoleChange } from '../../src/model/role-change.ts';
import type { EndpointFacts } from '../../src/upstream/endpoint.ts';
import { listDeviceGroups, listGroupMembers } from '../../src/upstream/endpoints/device-groups.ts';
import { batchGetDevices, getDevice, listDevices } from '../../src/upstream/endpoints/devices.ts';
import { listPermissions } from '../../src/upstream/endpoints/permissions.ts';
import { getPolicy, listPolicies } from '../../src/upstream/endpoints/policies.ts';
import { assignRole, listRoleAssignments, revokeRole } from '../../src/upstream/endpoints/role-assignments.ts';
import { createRole, deleteRole } from '../../src/upstream/endpoints/roles.ts';
import { batchGetUsers, getUser, listUsers } from '../../src/upstream/endpoints/users.ts';
import type { Harness } from './harness.ts';

/** A call of an endpoint, with an input that the sandbox knows. */
export interface AnyCall {
  readonly endpoint: EndpointFacts;
  readonly kind: 'read' | 'batch read' | 'write';
  call(harness: Harness, known: Known): Promise<unknown>;
}

/** What there is in the sandbox. */
export interface Known {
  readonly user: string;
  readonly device: string;
  readonly group: string;
  readonly policy: string;
  readonly change: RoleChange;
}

const page = { question: {}, pageSize: 3 } as const;

/** Looks around in a sandbox. */
export const look = async ({ upstream, operation, clock }: Harness): Promise<Known> => {
  const ask = operation();
  const [users, devices, groups, policies, assignments] = await clock.run(
    Promise.all([
      upstream.call(listUsers, page, ask),
      upstream.call(listDevices, page, ask),
      upstream.call(listDeviceGroups, page, ask),
      upstream.call(listPolicies, page, ask),
      upstream.call(listRoleAssignments, { question: { includeNestedScopes: false }, pageSize: 100 }, ask),
    ]),
  );
  const [user, device, group, policy] = [users, devices, groups, policies].map(({ value }) => value.items[0]?.uuid);
  const scoped = assignments.value.items.flatMap(({ roles }) => roles).find(({ scopes }) => scopes.length > 0);
  if (user === undefined || device === undefined || group === undefined || policy === undefined || !scoped) {
    throw new Error('the sandbox lacks something');
  }
  const { subject, name: roleName, scopes } = scoped;
  const change = {
    subjectReference: subject.reference,
    rawSubjectType: subject.rawType,
    roleName,
    place: scopes.slice(0, 1),
  };
  return { user, device, group, policy, change };
};

let created = 0;

/** Makes a role with a name of its own, which `deleteRole` then takes. */
export const createSomeRole: AnyCall = {
  endpoint: createRole,
  kind: 'write',
  call: ({ upstream, operation }) =>
    upstream.call(
      createRole,
      { name: `role-${++created}`, displayName: 'Role', description: '', permissionNames: [] },
      operation(),
    ),
};

/** Every endpoint that takes a caller's credential, each once. */
export const everyCall: readonly AnyCall[] = [
  {
    endpoint: listRoleAssignments,
    kind: 'read',
    call: ({ upstream, operation }) =>
      upstream.call(listRoleAssignments, { question: { includeNestedScopes: false }, pageSize: 3 }, operation()),
  },
  {
    endpoint: listUsers,
    kind: 'read',
    call: ({ upstream, operation }) => upstream.call(listUsers, page, operation()),
  },
  {
    endpoint: getUser,
    kind: 'read',
    call: ({ upstream, operation }, { user }) => upstream.call(getUser, { uuid: user }, operation()),
  },
  {
    endpoint: batchGetUsers,
    kind: 'batch read',
    call: ({ upstream, operation }, { user }) => upstream.call(batchGetUsers, { uuids: [user] }, operation()),
  },
  {
    endpoint: listDevices,
    kind: 'read',
    call: ({ upstream, operation }) => upstream.call(listDevices, page, operation()),
  },
  {
    endpoint: getDevice,
    kind: 'read',
    call: ({ upstream, operation }, { device }) => upstream.call(getDevice, { uuid: device }, operation()),
  },
  {
    endpoint: batchGetDevices,
    kind: 'batch read',
    call: ({ upstream, operation }, { device }) => upstream.call(batchGetDevices, { uuids: [device] }, operation()),
  },
  {
    endpoint: listDeviceGroups,
    kind: 'read',
    call: ({ upstream, operation }) => upstream.call(listDeviceGroups, page, operation()),
  },
  {
    endpoint: listGroupMembers,
    kind: 'read',
    call: ({ upstream, operation }, { group }) =>
      upstream.call(
        listGroupMembers,
        { question: { groupUuid: group, recurseSubgroups: false }, pageSize: 3 },
        operation(),
      ),
  },
  {
    endpoint: listPolicies,
    kind: 'read',
    call: ({ upstream, operation }) => upstream.call(listPolicies, page, operation()),
  },
  {
    endpoint: getPolicy,
    kind: 'read',
    call: ({ upstream, operation }, { policy }) => upstream.call(getPolicy, { uuid: policy }, operation()),
  },
  {
    endpoint: listPermissions,
    kind: 'read',
    call: ({ upstream, operation }) => upstream.call(listPermissions, page, operation()),
  },
  {
    endpoint: assignRole,
    kind: 'write',
    call: ({ upstream, operation }, { change }) => upstream.call(assignRole, change, operation()),
  },
  {
    endpoint: revokeRole,
    kind: 'write',
    call: ({ upstream, operation }, { change }) => upstream.call(revokeRole, change, operation()),
  },
  createSomeRole,
  {
    endpoint: deleteRole,
    kind: 'write',
    call: ({ upstream, operation }) => upstream.call(deleteRole, { name: `role-${created}` }, operation()),
  },
];
