import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../../src/sandbox/sandbox.ts';
import { openSandbox, tokenOf } from '../../client.ts';
import { call, rowsOf, walkRows } from './client.ts';

const customerUuid = '30bd93aa-c0ef-4fcf-a73f-ce80610bd161';

const everything = async (sandbox: Sandbox, token = sandbox.adminToken) => {
  const walk = (domain: 'users' | 'devices' | 'policies', path: string, field: string) =>
    walkRows(sandbox, domain, `${path}?pageSize=1000`, field, { token });
  return {
    users: await walk('users', '/v1/users', 'users'),
    devices: await walk('devices', '/v1/devices', 'devices'),
    groups: await walk('devices', '/v1/device_groups', 'deviceGroups'),
    policies: await walk('policies', '/v2/policies', 'policies'),
  };
};

describe('a caller with static groups of its own', () => {
  it('is shown what lies there, with a group whose parent it does not see', async () => {
    const sandbox = await openSandbox({ subjects: 300 });
    const token = await tokenOf(sandbox, 'customer');
    const all = await everything(sandbox);
    const own = await everything(sandbox, token);
    for (const kind of ['users', 'devices', 'groups', 'policies'] as const) {
      expect(own[kind].length).toBeGreaterThan(0);
      expect(own[kind].length).toBeLessThan(all[kind].length);
      const rows = new Map(all[kind].map((row) => [row.uuid, row]));
      expect(own[kind].map((row) => rows.get(row.uuid))).toEqual(own[kind]);
    }
    const [company] = own.groups.filter(({ uuid }) => uuid === customerUuid);
    const visible = new Set(own.groups.map(({ uuid }) => uuid));
    expect(visible.has(company?.['parentGroupUuid'] as string)).toBe(false);
    expect(own.groups.map(({ displayName }) => displayName)).not.toContain('Lost & Found');
  });

  it('does not know the others by their uuids, alone, in batches or as members', async () => {
    const sandbox = await openSandbox({ subjects: 300 });
    const token = await tokenOf(sandbox, 'customer');
    const all = await everything(sandbox);
    const own = await everything(sandbox, token);
    const hidden = (kind: 'users' | 'devices' | 'groups' | 'policies'): string => {
      const seen = new Set(own[kind].map(({ uuid }) => uuid));
      return all[kind].find(({ uuid }) => !seen.has(uuid))?.uuid ?? '';
    };
    const status = async (domain: 'users' | 'devices' | 'policies', target: string, json?: unknown): Promise<number> =>
      (await call(sandbox, domain, target, { token, json })).status;
    const [user, device, group, policy] = [hidden('users'), hidden('devices'), hidden('groups'), hidden('policies')];
    expect([
      await status('users', `/v1/users/${user}`),
      await status('users', '/v1/users:batchGetUsers', { usersUuids: [own.users[0]?.uuid, user] }),
      await status('devices', `/v1/devices/${device}`),
      await status('devices', `/v1/devices:batchGet?devicesUuids=${own.devices[0]?.uuid}&devicesUuids=${device}`),
      await status('devices', `/v1/device_groups/${group}/devices`),
      await status('policies', `/v2/policies/${policy}`),
    ]).toEqual([404, 404, 404, 404, 404, 404]);
    sandbox.control.configure({ unknownInBatch: 403 });
    expect(await status('users', '/v1/users:batchGetUsers', { usersUuids: [user] })).toBe(403);
    expect(await status('devices', `/v1/devices/${own.devices[0]?.uuid}`)).toBe(200);
    const members = await call(sandbox, 'devices', `/v1/device_groups/${customerUuid}/devices?recurseSubgroups=true`, {
      token,
    });
    const seen = new Set(own.devices.map(({ uuid }) => uuid));
    expect(rowsOf(members, 'devices').length).toBeGreaterThan(0);
    expect(rowsOf(members, 'devices').filter(({ uuid }) => !seen.has(uuid))).toEqual([]);
  });

  it('sees nothing at all where its integrations are off', async () => {
    const sandbox = await openSandbox({ subjects: 30 });
    const token = await tokenOf(sandbox, 'no-integrations');
    for (const [domain, path] of [
      ['users', '/v1/users'],
      ['devices', '/v1/device_groups'],
      ['policies', '/v2/policies'],
    ] as const) {
      const refused = await call(sandbox, domain, path, { token });
      expect(refused.status).toBe(403);
      expect(refused.text).toContain('CANARY-errors-message');
    }
  });

  it('spends one rate limit over all domains', async () => {
    const sandbox = await openSandbox({ subjects: 30, rateLimit: 3 });
    const statuses = [
      (await call(sandbox, 'identity', '/v2/role-assignments')).status,
      (await call(sandbox, 'users', '/v1/users')).status,
      (await call(sandbox, 'devices', '/v1/devices')).status,
      (await call(sandbox, 'policies', '/v2/policies')).status,
    ];
    expect(statuses).toEqual([200, 200, 200, 429]);
  });
});
