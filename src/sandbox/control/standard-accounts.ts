import { uuidFrom, type AccountsSeed, type User } from '../core/credentials/accounts.ts';
import { seedCustomers, seedSubjects } from '../world/seed-subjects.ts';

/** A user that everybody may know: obviously not anybody's. */
export interface SandboxUser {
  readonly name: string;
  readonly password: string;
  /** What to expect of it. */
  readonly description: string;
}

/** The users of a made-up world, the administrator first. */
export const standardUsers: readonly SandboxUser[] = [
  {
    name: 'administrator@sandbox.example',
    password: 'sandbox-administrator',
    description: 'API user, Integrations on, a permission set over all static groups: sees everything',
  },
  {
    name: 'customer@sandbox.example',
    password: 'sandbox-customer',
    description: `API user, Integrations on, a permission set over customer ${seedCustomers[0]}: sees what lies there`,
  },
  {
    name: 'no-integrations@sandbox.example',
    password: 'sandbox-no-integrations',
    description: 'API user, Integrations off: logs in, every call is refused with 403',
  },
  {
    name: 'invited@sandbox.example',
    password: 'sandbox-invited',
    description: 'API user that has not accepted its invitation: cannot log in',
  },
  {
    name: 'superuser@sandbox.example',
    password: 'sandbox-superuser',
    description: 'Superuser: makes users over the control interface; logs in, every call is refused with 403',
  },
];

const changes: Record<string, Partial<User>> = {
  // These two are the subjects of ESET's example, so that asking who one is oneself has an answer.
  'administrator@sandbox.example': { reference: seedSubjects[0]?.subjectReference ?? '' },
  'customer@sandbox.example': {
    reference: seedSubjects[1]?.subjectReference ?? '',
    permissionSets: ['one customer'],
  },
  'no-integrations@sandbox.example': { integrations: false },
  'invited@sandbox.example': { password: undefined },
  'superuser@sandbox.example': { isSuperuser: true, integrations: false, permissionSets: [] },
};

/** The account of a made-up world. */
export const standardAccounts: AccountsSeed = {
  users: standardUsers.map(({ name, password }) => ({
    name,
    password,
    reference: uuidFrom(`standard user ${name}`),
    isSuperuser: false,
    integrations: true,
    permissionSets: ['all static groups'],
    ...changes[name],
  })),
  permissionSets: [
    { name: 'all static groups', staticGroups: 'all', functionality: ['all'] },
    {
      name: 'one customer',
      staticGroups: [{ customerUuid: seedCustomers[0] }],
      functionality: ['role-assignments.read', 'permissions.read', 'users.read', 'devices.read', 'policies.read'],
    },
  ],
};
