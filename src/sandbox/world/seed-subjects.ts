import type { RoleAssignment } from '../../wire/identity.ts';

/** The MSP and the two customers that ESET's example speaks of. */
export const seedMsp = 'af631cc9-3e9f-4fd7-8f29-ed8121b4cf8a';
export const seedCustomers = ['30bd93aa-c0ef-4fcf-a73f-ce80610bd161', 'ff572f63-8965-47da-9d9d-cb994dc9da10'] as const;

/** The example that ESET's page for `GET /v2/role-assignments` gives, as written there: without subject types. */
export const seedSubjects: readonly RoleAssignment[] = [
  {
    subjectReference: '286f5456-a0ac-4e8a-8508-5c2224b47ae6',
    roles: [
      {
        roleName: 'admin',
        scopes: [
          { mspUuid: 'af631cc9-3e9f-4fd7-8f29-ed8121b4cf8a' },
          { customerUuid: '30bd93aa-c0ef-4fcf-a73f-ce80610bd161' },
        ],
      },
      { roleName: 'auditor', scopes: [{ mspUuid: '30bd93aa-c0ef-4fcf-a73f-ce80610bd161' }] },
    ],
  },
  {
    subjectReference: 'ae9e45d2-9ee6-43e7-9b68-a650d62eeff1',
    roles: [
      {
        roleName: 'admin',
        scopes: [
          { mspUuid: 'af631cc9-3e9f-4fd7-8f29-ed8121b4cf8a' },
          { customerUuid: 'ff572f63-8965-47da-9d9d-cb994dc9da10' },
        ],
      },
      {
        roleName: 'auditor',
        scopes: [
          { mspUuid: 'af631cc9-3e9f-4fd7-8f29-ed8121b4cf8a' },
          { customerUuid: '30bd93aa-c0ef-4fcf-a73f-ce80610bd161' },
        ],
      },
    ],
  },
];
