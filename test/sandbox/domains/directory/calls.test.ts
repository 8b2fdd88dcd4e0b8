import { describe, expect, it } from 'vitest';
import { openSandbox, tokenOf } from '../../client.ts';
import { call, rowsOf, walkRows } from './client.ts';

const stranger = '00000000-0000-4000-8000-000000000000';

describe('the domains of the directory', () => {
  it('list users, devices, groups and policies, and read one by its uuid', async () => {
    const sandbox = await openSandbox({ subjects: 50 });
    const lists = [
      ['users', '/v1/users', 'users', 'user'],
      ['devices', '/v1/devices', 'devices', 'device'],
      ['policies', '/v2/policies', 'policies', 'policy'],
    ] as const;
    for (const [domain, path, field, single] of lists) {
      const rows = await walkRows(sandbox, domain, `${path}?pageSize=7`, field);
      expect(new Set(rows.map(({ uuid }) => uuid)).size).toBe(rows.length);
      const [row] = rows;
      const one = await call(sandbox, domain, `${path}/${row?.uuid}`);
      expect([one.status, one.body[single]]).toEqual([200, row]);
      expect((await call(sandbox, domain, `${path}/${stranger}`)).status).toBe(404);
    }
    const groups = await walkRows(sandbox, 'devices', '/v1/device_groups?pageSize=5', 'deviceGroups');
    expect(groups.map(({ displayName }) => displayName)).toEqual(expect.arrayContaining(['All', 'Companies']));
  });

  it('read batches in the order asked', async () => {
    const sandbox = await openSandbox({ subjects: 50 });
    const uuidsOf = async (domain: 'users' | 'devices'): Promise<string[]> =>
      rowsOf(await call(sandbox, domain, `/v1/${domain}?pageSize=5`), domain)
        .map(({ uuid }) => uuid)
        .toReversed();
    const users = await uuidsOf('users');
    const batch = await call(sandbox, 'users', '/v1/users:batchGetUsers', { json: { usersUuids: users } });
    expect(rowsOf(batch, 'users').map(({ uuid }) => uuid)).toEqual(users);
    const devices = await uuidsOf('devices');
    const query = devices.map((uuid) => `devicesUuids=${uuid}`).join('&');
    const other = await call(sandbox, 'devices', `/v1/devices:batchGet?${query}`);
    expect(rowsOf(other, 'devices').map(({ uuid }) => uuid)).toEqual(devices);
    expect(sandbox.transcript().at(-1)?.query).toEqual({ devicesUuids: devices.join(',') });
  });

  it('answer 404 at the origin of another domain, and refuse the connection where the domain is absent', async () => {
    const sandbox = await openSandbox({ subjects: 2, absent: ['users'] });
    expect((await call(sandbox, 'policies', '/v1/devices')).status).toBe(404);
    expect((await call(sandbox, 'identity', '/v1/device_groups')).status).toBe(404);
    await expect(call(sandbox, 'users', '/v1/users')).rejects.toThrow('fetch failed');
  });

  it('answer 501 for users without the subscription, whoever asks', async () => {
    const sandbox = await openSandbox({ subjects: 2, usersSubscription: false });
    const customer = await tokenOf(sandbox, 'customer');
    const calls = ['/v1/users', `/v1/users/${stranger}`];
    for (const target of calls) {
      expect((await call(sandbox, 'users', target)).status).toBe(501);
      expect((await call(sandbox, 'users', target, { token: customer })).status).toBe(501);
    }
    const batch = await call(sandbox, 'users', '/v1/users:batchGetUsers', { json: { usersUuids: [stranger] } });
    expect(batch.status).toBe(501);
    expect((await call(sandbox, 'devices', '/v1/devices')).status).toBe(200);
  });

  it('answer 403 where no permission set has the functionality, while the others answer', async () => {
    const sandbox = await openSandbox({ subjects: 2 });
    const root = sandbox.control.actingAs('superuser@sandbox.example');
    root.changePermissionSet('one customer', { functionality: ['devices.read'] });
    const token = await tokenOf(sandbox, 'customer');
    expect((await call(sandbox, 'devices', '/v1/device_groups', { token })).status).toBe(200);
    expect((await call(sandbox, 'users', '/v1/users', { token })).status).toBe(403);
    expect((await call(sandbox, 'policies', '/v2/policies', { token })).status).toBe(403);
  });
});
