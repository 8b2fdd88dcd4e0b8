import { parseWorld, type SandboxWorld } from '../../src/sandbox/world/file/world-file.ts';
import { uuidOf } from '../directory/named-world.ts';

/** Names that break tables: formulas, quotes, line ends, commas, directions, nothing. */
export const oddNames = [
  '=1+1',
  '+1',
  '-1',
  '@sum',
  '\ttab',
  '\rreturn',
  'a "quoted" name',
  'a, b; c',
  'two\nlines',
  'two\r\nlines',
  'one\rline',
  '\u202egnp.exe',
  ' spaced ',
  '',
  '\u2028separated',
  'Żółć 🙂',
  "'=quoted",
  '"',
] as const;

export const group = uuidOf('other', 7);
const customer = uuidOf('group', 1);
const inner = uuidOf('group', 2);

/** A user for each odd name, who holds roles of that name; a group, a reference that breaks tables as well, and somebody without a role. */
export const oddWorld = (): SandboxWorld =>
  parseWorld({
    subjects: [
      ...oddNames.map((name, index) => ({
        subjectReference: uuidOf('user', index),
        subjectType: 'SUBJECT_TYPE_USER',
        roles: [
          { roleName: 'zeta', scopes: [{ deviceUuid: uuidOf('device', index) }, { assetGroupUuid: inner }] },
          ...(name === '' ? [] : [{ roleName: name, scopes: [] }]),
          { roleName: 'alpha', scopes: [{ customerUuid: customer }, { assetGroupUuid: customer }] },
        ],
      })),
      { subjectReference: group, subjectType: 'SUBJECT_TYPE_USER_GROUP', roles: [{ roleName: 'admin', scopes: [] }] },
      {
        subjectReference: 'robot, "7"',
        subjectType: 'SUBJECT_TYPE_SERVICE',
        roles: [{ roleName: 'admin', scopes: [] }],
      },
      { subjectReference: 'idle', subjectType: 'SUBJECT_TYPE_SERVICE', roles: [] },
    ],
    directory: {
      users: oddNames.map((displayName, index) => ({
        uuid: uuidOf('user', index),
        displayName,
        primaryEmailAddress: `user.${index}@people.example`,
        userGroupUuids: index < 2 ? [group] : [],
      })),
      devices: oddNames.map((displayName, index) => ({
        uuid: uuidOf('device', index),
        displayName,
        parentGroupUuid: inner,
      })),
      deviceGroups: [
        {
          uuid: customer,
          displayName: '=Customer',
          linkedEntityType: 'DEVICE_GROUP_ENTITY_TYPE_COMPANY',
          isSecurityGroup: true,
        },
        { uuid: inner, displayName: 'Inner', parentGroupUuid: customer, isSecurityGroup: true },
      ],
    },
  });
