import { parseWorld } from '../../src/sandbox/world/file/world-file.ts';

export const uuid = (kind: number, index: number): string =>
  `${kind}0000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

export const [ann, ben] = [uuid(1, 0), uuid(1, 1)];
export const team = uuid(2, 0);
export const [laptop, phone, strayDevice] = [uuid(3, 0), uuid(3, 1), uuid(3, 9)];
export const [top, office, far, orphan, round] = [uuid(4, 0), uuid(4, 1), uuid(4, 2), uuid(4, 3), uuid(4, 4)];
export const [customer, otherName, alone] = [uuid(5, 0), uuid(5, 1), uuid(5, 2)];
export const [site, siteCustomer] = [uuid(6, 0), uuid(6, 1)];
export const lone = 'lone-service';
export const idle = 'idle-service';

const everywhere: readonly object[] = [];
const subject = (reference: string, type: string, ...roles: readonly [name: string, scopes: readonly object[]][]) => ({
  subjectReference: reference,
  subjectType: `SUBJECT_TYPE_${type}`,
  roles: roles.map(([roleName, scopes]) => ({ roleName, scopes })),
});

/** A laptop in an office of a customer, a phone in the group of a customer that assignments name by another uuid, and who holds what there. */
export const world = parseWorld({
  subjects: [
    subject(
      ann,
      'USER',
      ['admin', everywhere],
      ['admin', [{ customerUuid: customer }]],
      ['admin', [{ deviceUuid: laptop }]],
      ['viewer', [{ customerUuid: siteCustomer, siteUuid: site }]],
    ),
    subject(
      team,
      'USER_GROUP',
      ['admin', everywhere],
      ['admin', [{ deviceUuid: laptop }]],
      ['admin', [{ assetGroupUuid: top }, { customerUuid: customer }]],
    ),
    subject(lone, 'SERVICE', ['auditor', [{ customerUuid: alone }]]),
    subject(idle, 'SERVICE', ['auditor', [{ deviceUuid: strayDevice }]]),
  ],
  directory: {
    users: [ann, ben].map((user) => ({ uuid: user, displayName: user, userGroupUuids: [team] })),
    devices: [
      { uuid: laptop, displayName: 'Laptop', parentGroupUuid: office },
      { uuid: phone, displayName: 'Phone', parentGroupUuid: otherName },
    ],
    deviceGroups: [
      { uuid: top, displayName: 'All' },
      {
        uuid: customer,
        displayName: 'Customer',
        parentGroupUuid: top,
        linkedEntityType: 'DEVICE_GROUP_ENTITY_TYPE_COMPANY',
      },
      { uuid: office, displayName: 'Office', parentGroupUuid: customer },
      {
        uuid: otherName,
        displayName: 'Other',
        parentGroupUuid: top,
        linkedEntityType: 'DEVICE_GROUP_ENTITY_TYPE_COMPANY',
      },
      { uuid: orphan, displayName: 'Orphan', parentGroupUuid: far },
      { uuid: round, displayName: 'Round', parentGroupUuid: round },
    ].map((group) => ({ ...group, isSecurityGroup: true })),
  },
});
