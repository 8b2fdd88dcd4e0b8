import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SandboxInputError } from '../../../src/sandbox/input/input-error.ts';
import { readWorldFile } from '../../../src/sandbox/world/file/read-world-file.ts';
import { parseWorld } from '../../../src/sandbox/world/file/world-file.ts';
import { list, logIn, openSandbox, referencesOf, walk } from '../client.ts';

const examplePath = fileURLToPath(new URL('../../../examples/sandbox-world.json', import.meta.url));
const example = async () =>
  JSON.parse(await readFile(examplePath, 'utf8')) as Record<
    'subjects' | 'nesting' | 'users' | 'permissionSets',
    object[]
  >;

const problemsOf = (json: unknown): readonly string[] => {
  try {
    parseWorld(json);
  } catch (error) {
    if (error instanceof SandboxInputError) return error.problems;
    throw error;
  }
  return [];
};

const writeTemporary = async (text: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-world-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'world.json');
  await writeFile(path, text);
  return path;
};

describe('a world file', () => {
  it('is served as it was written instead of the made-up world', async () => {
    const sandbox = await openSandbox({ world: await readWorldFile(examplePath) });
    const { page } = await list(sandbox);
    expect(page).toEqual({ assignments: (await example()).subjects, nextPageToken: '', totalSize: '2' });
  });

  it('brings its own users, sets and nesting', async () => {
    const sandbox = await openSandbox({ world: await readWorldFile(examplePath) });
    expect(sandbox.users).toEqual([
      {
        name: 'me@example.test',
        password: 'anything',
        description: 'API user, Integrations on, permission sets: everything',
      },
      {
        name: 'second@example.test',
        password: 'anything',
        description: 'API user, Integrations on, permission sets: second customer',
      },
      { name: 'root@example.test', password: 'anything', description: 'Superuser' },
    ]);
    const { access_token: token } = await logIn(sandbox, 'second@example.test', 'anything');
    expect(referencesOf(await walk(sandbox, {}, token))).toEqual(['4f6a1a0e-6f0c-4b8e-9d53-0d8f4f1b7a02']);
    const nested = await list(sandbox, { includeNestedScopes: true }, { token });
    expect(nested.page.assignments[0]?.roles?.[0]?.scopes).toEqual([
      { siteUuid: '50000000-0000-4000-8000-000000000002' },
      { deviceUuid: '4f6a1a0e-6f0c-4b8e-9d53-0d8f4f1b7a02' },
    ]);
    sandbox.control.actingAs('root@example.test').setIntegrations('second@example.test', false);
    expect((await list(sandbox, {}, { token })).status).toBe(403);
  });

  it('needs nothing but subjects: then there are the administrator and the Superuser', async () => {
    const sandbox = await openSandbox({ world: parseWorld({ subjects: [] }) });
    expect(sandbox.users.map(({ name }) => name)).toEqual([
      'administrator@sandbox.example',
      'superuser@sandbox.example',
    ]);
    expect((await list(sandbox)).page).toEqual({ assignments: [], nextPageToken: '', totalSize: '0' });
  });

  it('may leave out what upstream may leave out, and hold a subject twice', async () => {
    const subjects = [
      { subjectReference: 'b' },
      { subjectReference: 'a', subjectType: '', roles: [{ roleName: 'admin' }] },
      {
        subjectReference: 'b',
        subjectType: 'SUBJECT_TYPE_USER',
        roles: [{ roleName: 'x', scopes: [{}, { siteUuid: '' }] }],
      },
    ];
    const sandbox = await openSandbox({ world: parseWorld({ subjects }) });
    expect((await list(sandbox)).page.assignments).toEqual(subjects);
    expect((await list(sandbox, { subjectReference: 'b' })).page).toMatchObject({
      assignments: [subjects[0], subjects[2]],
      totalSize: '2',
    });
    const users = { subjectReference: 'b', subjectType: 'SUBJECT_TYPE_USER' };
    expect((await list(sandbox, users)).page.assignments).toEqual([subjects[2]]);
    const sorted = { subjectReference: 'b', orderBy: 'subjectType desc' };
    expect((await list(sandbox, sorted)).page.assignments).toEqual([subjects[2], subjects[0]]);
    expect(referencesOf(await walk(sandbox, { orderBy: 'subjectReference', pageSize: 1 }))).toEqual(['a', 'b', 'b']);
    const nested = await list(sandbox, { includeNestedScopes: true });
    expect(nested.page.assignments).toEqual(subjects);
  });

  it('holds fields and types that nobody documented only where it says so', async () => {
    const subjects = [
      {
        subjectReference: 'a',
        subjectType: 'SUBJECT_TYPE_ROBOT',
        colour: 'red',
        roles: [{ roleName: 'admin', since: 1, scopes: [{ galaxyUuid: 'g' }] }],
      },
    ];
    expect(problemsOf({ subjects })).toHaveLength(4);
    const nesting = [{ scope: { galaxyUuid: 'g' }, contains: [{ customerUuid: 'c' }] }];
    const sandbox = await openSandbox({ world: parseWorld({ subjects, nesting, allowUnknown: true }) });
    expect((await list(sandbox)).page.assignments).toEqual(subjects);
    const nested = await list(sandbox, { includeNestedScopes: true });
    expect(nested.page.assignments[0]?.roles?.[0]?.scopes).toEqual([{ galaxyUuid: 'g' }, { customerUuid: 'c' }]);
  });

  it.each([
    [[], '$: expected an object, got a list'],
    [{}, '$.subjects: expected a list, got nothing'],
    [
      { subjects: [], subject: [] },
      '$.subject: unknown field; expected subjects, nesting, users, permissionSets, directory, allowUnknown',
    ],
    [{ subjects: [{}] }, '$.subjects[0].subjectReference: expected a text, got nothing'],
    [{ subjects: [{ subjectReference: '' }] }, '$.subjects[0].subjectReference: expected a text that is not empty'],
    [
      { subjects: [{ subjectReference: 'x'.repeat(101) }] },
      '$.subjects[0].subjectReference: expected at most 100 characters',
    ],
    [{ subjects: [{ subjectReference: 7 }] }, '$.subjects[0].subjectReference: expected a text, got 7'],
    [{ subjects: [{ subjectReference: 'a', subjectType: 'USER' }] }, '$.subjects[0].subjectType: expected one of '],
    [{ subjects: [{ subjectReference: 'a', roles: {} }] }, '$.subjects[0].roles: expected a list, got an object'],
    [
      { subjects: [{ subjectReference: 'a', roles: [{ scopes: [] }] }] },
      '$.subjects[0].roles[0].roleName: expected a text',
    ],
    [
      { subjects: [{ subjectReference: 'a', roles: [{ roleName: 'r', scopes: [{ custmerUuid: 'c' }] }] }] },
      '$.subjects[0].roles[0].scopes[0].custmerUuid: unknown field; expected deviceUuid, userUuid',
    ],
    [
      { subjects: [{ subjectReference: 'a', roles: [{ roleName: 'r', scopes: [{ customerUuid: null }] }] }] },
      '$.subjects[0].roles[0].scopes[0].customerUuid: expected a text, got null',
    ],
    [
      { subjects: [], nesting: [{ scope: {}, contains: [] }] },
      '$.nesting[0].scope: expected exactly one scope field here',
    ],
    [
      { subjects: [], nesting: [{ scope: { customerUuid: 'c', siteUuid: 's' }, contains: [] }] },
      '$.nesting[0].scope: expected exactly one scope field here',
    ],
    [
      { subjects: [], nesting: [{ scope: { customerUuid: 'c' }, contains: [{ cityUuid: 's' }] }] },
      '$.nesting[0].contains[0].cityUuid: unknown scope field',
    ],
    [
      {
        subjects: [],
        nesting: [
          { scope: { customerUuid: 'c' }, contains: [{ siteUuid: 's' }] },
          { scope: { siteUuid: 's' }, contains: [{ customerUuid: 'c' }] },
        ],
      },
      '$.nesting: item 0 puts customerUuid c inside itself',
    ],
    [{ subjects: [], users: [] }, '$.users: expected at least one user'],
    [{ subjects: [], permissionSets: [] }, '$.users: expected a list, got nothing'],
    [{ subjects: [], users: [{ name: 'a' }] }, '$.users[0].password: expected a text, got nothing'],
    [
      { subjects: [], users: [{ name: 'a', password: 'p', invitationAccepted: false }] },
      '$.users[0].password: who has not accepted the invitation has none',
    ],
    [{ subjects: [], users: [{ name: 'a', password: 'p', admin: true }] }, '$.users[0].admin: unknown field'],
    [
      {
        subjects: [],
        users: [
          { name: 'a', password: 'p' },
          { name: 'a', password: 'p', reference: 'r' },
        ],
      },
      '$.users[1]: there is a user "a" already',
    ],
    [
      {
        subjects: [],
        users: [
          { name: 'a', password: 'p', reference: 'r' },
          { name: 'b', password: 'p', reference: 'r' },
        ],
      },
      '$.users[1]: there is a reference "r" already',
    ],
    [
      { subjects: [], users: [{ name: 'a', password: 'p', permissionSets: ['s'] }] },
      '$.users[0]: there is no permission set "s" in permissionSets',
    ],
    [
      {
        subjects: [],
        users: [{ name: 'a', password: 'p' }],
        permissionSets: [
          { name: 's', staticGroups: 'all', functionality: [] },
          { name: 's', staticGroups: 'some', functionality: [] },
        ],
      },
      '$.permissionSets[1].staticGroups: expected a list, got "some"',
    ],
  ])('is refused with the place of the mistake: %j', (json, problem) => {
    expect(problemsOf(json)).toContainEqual(expect.stringContaining(problem));
  });

  it('is told all its mistakes at once, but not more than fifty', () => {
    const bad = { subjectReference: 1, subjectType: 2, roles: 3 };
    expect(problemsOf({ subjects: [bad] })).toHaveLength(3);
    const many = problemsOf({ subjects: Array.from({ length: 100 }, () => bad) });
    expect(many).toHaveLength(51);
    expect(many.at(-1)).toBe('and 250 more of this kind');
  });

  it('is named with the place of a mistake, and so is broken JSON', async () => {
    const path = await writeTemporary('{\n  "subjects": [{}]\n}\n');
    await expect(readWorldFile(path)).rejects.toThrow(
      `${path}: $.subjects[0].subjectReference: expected a text, got nothing`,
    );
    const broken = await writeTemporary('{\n  "subjects": [\n    {"a": 1 "b"}\n  ]\n}\n');
    await expect(readWorldFile(broken)).rejects.toThrow(`${broken}: not valid JSON at line 3, column 13`);
    const short = await writeTemporary('{\n  "subjects": [');
    await expect(readWorldFile(short)).rejects.toThrow('not valid JSON at line 2, column 16');
    await expect(readWorldFile(`${path}.missing`)).rejects.toThrow('cannot be read (ENOENT)');
  });

  it('may begin with a byte order mark', async () => {
    const path = await writeTemporary('\uFEFF{"subjects": []}');
    expect((await readWorldFile(path)).world.size).toBe(0);
  });
});
