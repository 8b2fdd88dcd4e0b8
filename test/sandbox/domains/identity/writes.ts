import type { ListRoleAssignmentsResponse, Scope, ScopedRole, SubjectType } from '../../../../src/wire/identity.ts';
import type { Sandbox } from '../../../../src/sandbox/sandbox.ts';
import { list } from '../../client.ts';
import { call, type CallOptions, type DirectoryReply } from '../directory/client.ts';

/** The second subject of ESET's example, and the customer that it may be given roles in. */
export const subject = 'ae9e45d2-9ee6-43e7-9b68-a650d62eeff1';
export const customers = ['30bd93aa-c0ef-4fcf-a73f-ce80610bd161', 'ff572f63-8965-47da-9d9d-cb994dc9da10'] as const;
export const msp = 'af631cc9-3e9f-4fd7-8f29-ed8121b4cf8a';
export const [here, there] = customers.map((customerUuid) => ({ customerUuid })) as [Scope, Scope];

export interface Change {
  readonly roleName?: string;
  readonly scopes?: readonly unknown[];
  readonly subjectReference?: string;
  readonly subjectType?: SubjectType;
}

/** The body of both calls: helpdesk for the example's second subject, unless said otherwise. */
export const bodyOf = ({ roleName = 'helpdesk', scopes, subjectReference = subject, subjectType }: Change): object => ({
  role: { roleName, ...(scopes === undefined ? {} : { scopes }) },
  subjectReference,
  ...(subjectType === undefined ? {} : { subjectType }),
});

const change =
  (verb: string) =>
  (sandbox: Sandbox, wanted: Change, options: CallOptions = {}): Promise<DirectoryReply> =>
    call(sandbox, 'identity', `/v2/role-assignments:${verb}`, { ...options, json: bodyOf(wanted) });

export const assign = change('assignRole');
export const revoke = change('revokeRole');

export const createRole = (sandbox: Sandbox, role: object, options: CallOptions = {}): Promise<DirectoryReply> =>
  call(sandbox, 'identity', '/v2/roles', { ...options, json: { role } });

export const deleteRole = (sandbox: Sandbox, name: string, options: CallOptions = {}): Promise<DirectoryReply> =>
  call(sandbox, 'identity', `/v2/roles/${encodeURIComponent(name)}`, { ...options, method: 'DELETE' });

/** What a subject holds of a role, as a read shows it: a list of scopes for each entry. */
export const holds = async (
  sandbox: Sandbox,
  roleName = 'helpdesk',
  subjectReference: string = subject,
): Promise<(readonly Scope[])[]> => {
  const { page } = await list(sandbox, { subjectReference });
  return rolesOf(page)
    .filter((role) => role.roleName === roleName)
    .map(({ scopes = [] }) => scopes);
};

export const rolesOf = (page: ListRoleAssignmentsResponse): ScopedRole[] =>
  (page.assignments ?? []).flatMap(({ roles = [] }) => roles);

/** How often each request was carried out, for those that were. */
export const executions = (sandbox: Sandbox): (number | undefined)[] =>
  sandbox
    .transcript()
    .filter(({ method }) => method !== 'GET')
    .map((entry) => entry.executions);
