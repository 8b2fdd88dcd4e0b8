import { describe, expect, it } from 'vitest';
import { list, openSandbox, referencesOf, tokenOf, walk } from '../../client.ts';
import { call, walkRows } from '../directory/client.ts';
import { assign, createRole, deleteRole, here, holds, rolesOf, subject } from './writes.ts';

const open = (options: Parameters<typeof openSandbox>[0] = {}) => openSandbox({ subjects: 500, ...options });
const role = { name: 'night-shift_2', displayName: 'Night shift', description: 'Only at night', permissionNames: [] };

describe('creating a role', () => {
  it('answers its four fields, and the role can be assigned at once', async () => {
    const sandbox = await open();
    const permissionNames = ['Groups & Computers.Read', 'security-viewer_Read'];
    const created = await createRole(sandbox, { ...role, permissionNames });
    expect(created).toMatchObject({ status: 200, body: { role: { ...role, permissionNames } } });
    expect((await assign(sandbox, { roleName: role.name, scopes: [here] })).status).toBe(200);
    expect(await holds(sandbox, role.name)).toEqual([[here]]);
    expect((await deleteRole(sandbox, role.name)).status).toBe(200);
    expect(await holds(sandbox, role.name)).toEqual([]);
    expect((await createRole(sandbox, role)).status).toBe(200);
    expect(await holds(sandbox, role.name)).toEqual([]);
  });

  it.each<[string, object, number]>([
    ['a name with a blank', { ...role, name: 'night shift' }, 400],
    ['a dotted name', { ...role, name: 'night.shift' }, 400],
    ['no name', { displayName: 'x' }, 400],
    ['a name of 101 characters', { ...role, name: 'n'.repeat(101) }, 400],
    ['an unknown permission', { ...role, permissionNames: ['groups & computers.read'] }, 400],
    ['an unknown field', { ...role, tenantUuid: subject }, 400],
    ['a text for a list', { ...role, permissionNames: 'x' }, 400],
    ['a name that is taken', { ...role, name: 'admin' }, 409],
  ])('is refused for %s', async (_, wanted, status) => {
    expect((await createRole(await open(), wanted)).status).toBe(status);
  });

  it('takes a name of 100 characters', async () => {
    expect((await createRole(await open(), { ...role, name: 'n'.repeat(100) })).status).toBe(200);
  });

  it('of a name that is taken may be 400', async () => {
    const sandbox = await open({ nameTaken: 400 });
    expect((await createRole(sandbox, role)).status).toBe(200);
    expect((await createRole(sandbox, role)).status).toBe(400);
    sandbox.control.reset();
    expect((await createRole(sandbox, role)).status).toBe(200);
  });

  it('may call it otherwise than it was asked to', async () => {
    const sandbox = await open({ renames: true });
    const { name } = (await createRole(sandbox, role)).body['role'] as { name: string };
    expect(name).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    expect((await assign(sandbox, { roleName: role.name, scopes: [here] })).status).toBe(400);
    expect((await assign(sandbox, { roleName: name, scopes: [here] })).status).toBe(200);
  });
});

describe('deleting a role', () => {
  it('takes it from every subject, and lets those vanish who had no other', async () => {
    const sandbox = await open();
    const before = await walk(sandbox, { pageSize: 100 });
    const held = before.flatMap(rolesOf).filter(({ roleName }) => roleName === 'r'.repeat(100));
    expect(held.length).toBeGreaterThan(1);
    const goes = before.flatMap(({ assignments }) =>
      assignments.filter(
        ({ roles = [] }) => roles.length > 0 && roles.every(({ roleName }) => roleName === 'r'.repeat(100)),
      ),
    );
    expect((await deleteRole(sandbox, 'r'.repeat(100))).status).toBe(200);
    const after = await walk(sandbox, { pageSize: 100 });
    expect(after.flatMap(rolesOf).some(({ roleName }) => roleName === 'r'.repeat(100))).toBe(false);
    expect(after[0]?.totalSize).toBe(String(500 - goes.length));
    expect(referencesOf(after)).toHaveLength(500 - goes.length);
    expect(after.flatMap(rolesOf)).toHaveLength(before.flatMap(rolesOf).length - held.length);
  });

  it('reaches names that a path must encode', async () => {
    const sandbox = await open();
    expect((await deleteRole(sandbox, 'team/leads 100%')).status).toBe(200);
    expect((await deleteRole(sandbox, 'team/leads 100%')).status).toBe(404);
    expect(sandbox.transcript()[0]?.path).toBe('/v2/roles/team%2Fleads%20100%25');
  });

  it('of a name of dots reaches another path, which has nothing', async () => {
    const sandbox = await open();
    expect((await call(sandbox, 'identity', '/v2/roles/%2e%2e', { method: 'DELETE' })).status).toBe(404);
    const all = await walk(sandbox, { pageSize: 1000 });
    expect(all.flatMap(rolesOf).some(({ roleName }) => roleName === '..')).toBe(true);
  });

  it.each<[string, string, number]>([
    ['an unknown name', 'nobody', 404],
    ['a built-in role', 'admin', 403],
    ['a name that is too long', 'R'.repeat(101), 400],
  ])('is refused for %s', async (_, name, status) => {
    expect((await deleteRole(await open(), name)).status).toBe(status);
  });

  it('of a built-in role may be 400', async () => {
    expect((await deleteRole(await open({ deleteBuiltIn: 400 }), 'admin')).status).toBe(400);
  });
});

it('needs the functionality, and for a deletion over all static groups', async () => {
  const sandbox = await open();
  const reader = { token: await tokenOf(sandbox, 'reader') };
  const maker = { token: await tokenOf(sandbox, 'role-maker') };
  expect((await createRole(sandbox, role, reader)).status).toBe(403);
  expect((await createRole(sandbox, role, maker)).status).toBe(200);
  expect((await deleteRole(sandbox, role.name, reader)).status).toBe(403);
  sandbox.control
    .actingAs('superuser@sandbox.example')
    .changePermissionSet('one customer', { functionality: ['roles.write'] });
  const customer = { token: await tokenOf(sandbox, 'customer') };
  expect((await createRole(sandbox, { ...role, name: 'local' }, customer)).status).toBe(200);
  expect((await deleteRole(sandbox, 'local', customer)).status).toBe(403);
  expect((await deleteRole(sandbox, 'local', maker)).status).toBe(200);
});

describe('the permissions', () => {
  it('are about a hundred and twenty names of several forms, each once, over several pages', async () => {
    const sandbox = await open();
    const names = (await walkRows(sandbox, 'identity', '/v2/permissions?pageSize=50', 'permissions')).map(
      ({ name }) => name as string,
    );
    expect(names.length).toBeGreaterThan(110);
    expect(names.length).toBeLessThan(130);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('security-viewer_Read');
    expect(names).toContain('Groups & Computers.Read');
    expect(names.some((name) => /\..*\.(?:Read|Write|Use)$/.test(name))).toBe(true);
    expect(names.some((name) => !/[._](?:Read|Write|Use)$/.test(name))).toBe(true);
    expect(names.some((name) => /[^\x20-\x7e]/.test(name))).toBe(true);
    const first = await call(sandbox, 'identity', '/v2/permissions');
    expect(first.body['permissions']).toHaveLength(50);
    expect(first.body).not.toHaveProperty('totalSize');
  });

  it('are the same for everybody who may see them, and for nobody else', async () => {
    const sandbox = await open();
    const all = await call(sandbox, 'identity', '/v2/permissions?pageSize=1000');
    const token = await tokenOf(sandbox, 'customer');
    expect((await call(sandbox, 'identity', '/v2/permissions?pageSize=1000', { token })).body).toEqual(all.body);
    sandbox.control
      .actingAs('superuser@sandbox.example')
      .changePermissionSet('one customer', { functionality: ['role-assignments.read'] });
    expect((await call(sandbox, 'identity', '/v2/permissions', { token })).status).toBe(403);
    expect((await list(sandbox, {}, { token })).status).toBe(200);
  });

  it.each(['orderBy=name', 'page_size=5', 'nameContains=x', 'pageSize=-1', 'pageToken=x'])(
    'are refused for %s',
    async (query) => {
      expect((await call(await open(), 'identity', `/v2/permissions?${query}`)).status).toBe(400);
    },
  );
});
