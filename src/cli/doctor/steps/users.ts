import { listUsers } from '../../../upstream/endpoints/users.ts';
import { directoryStep } from './directory-step.ts';

/** Whether users have names. Many accounts have none, because the domain comes with a product of its own. */
export const userSteps = [
  directoryStep({
    name: 'users may be read',
    endpoint: listUsers,
    address: 'usersUrl',
    variable: 'ROLESCOPE_USERS_URL',
    missing: 'names and mail addresses of users, members of user groups, and search by mail',
    right: 'Its permission set needs the functionality to read users.',
    product: 'ESET Cloud Office Security',
    absentIn: ['jpn'],
  }),
];
