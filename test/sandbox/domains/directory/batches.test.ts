import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../../src/sandbox/sandbox.ts';
import { openSandbox } from '../../client.ts';
import { call, rowsOf, type DirectoryReply } from './client.ts';

const stranger = '00000000-0000-4000-8000-000000000000';

const batches = {
  users: (sandbox: Sandbox, uuids: readonly string[]): Promise<DirectoryReply> =>
    call(sandbox, 'users', '/v1/users:batchGetUsers', { json: { usersUuids: uuids } }),
  devices: (sandbox: Sandbox, uuids: readonly string[]): Promise<DirectoryReply> =>
    call(sandbox, 'devices', `/v1/devices:batchGet?${uuids.map((uuid) => `devicesUuids=${uuid}`).join('&')}`),
};

describe.each(['users', 'devices'] as const)('a batch of %s', (domain) => {
  const known = async (sandbox: Sandbox, count: number): Promise<string[]> =>
    rowsOf(await call(sandbox, domain, `/v1/${domain}?pageSize=${count}`), domain).map(({ uuid }) => uuid);
  const send = batches[domain];

  it('is answered whole or not at all, and does not say which one is unknown', async () => {
    const sandbox = await openSandbox({ subjects: 100 });
    const uuids = await known(sandbox, 20);
    const whole = await send(sandbox, uuids);
    expect(rowsOf(whole, domain).map(({ uuid }) => uuid)).toEqual(uuids);
    const failed = await send(sandbox, [...uuids.slice(0, 9), stranger, ...uuids.slice(9)]);
    expect(failed.status).toBe(404);
    expect(failed.text + JSON.stringify([...failed.headers])).not.toContain(stranger);
    for (const uuid of uuids) expect(failed.text).not.toContain(uuid);
  });

  it.each([404, 400, 403] as const)('fails with %i for an unknown uuid where that is the reading', async (status) => {
    const sandbox = await openSandbox({ subjects: 100, unknownInBatch: status });
    expect((await send(sandbox, [stranger])).status).toBe(status);
    expect((await send(sandbox, await known(sandbox, 2))).status).toBe(200);
  });

  it('is refused where it names one twice, or answers it twice', async () => {
    const sandbox = await openSandbox({ subjects: 100 });
    const [uuid = ''] = await known(sandbox, 1);
    expect((await send(sandbox, [uuid, uuid])).status).toBe(400);
    sandbox.control.configure({ repeatedInBatch: 'answered' });
    expect(rowsOf(await send(sandbox, [uuid, uuid]), domain).map((row) => row.uuid)).toEqual([uuid, uuid]);
  });

  it('counts as one call, and is picked up with the identical request alone', async () => {
    const sandbox = await openSandbox({ subjects: 100, pending: { acceptAfterMs: 0, takesMs: 1 } });
    const accepted = await send(sandbox, [stranger]);
    expect(accepted.status).toBe(202);
    const responseId = accepted.headers.get('response-id') ?? '';
    const other = await call(sandbox, domain, `/v1/${domain}`, { headers: { 'response-id': responseId } });
    expect(other.status).toBe(404);
    expect(sandbox.transcript()).toHaveLength(2);
  });
});

describe('the address of a batch of devices', () => {
  it('takes 163 uuids, and no more', async () => {
    const sandbox = await openSandbox({ subjects: 300 });
    const uuids = rowsOf(await call(sandbox, 'devices', '/v1/devices?pageSize=200'), 'devices').map(({ uuid }) => uuid);
    expect((await batches.devices(sandbox, uuids.slice(0, 163))).status).toBe(200);
    expect((await batches.devices(sandbox, uuids.slice(0, 164))).status).toBe(414);
  });
});
