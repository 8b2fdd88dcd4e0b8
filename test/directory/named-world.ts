import { parseWorld, type SandboxWorld } from '../../src/sandbox/world/file/world-file.ts';

/** A uuid that says what it names. */
export const uuidOf = (kind: 'user' | 'device' | 'group' | 'policy' | 'other', index: number): string =>
  `${{ user: 'aaaaaaaa', device: 'bbbbbbbb', group: 'cccccccc', policy: 'dddddddd', other: 'eeeeeeee' }[kind]}-0000-4000-8000-${index
    .toString(16)
    .padStart(12, '0')}`;

export interface NamedWorldOptions {
  readonly users?: number;
  readonly devices?: number;
  /** Subjects that nothing names. */
  readonly others?: number;
  /** Indexes of users who hold roles and are not in the directory. */
  readonly missingUsers?: readonly number[];
  /** Objects of the directory in place of the usual ones. */
  readonly directory?: Record<string, readonly object[]>;
  readonly subjects?: readonly object[];
}

/** A world in which everybody with a role has a name, but for those who shall not: users, devices and others by turns. */
export const namedWorld = (options: NamedWorldOptions): SandboxWorld => {
  const { users = 0, devices = 0, others = 0, missingUsers = [], directory = {}, subjects = [] } = options;
  const missing = new Set(missingUsers);
  const roles = [{ roleName: 'auditor', scopes: [{ customerUuid: uuidOf('group', 0) }] }];
  const made = [
    ...Array.from({ length: users }, (_, index) => ({ reference: uuidOf('user', index), type: 'USER', index })),
    ...Array.from({ length: devices }, (_, index) => ({ reference: uuidOf('device', index), type: 'DEVICE', index })),
    ...Array.from({ length: others }, (_, index) => ({ reference: uuidOf('other', index), type: 'USER_GROUP', index })),
  ];
  return parseWorld({
    subjects: [
      ...made
        .toSorted((one, other) => one.index - other.index)
        .map(({ reference, type }) => ({ subjectReference: reference, subjectType: `SUBJECT_TYPE_${type}`, roles })),
      ...subjects,
    ],
    directory: {
      users: Array.from({ length: users }, (_, index) => index)
        .filter((index) => !missing.has(index))
        .map((index) => ({
          uuid: uuidOf('user', index),
          displayName: `User ${index}`,
          primaryEmailAddress: `user.${index}@people.example`,
        })),
      devices: Array.from({ length: devices }, (_, index) => ({
        uuid: uuidOf('device', index),
        displayName: `Device ${index}`,
      })),
      ...directory,
    },
  });
};
