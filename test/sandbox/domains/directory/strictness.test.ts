import { describe, expect, it } from 'vitest';
import { openSandbox } from '../../client.ts';
import { call, rowsOf, walkRows } from './client.ts';

const stranger = '00000000-0000-4000-8000-000000000000';
const long = 'x'.repeat(101);

describe('the domains of the directory refuse', () => {
  it.each([
    ['users', '/v1/users?pagesize=5', 400],
    ['users', '/v1/users?user_group_uuid=x', 400],
    ['users', '/v1/users?email=a&email=b', 400],
    ['users', `/v1/users?email=${long}`, 400],
    ['users', `/v1/users?displayName=${long}`, 400],
    ['users', '/v1/users?userGroupUuid=group', 400],
    ['users', '/v1/users?protectionStatus=FULLY_PROTECTED', 400],
    ['users', '/v1/users?hasCloudOfficeMsLicense=yes', 400],
    ['users', '/v1/users?pageSize=1.5', 400],
    ['users', '/v1/users?pageSize=-1', 400],
    ['users', '/v1/users?pageSize=100000', 400],
    ['users', `/v1/users?pageToken=${'x'.repeat(129)}`, 400],
    ['users', '/v1/users?pageToken=x', 400],
    ['users', '/v1/users?orderBy=displayName', 400],
    ['users', '/v1/users/somebody', 400],
    ['users', `/v1/users/${long}`, 400],
    ['users', `/v1/users/${stranger}?pageSize=5`, 400],
    ['users', '/v1/users/', 404],
    ['users', '/v2/users', 404],
    ['users', '/v1/users:batchGet', 404],
    ['devices', '/v1/devices?displayName=x', 400],
    ['devices', '/v1/devices?isMuted=1', 400],
    ['devices', '/v1/devices?functionalityStatus=OK', 400],
    ['devices', '/v1/devices:batchGet', 400],
    ['devices', '/v1/devices:batchGet?devicesUuids=', 400],
    ['devices', '/v1/devices:batchGet?devicesUuids=x', 400],
    ['devices', `/v1/devices:batchGet?deviceUuids=${stranger}`, 400],
    ['devices', `/v1/devices:batchGet?devicesUuids=${stranger}&pageSize=5`, 400],
    ['devices', '/v1/device_groups?recurseSubgroups=true', 400],
    ['devices', `/v1/device_groups/${stranger}`, 404],
    ['devices', `/v1/device_groups/${stranger}/devices`, 404],
    ['devices', '/v1/device_groups/group/devices', 400],
    ['devices', '/v1/deviceGroups', 404],
    ['policies', '/v2/policies?displayName=x', 400],
    ['policies', '/v2/policies/strict', 400],
    ['policies', '/v1/policies', 404],
    ['policies', '/v2/policies:batchGet', 404],
  ] as const)('%s: GET %s with %i', async (domain, target, status) => {
    const sandbox = await openSandbox({ subjects: 30 });
    expect((await call(sandbox, domain, target)).status).toBe(status);
  });

  it.each([
    [{}, 400],
    [[], 400],
    [{ usersUuids: stranger }, 400],
    [{ usersUuids: [5] }, 400],
    [{ usersUuids: [] }, 400],
    [{ usersUuids: [stranger], more: true }, 400],
    [{ users_uuids: [stranger] }, 400],
    [
      {
        usersUuids: Array.from({ length: 1001 }, (_, i) => `${String(i).padStart(8, '0')}-0000-4000-8000-000000000000`),
      },
      400,
    ],
    [{ usersUuids: [stranger] }, 404],
  ])('a batch of users with the body %j', async (json, status) => {
    const sandbox = await openSandbox({ subjects: 30 });
    expect((await call(sandbox, 'users', '/v1/users:batchGetUsers', { json })).status).toBe(status);
  });

  it('bodies that are missing, not JSON, of another type, and those where none belongs', async () => {
    const sandbox = await openSandbox({ subjects: 30 });
    const send = async (method: string, path: string, body: string | null, type: string): Promise<number> => {
      const response = await fetch(`${sandbox.urls.users}${path}`, {
        method,
        body,
        headers: { authorization: `Bearer ${sandbox.adminToken}`, 'content-type': type },
      });
      return response.status;
    };
    const path = '/v1/users:batchGetUsers';
    const json = 'application/json';
    expect([
      await send('POST', path, null, json),
      await send('POST', path, '{', json),
      await send('POST', path, '{"usersUuids":["x"]}', 'text/plain'),
      await send('DELETE', '/v1/users', null, json),
      await send('POST', '/v1/users', '{}', json),
    ]).toEqual([400, 400, 415, 404, 404]);
  });

  it('calls without a token, and with a bad one', async () => {
    const sandbox = await openSandbox({ subjects: 30 });
    for (const [domain, path] of [
      ['users', '/v1/users'],
      ['devices', '/v1/devices'],
      ['policies', '/v2/policies'],
    ] as const) {
      expect((await fetch(`${sandbox.urls[domain]}${path}`)).status).toBe(400);
      expect((await call(sandbox, domain, path, { token: 'x' })).status).toBe(401);
    }
  });
});

describe('the lists of the directory', () => {
  it('filter users by part of a name or of any address, by group, status, tenant and licence', async () => {
    const sandbox = await openSandbox({ subjects: 500 });
    const users = await walkRows(sandbox, 'users', '/v1/users?pageSize=1000', 'users');
    const filtered = async (query: string): Promise<string[]> =>
      (await walkRows(sandbox, 'users', `/v1/users?pageSize=3&${query}`, 'users')).map(({ uuid }) => uuid);
    const expected = (isWanted: (user: (typeof users)[number]) => boolean): string[] =>
      users.filter(isWanted).map(({ uuid }) => uuid);

    expect(await filtered('displayName=Nov')).toEqual(expected(({ displayName = '' }) => displayName.includes('Nov')));
    const hasAddress = (part: string) => (user: (typeof users)[number]) =>
      [user['primaryEmailAddress'] ?? '', ...((user['proxyEmailAddresses'] as string[] | undefined) ?? [])].some(
        (address) => (address as string).includes(part),
      );
    expect(await filtered('email=alias.')).toEqual(expected(hasAddress('alias.')));
    expect(await filtered('email=ALIAS.')).toEqual([]);
    expect(await filtered('protectionStatus=PROTECTION_STATUS_PENDING')).toEqual(
      expected((user) => user['protectionStatus'] === 'PROTECTION_STATUS_PENDING'),
    );
    const license = (user: (typeof users)[number]): unknown =>
      (user['cloudOffice'] as Record<string, unknown>)['hasMsLicense'];
    expect(await filtered('hasCloudOfficeMsLicense=false')).toEqual(expected((user) => license(user) === false));
    expect(await filtered('hasCloudOfficeMsLicense=true')).toEqual(expected((user) => license(user) === true));
    expect(await filtered(`userGroupUuid=${stranger}`)).toEqual([]);
    const groups = users.flatMap((user) => user['userGroupUuids'] as string[]);
    const [group = ''] = groups;
    const members = await filtered(`userGroupUuid=${group}`);
    expect(members.length).toBeGreaterThan(0);
    const total = await call(sandbox, 'users', `/v1/users?pageSize=1&userGroupUuid=${group}`);
    expect(total.body['totalSize']).toBe(String(members.length));
  });

  it('filter devices by exact names, status and muting', async () => {
    const sandbox = await openSandbox({ subjects: 500 });
    const devices = await walkRows(sandbox, 'devices', '/v1/devices?pageSize=1000', 'devices');
    const filtered = async (query: string): Promise<string[]> =>
      (await walkRows(sandbox, 'devices', `/v1/devices?pageSize=4&${query}`, 'devices')).map(({ uuid }) => uuid);
    const [one] = devices.filter(({ displayName }) => displayName?.startsWith('SRV-') === true);
    const wanted = ['RECEPTION-PC', one?.displayName ?? ''];
    const names = wanted.map((name) => `displayNames=${encodeURIComponent(name)}`).join('&');
    const found = devices.filter(({ displayName = '' }) => wanted.includes(displayName)).map(({ uuid }) => uuid);
    expect(found.length).toBeGreaterThan(2);
    expect(await filtered(names)).toEqual(found);
    expect(await filtered('displayNames=RECEPTION')).toEqual([]);
    const muted = devices.filter((device) => device['isMuted'] === true).map(({ uuid }) => uuid);
    expect(await filtered('isMuted=true')).toEqual(muted);
    const status = 'DEVICE_FUNCTIONALITY_STATUS_ATTENTION_REQUIRED';
    const attention = devices.filter((device) => device['functionalityStatus'] === status).map(({ uuid }) => uuid);
    expect(await filtered(`functionalityStatus=${status}`)).toEqual(attention);
  });

  it('say a total for users and members alone, in every form', async () => {
    const sandbox = await openSandbox({ subjects: 30 });
    const groups = await walkRows(sandbox, 'devices', '/v1/device_groups', 'deviceGroups');
    const all = groups.find(({ displayName }) => displayName === 'All')?.uuid ?? '';
    const members = `/v1/device_groups/${all}/devices?recurseSubgroups=true&pageSize=1`;
    const totalOf = async (domain: 'users' | 'devices' | 'policies', target: string): Promise<unknown> =>
      (await call(sandbox, domain, target)).body['totalSize'];
    expect(await totalOf('users', '/v1/users?pageSize=1')).toMatch(/^\d+$/);
    expect(await totalOf('devices', members)).toMatch(/^\d+$/);
    for (const [domain, target] of [
      ['devices', '/v1/devices'],
      ['devices', '/v1/device_groups'],
      ['policies', '/v2/policies'],
    ] as const) {
      expect(await totalOf(domain, target)).toBeUndefined();
    }
    sandbox.control.configure({ totalSize: 'number' });
    expect(await totalOf('devices', members)).toEqual(expect.any(Number));
    sandbox.control.configure({ totalSize: { value: 'many' } });
    expect(await totalOf('users', '/v1/users')).toBe('many');
    sandbox.control.configure({ totalSize: 'omitted' });
    expect(await totalOf('users', '/v1/users')).toBeUndefined();
  });

  it('come in short and empty pages, and lose nothing by it', async () => {
    const sandbox = await openSandbox({ subjects: 100 });
    const whole = await walkRows(sandbox, 'devices', '/v1/devices?pageSize=1000', 'devices');
    sandbox.control.configure({ pageShape: { seed: 7 } });
    sandbox.clearTranscript();
    expect(await walkRows(sandbox, 'devices', '/v1/devices?pageSize=5', 'devices')).toEqual(whole);
    expect(sandbox.transcript().map(({ rows }) => rows)).toContain(0);
  });

  it('repeat the last row of a page on the next where they are told to', async () => {
    const sandbox = await openSandbox({ subjects: 50, repeatsRows: true });
    const first = await call(sandbox, 'users', '/v1/users?pageSize=10');
    const second = await call(
      sandbox,
      'users',
      `/v1/users?pageSize=10&pageToken=${first.body['nextPageToken'] as string}`,
    );
    expect(rowsOf(second, 'users')).toHaveLength(10);
    expect(rowsOf(second, 'users')[0]).toEqual(rowsOf(first, 'users').at(-1));
    const rows = await walkRows(sandbox, 'users', '/v1/users?pageSize=10', 'users');
    const once = await walkRows(sandbox, 'users', '/v1/users?pageSize=1000', 'users');
    expect(rows.length).toBeGreaterThan(once.length);
    expect(new Set(rows.map(({ uuid }) => uuid))).toEqual(new Set(once.map(({ uuid }) => uuid)));
    expect(await walkRows(sandbox, 'policies', '/v2/policies?pageSize=1', 'policies')).toHaveLength(
      (await walkRows(sandbox, 'policies', '/v2/policies?pageSize=1000', 'policies')).length,
    );
  });

  it('take a page token only with the arguments, the path and the caller that it was given to', async () => {
    const sandbox = await openSandbox({ subjects: 50 });
    const { body } = await call(sandbox, 'devices', '/v1/devices?isMuted=false&pageSize=2');
    const pageToken = body['nextPageToken'] as string;
    const status = async (target: string): Promise<number> => (await call(sandbox, 'devices', target)).status;
    expect(await status(`/v1/devices?isMuted=false&pageSize=9&pageToken=${pageToken}`)).toBe(200);
    expect(await status(`/v1/devices?isMuted=true&pageToken=${pageToken}`)).toBe(400);
    expect(await status(`/v1/devices?pageToken=${pageToken}`)).toBe(400);
    expect(await status(`/v1/device_groups?pageToken=${pageToken}`)).toBe(400);
  });
});
