import { describe, expect, it } from 'vitest';
import { openSandbox } from '../../client.ts';
import { call, rowsOf, type DirectoryReply, type Row } from './client.ts';

/** The fields that a client may keep, and those that are bare of anything to find. Every other must hold a canary. */
const harmless: Readonly<Record<string, readonly string[]>> = {
  users:
    'uuid displayName primaryEmailAddress proxyEmailAddresses jobTitle department userGroupUuids protectionStatus activeProductIds'.split(
      ' ',
    ),
  devices:
    'uuid displayName originalDisplayName description deviceType operatingSystem lastSyncTime parentGroupUuid functionalityStatus isMobile isMuted tags enrollmentStatus ownerUuid functionalityProblemCount isMaster'.split(
      ' ',
    ),
  deviceGroups: 'uuid displayName parentGroupUuid isSecurityGroup linkedEntityType'.split(' '),
  policies: 'uuid displayName description builtIn'.split(' '),
};

const fieldsOf = (rows: readonly Row[]): Map<string, string> =>
  new Map(
    rows.flatMap((row) => Object.entries(row).map(([name, value]): [string, string] => [name, JSON.stringify(value)])),
  );

const expectCanaries = (reply: DirectoryReply, rows: readonly Row[], kind: string): void => {
  expect(reply.status).toBe(200);
  const kept = harmless[kind] ?? [];
  for (const [name, text] of fieldsOf(rows)) {
    expect([name, text.includes('CANARY-')]).toEqual([name, !kept.includes(name)]);
  }
  for (const row of rows) expect(JSON.stringify(row)).toContain(`-${row.uuid}`);
  expect(reply.body['newField']).toMatch(/^CANARY-/);
  expect(reply.headers.get('new-header')).toMatch(/^CANARY-/);
};

describe('every field that a client must drop', () => {
  it.each([
    ['users', '/v1/users', 'users', 'user'],
    ['devices', '/v1/devices', 'devices', 'device'],
    ['policies', '/v2/policies', 'policies', 'policy'],
  ] as const)('holds a canary in lists, gets and batches of %s', async (domain, path, field, single) => {
    const sandbox = await openSandbox({ subjects: 60 });
    const list = await call(sandbox, domain, path);
    const rows = rowsOf(list, field);
    expectCanaries(list, rows, field);
    const one = await call(sandbox, domain, `${path}/${rows[0]?.uuid}`);
    expectCanaries(one, [one.body[single] as Row], field);
    if (domain === 'policies') return;
    const uuids = rows.map(({ uuid }) => uuid);
    const batch =
      domain === 'users'
        ? await call(sandbox, 'users', '/v1/users:batchGetUsers', { json: { usersUuids: uuids } })
        : await call(
            sandbox,
            'devices',
            `/v1/devices:batchGet?${uuids.map((uuid) => `devicesUuids=${uuid}`).join('&')}`,
          );
    expectCanaries(batch, rowsOf(batch, field), field);
    expect(rowsOf(batch, field)).toEqual(rows);
  });

  it('holds a canary in device groups, and in everything within the hardware of a device', async () => {
    const sandbox = await openSandbox({ subjects: 60 });
    const groups = await call(sandbox, 'devices', '/v1/device_groups?pageSize=1000');
    expectCanaries(groups, rowsOf(groups, 'deviceGroups'), 'deviceGroups');
    const [device] = rowsOf(await call(sandbox, 'devices', '/v1/devices'), 'devices');
    const texts: unknown[] = [];
    JSON.stringify(device?.['hardwareProfiles'], (_, value: unknown) => {
      if (typeof value !== 'object') texts.push(value);
      return value;
    });
    expect(texts.length).toBeGreaterThan(5);
    expect(texts.filter((text) => !(text as string).startsWith('CANARY-devices-'))).toEqual([]);
  });

  it('holds a canary in errors, and in the pages that stand in for them', async () => {
    const sandbox = await openSandbox({ subjects: 60 });
    const refused = await call(sandbox, 'users', '/v1/users?colour=red');
    expect(refused.text).toContain('CANARY-errors-details-400');
    sandbox.control.setFaults([{ form: 'html', status: 403 }]);
    expect((await call(sandbox, 'users', '/v1/users')).text).toContain('CANARY-errors-html');
  });

  it('is a whole configuration in a policy: 20 to 200 kB', async () => {
    const sandbox = await openSandbox({ subjects: 500 });
    const rows = rowsOf(await call(sandbox, 'policies', '/v2/policies?pageSize=50'), 'policies');
    const one = await call(sandbox, 'policies', `/v2/policies/${rows[7]?.uuid}`);
    expect(one.body['policy']).toEqual(rows[7]);
    const sizes = rows.map((row) => JSON.stringify(row['features']).length);
    expect(Math.min(...sizes)).toBeGreaterThan(20_000);
    expect(Math.max(...sizes)).toBeLessThan(202_000);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeGreaterThan(100_000);
  });
});
