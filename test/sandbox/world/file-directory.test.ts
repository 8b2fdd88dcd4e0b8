import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SandboxInputError } from '../../../src/sandbox/input/input-error.ts';
import type { Directory, ObjectKind } from '../../../src/sandbox/world/directory/directory.ts';
import { parseWorld } from '../../../src/sandbox/world/file/world-file.ts';
import type { Place } from '../../../src/sandbox/world/world.ts';

const example = JSON.parse(
  readFileSync(new URL('../../../examples/sandbox-world.json', import.meta.url), 'utf8'),
) as Record<string, unknown> & { readonly directory: Record<string, object[]> };

const problemsOf = (directory: unknown, allowUnknown = false): readonly string[] => {
  try {
    parseWorld({ subjects: [], directory, allowUnknown });
  } catch (error) {
    if (error instanceof SandboxInputError) return error.problems;
    throw error;
  }
  return [];
};

const namesOf = (directory: Directory, kind: ObjectKind, slots: Iterable<number>): (string | undefined)[] =>
  [...slots].map((slot) => directory[kind].at(slot).displayName);

describe('the directory of a world file', () => {
  const { directory } = parseWorld(example);
  const slotOf = (uuid: string): number => directory.groups.slotOf(uuid) as number;
  const company = 'c0000000-0000-4000-8000-000000000002';
  const site = '50000000-0000-4000-8000-000000000002';

  it('has the objects as they were written', () => {
    const written = (kind: ObjectKind): unknown[] =>
      [...directory[kind].slots()].map((slot) => directory[kind].at(slot));
    const { users, devices, policies, deviceGroups = [] } = example.directory;
    expect(written('users')).toEqual(users);
    expect(written('devices')).toEqual(devices);
    expect(written('policies')).toEqual(policies);
    expect(written('groups')).toEqual(deviceGroups.map((group) => ({ ...group, devices: undefined })));
    expect(JSON.stringify(written('groups'))).not.toContain('"devices"');
  });

  it('can be left out, whole or in parts', () => {
    const empty = parseWorld({ subjects: [] }).directory;
    expect([...empty.users.slots(), ...empty.devices.slots(), ...empty.groups.slots()]).toEqual([]);
    const partial = parseWorld({ subjects: [], directory: { devices: [{ uuid: 'a' }] } }).directory;
    expect(partial.devices.slotOf('a')).toBe(0);
    expect(partial.users.slotOf('a')).toBeUndefined();
  });

  it('lists a device in its static group and in the dynamic groups that name it', () => {
    const groupsOf = (group: string, recursive: boolean): (string | undefined)[] =>
      namesOf(
        directory,
        'groups',
        [...directory.membersOf(slotOf(group), recursive)].map((member) => member.group),
      );
    expect(groupsOf(site, false)).toEqual(['Main street']);
    expect(groupsOf('d0000000-0000-4000-8000-000000000000', false)).toEqual(['Tills']);
    expect(groupsOf(company, false)).toEqual([]);
    expect(groupsOf(company, true)).toEqual(['Main street', 'Tills']);
    expect(groupsOf('e0000000-0000-4000-8000-000000000000', true)).toEqual(['Main street', 'Tills']);
  });

  it('has the users of a group whose uuid they name', () => {
    const members = directory.usersInGroup('90000000-0000-4000-8000-000000000001');
    expect(namesOf(directory, 'users', members)).toEqual(['Alice Example']);
    expect(directory.usersInGroup('x')).toEqual([]);
  });

  const seen = (place: Place): Record<string, (string | undefined)[]> => {
    const within = directory.within([place]);
    const kinds = ['users', 'devices', 'groups', 'policies'] as const;
    return Object.fromEntries(
      kinds.map((kind) => [kind, namesOf(directory, kind, [...directory[kind].slots()].filter(within[kind]))]),
    );
  };

  it('shows somebody what lies in a place by the nesting or by the tree of groups, and what is built in', () => {
    expect(seen({ field: 'customerUuid', uuid: company })).toEqual({
      users: [],
      devices: ['TILL-1'],
      groups: ['Second customer', 'Main street', 'Tills'],
      policies: ['Strict'],
    });
    expect(seen({ field: 'assetGroupUuid', uuid: site })).toEqual({
      users: [],
      devices: ['TILL-1'],
      groups: ['Main street'],
      policies: ['Strict'],
    });
    expect(seen({ field: 'userUuid', uuid: '4f6a1a0e-6f0c-4b8e-9d53-0d8f4f1b7a01' })['users']).toEqual([
      'Alice Example',
    ]);
  });

  it("bears groups that are each other's parent", () => {
    const circular = parseWorld({
      subjects: [],
      directory: {
        devices: [{ uuid: 'device', parentGroupUuid: 'a' }],
        deviceGroups: [
          { uuid: 'a', parentGroupUuid: 'b' },
          { uuid: 'b', parentGroupUuid: 'a' },
        ],
      },
    }).directory;
    expect([...circular.membersOf(1, true)]).toEqual([{ device: 0, group: 0 }]);
    expect(circular.within([{ field: 'assetGroupUuid', uuid: 'x' }]).groups(0)).toBe(false);
    expect(circular.within([{ field: 'assetGroupUuid', uuid: 'b' }]).devices(0)).toBe(true);
  });

  it.each([
    [{ users: {} }, '$.directory.users: expected a list, got an object'],
    [{ deviceGroups: [null] }, '$.directory.deviceGroups[0]: expected an object, got null'],
    [{ people: [] }, '$.directory.people: unknown field; expected users, devices, deviceGroups, policies'],
    [{ users: [{ displayName: 'x' }] }, '$.directory.users[0].uuid: expected a text, got nothing'],
    [{ users: [{ uuid: 'a' }, { uuid: 'a' }] }, '$.directory.users[1]: there is a "a" already'],
    [
      { users: [{ uuid: 'a', proxyEmailAddresses: ['x', 5] }] },
      '$.directory.users[0].proxyEmailAddresses[1]: expected a text, got 5',
    ],
    [
      { devices: [{ uuid: 'a', isMobile: 'yes' }] },
      '$.directory.devices[0].isMobile: expected true or false, got "yes"',
    ],
    [
      { deviceGroups: [{ uuid: 'g', devices: ['a'] }] },
      '$.directory.deviceGroups[0]: there is no device "a" in devices',
    ],
  ])('refuses %j with the place of the mistake', (directory, problem) => {
    expect(problemsOf(directory)).toContain(problem);
  });

  it('takes fields that nobody documents only where the file says so', () => {
    const directory = { policies: [{ uuid: 'a', colour: 'red' }] };
    expect(problemsOf(directory)[0]).toMatch(/^\$\.directory\.policies\[0\]\.colour: unknown field/);
    expect(problemsOf(directory, true)).toEqual([]);
  });
});
