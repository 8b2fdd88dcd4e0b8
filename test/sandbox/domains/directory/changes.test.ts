import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../../src/sandbox/sandbox.ts';
import { openSandbox, tokenOf } from '../../client.ts';
import { call, rowsOf, walkRows, type Row } from './client.ts';

const devicesOf = (sandbox: Sandbox, token = sandbox.adminToken): Promise<Row[]> =>
  walkRows(sandbox, 'devices', '/v1/devices?pageSize=1000', 'devices', { token });
const usersOf = (sandbox: Sandbox): Promise<Row[]> => walkRows(sandbox, 'users', '/v1/users?pageSize=1000', 'users');
const membersOf = async (sandbox: Sandbox, group: string): Promise<string[]> =>
  (await walkRows(sandbox, 'devices', `/v1/device_groups/${group}/devices?pageSize=1000`, 'devices')).map(
    ({ uuid }) => uuid,
  );

/** Calls the control interface over HTTP. */
const change = async (sandbox: Sandbox, method: string, path: string, json?: unknown): Promise<[number, unknown]> => {
  const response = await fetch(`${sandbox.url}/sandbox/${path}`, {
    method,
    ...(json === undefined ? {} : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  return [response.status, text === '' ? undefined : JSON.parse(text)];
};

describe('what happens to devices', () => {
  it('shows from the next call on: renamed, moved, added and removed', async () => {
    const sandbox = await openSandbox({ subjects: 100 });
    const groups = await walkRows(sandbox, 'devices', '/v1/device_groups?pageSize=1000', 'deviceGroups');
    const [a, b] = groups.filter(
      ({ linkedEntityType, isSecurityGroup, displayName }) =>
        linkedEntityType === 'DEVICE_GROUP_ENTITY_TYPE_UNSPECIFIED' &&
        isSecurityGroup === true &&
        !/^(?:All|Companies|Lost)/.test(displayName ?? ''),
    );
    const device = (await membersOf(sandbox, a?.uuid ?? ''))[0] ?? '';
    const control = await sandbox.control.directory();

    control.renameDevice(device, 'Renamed');
    control.moveDevice(device, b?.uuid ?? '');
    const { body } = await call(sandbox, 'devices', `/v1/devices/${device}`);
    expect(body['device']).toMatchObject({ displayName: 'Renamed', parentGroupUuid: b?.uuid });
    const named = await walkRows(sandbox, 'devices', '/v1/devices?displayNames=Renamed', 'devices');
    expect(named).toEqual([body['device']]);
    expect(await membersOf(sandbox, a?.uuid ?? '')).not.toContain(device);
    expect(await membersOf(sandbox, b?.uuid ?? '')).toContain(device);

    const before = await devicesOf(sandbox);
    const added = control.addDevice({ displayName: 'New', groupUuid: b?.uuid ?? '' });
    const after = await devicesOf(sandbox);
    expect(after).toHaveLength(before.length + 1);
    expect(after.find(({ uuid }) => uuid === added)).toMatchObject({ displayName: 'New', parentGroupUuid: b?.uuid });
    expect(JSON.stringify(after.at(-1))).toContain(`CANARY-devices-deviceToken-${added}`);
    expect(await membersOf(sandbox, b?.uuid ?? '')).toContain(added);
    const fresh = await walkRows(sandbox, 'devices', '/v1/devices?displayNames=New&isMuted=false', 'devices');
    expect(fresh.map(({ uuid }) => uuid)).toEqual([added]);

    control.removeDevice(device);
    control.removeDevice(added);
    expect(await devicesOf(sandbox)).toHaveLength(before.length - 1);
    expect((await call(sandbox, 'devices', `/v1/devices/${device}`)).status).toBe(404);
    expect(await membersOf(sandbox, b?.uuid ?? '')).not.toContain(device);

    sandbox.control.reset();
    expect((await call(sandbox, 'devices', `/v1/devices/${device}`)).status).toBe(200);
    expect((await devicesOf(sandbox)).some(({ displayName }) => displayName === 'Renamed')).toBe(false);
  });

  it('moves a device out of the sight of somebody, and back', async () => {
    const sandbox = await openSandbox({ subjects: 100 });
    const token = await tokenOf(sandbox, 'customer');
    const [device] = await devicesOf(sandbox, token);
    const control = await sandbox.control.directory();
    const groups = await walkRows(sandbox, 'devices', '/v1/device_groups?pageSize=1000', 'deviceGroups');
    const lost = groups.find(({ displayName }) => displayName === 'Lost & Found')?.uuid ?? '';
    const status = async (): Promise<number> =>
      (await call(sandbox, 'devices', `/v1/devices/${device?.uuid}`, { token })).status;
    control.moveDevice(device?.uuid ?? '', lost);
    expect(await status()).toBe(404);
    control.moveDevice(device?.uuid ?? '', '30bd93aa-c0ef-4fcf-a73f-ce80610bd161');
    expect(await status()).toBe(200);
  });

  it('can be said over HTTP, and is refused where it cannot be', async () => {
    const sandbox = await openSandbox({ subjects: 100 });
    const [device] = await devicesOf(sandbox);
    const [status, added] = await change(sandbox, 'POST', 'devices', { displayName: 'New' });
    expect([status, added]).toEqual([200, { uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
    expect(await change(sandbox, 'PATCH', `devices/${device?.uuid}`, { displayName: 'x' })).toEqual([204, undefined]);
    expect((await change(sandbox, 'PATCH', `devices/${device?.uuid}`, { groupUuid: 'x' }))[0]).toBe(404);
    expect((await change(sandbox, 'PATCH', 'devices/x', { displayName: 'x' }))[0]).toBe(404);
    expect((await change(sandbox, 'POST', 'devices', { displayName: 'New', uuid: device?.uuid }))[0]).toBe(409);
    expect((await change(sandbox, 'POST', 'devices', { name: 'New' }))[0]).toBe(400);
    expect(await change(sandbox, 'DELETE', `devices/${device?.uuid}`)).toEqual([204, undefined]);
    expect((await change(sandbox, 'DELETE', `devices/${device?.uuid}`))[0]).toBe(404);
    expect((await devicesOf(sandbox)).map(({ uuid }) => uuid)).not.toContain(device?.uuid);
  });
});

describe('people who leave', () => {
  it('are 1 in 40 of the role holders, gone at once from every list', async () => {
    const sandbox = await openSandbox({ subjects: 1000 });
    const before = await usersOf(sandbox);
    (await sandbox.control.directory()).deleteUsers();
    const after = new Set((await usersOf(sandbox)).map(({ uuid }) => uuid));
    const gone = before.filter(({ uuid }) => !after.has(uuid));
    expect(gone.length).toBeGreaterThan(5);
    expect(gone.length / (1000 / 2)).toBeCloseTo(1 / 40, 2);
    expect((await call(sandbox, 'users', `/v1/users/${gone[0]?.uuid}`)).status).toBe(404);
    const { status } = await call(sandbox, 'users', '/v1/users:batchGetUsers', {
      json: { usersUuids: [gone[0]?.uuid] },
    });
    expect(status).toBe(404);
  });

  it('can be gone after some more calls, or be named', async () => {
    const sandbox = await openSandbox({ subjects: 100 });
    const [first, second] = await usersOf(sandbox);
    const status = async (uuid = ''): Promise<number> => (await call(sandbox, 'users', `/v1/users/${uuid}`)).status;
    (await sandbox.control.directory()).deleteUsers({ uuids: [first?.uuid ?? ''], afterCalls: 2 });
    expect([await status(first?.uuid), await status(first?.uuid), await status(first?.uuid)]).toEqual([200, 200, 404]);
    expect(await change(sandbox, 'POST', 'people-leave', { uuids: [second?.uuid] })).toEqual([204, undefined]);
    expect(await status(second?.uuid)).toBe(404);
    expect((await change(sandbox, 'POST', 'people-leave', { uuids: [second?.uuid] }))[0]).toBe(404);
  });
});

describe('the readings of the directory', () => {
  it('can be changed while the sandbox runs', async () => {
    const sandbox = await openSandbox({ subjects: 200 });
    const before = await usersOf(sandbox);
    sandbox.control.configure({ partialUsers: true });
    expect((await usersOf(sandbox)).length).toBeLessThan(before.length * 0.75);
    sandbox.control.configure({ partialUsers: false, linkedUuids: 'never', treeCycle: true });
    expect(await usersOf(sandbox)).toEqual(before);
    const groups = rowsOf(await call(sandbox, 'devices', '/v1/device_groups?pageSize=1000'), 'deviceGroups');
    expect(groups.map(({ uuid }) => uuid)).not.toContain('30bd93aa-c0ef-4fcf-a73f-ce80610bd161');
    const parents = new Map(groups.map((group) => [group.uuid, group['parentGroupUuid'] as string]));
    const circular = groups.filter(({ uuid }) => parents.get(parents.get(uuid) ?? '') === uuid);
    expect(circular).toHaveLength(2);
  });
});
