import { uuidFrom, type AccountsSeed, type Functionality, type User } from '../core/credentials/accounts.ts';
import { seedCustomers, seedSubjects } from '../world/seed-subjects.ts';

/** A user that everybody may know: obviously not anybody's. */
export interface SandboxUser {
  readonly name: string;
  readonly password: string;
  /** What to expect of it. */
  readonly description: string;
}

interface StandardUser {
  /** The name before the `@`, and in the password. */
  readonly who: string;
  readonly description: string;
  /** What is not as with most: accepted, Integrations on, a set over all static groups. */
  readonly facts?: Partial<User>;
}

const reading: readonly Functionality[] = [
  'role-assignments.read',
  'permissions.read',
  'users.read',
  'devices.read',
  'policies.read',
];
const without = (name: Functionality): readonly Functionality[] => reading.filter((other) => other !== name);
const oneCustomer = [{ customerUuid: seedCustomers[0] }];

const permissionSets: AccountsSeed['permissionSets'] = [
  { name: 'all static groups', staticGroups: 'all', functionality: ['all'] },
  { name: 'one customer', staticGroups: oneCustomer, functionality: reading },
  { name: 'reading', staticGroups: 'all', functionality: reading },
  {
    name: 'writing in one customer',
    staticGroups: oneCustomer,
    functionality: [...reading, 'role-assignments.write'],
  },
  { name: 'making roles', staticGroups: 'all', functionality: [...reading, 'roles.write'] },
  { name: 'without users', staticGroups: 'all', functionality: without('users.read') },
  { name: 'without devices', staticGroups: 'all', functionality: without('devices.read') },
];

/** The first two are the subjects of ESET's example, so that asking who one is oneself has an answer. */
const users: readonly StandardUser[] = [
  {
    who: 'administrator',
    description: 'API user, Integrations on, a permission set over all static groups: sees and changes everything',
    facts: { reference: seedSubjects[0]?.subjectReference ?? '' },
  },
  {
    who: 'customer',
    description: `API user, Integrations on, a permission set over customer ${seedCustomers[0]}: sees what lies there`,
    facts: { reference: seedSubjects[1]?.subjectReference ?? '', permissionSets: ['one customer'] },
  },
  {
    who: 'no-integrations',
    description: 'API user, Integrations off: logs in, every call is refused with 403',
    facts: { integrations: false },
  },
  {
    who: 'invited',
    description: 'API user that has not accepted its invitation: cannot log in',
    facts: { password: undefined },
  },
  {
    who: 'superuser',
    description: 'Superuser: makes users over the control interface; logs in, every call is refused with 403',
    facts: { isSuperuser: true, integrations: false, permissionSets: [] },
  },
  {
    who: 'reader',
    description: 'API user that sees everything and changes nothing',
    facts: { permissionSets: ['reading'] },
  },
  {
    who: 'customer-writer',
    description: `API user that sees customer ${seedCustomers[0]}, and assigns and revokes roles there`,
    facts: { permissionSets: ['writing in one customer'] },
  },
  {
    who: 'role-maker',
    description: 'API user that sees everything, creates and deletes roles, and assigns none',
    facts: { permissionSets: ['making roles'] },
  },
  {
    who: 'no-users',
    description: 'API user that sees everything but users',
    facts: { permissionSets: ['without users'] },
  },
  {
    who: 'no-devices',
    description: 'API user that sees everything but devices, device groups and their members',
    facts: { permissionSets: ['without devices'] },
  },
];

/** The users of a made-up world, the administrator first. */
export const standardUsers: readonly SandboxUser[] = users.map(({ who, description }) => ({
  name: `${who}@sandbox.example`,
  password: `sandbox-${who}`,
  description,
}));

/** The account of a made-up world. */
export const standardAccounts: AccountsSeed = {
  users: users.map(({ who, facts }) => ({
    name: `${who}@sandbox.example`,
    password: `sandbox-${who}`,
    reference: uuidFrom(`standard user ${who}@sandbox.example`),
    isSuperuser: false,
    integrations: true,
    permissionSets: ['all static groups'],
    ...facts,
  })),
  permissionSets,
};
