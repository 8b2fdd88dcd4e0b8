import { describe, expect, it } from 'vitest';
import type { Domain } from '../../../../src/sandbox/core/domain.ts';
import type { Sandbox } from '../../../../src/sandbox/sandbox.ts';
import { openSandbox, tokenOf } from '../../client.ts';
import { readDescription } from '../../description.ts';
import { violations, type Schema } from '../../json-schema.ts';
import { call, rowsOf, type CallOptions, type DirectoryReply } from './client.ts';

const stranger = '00000000-0000-4000-8000-000000000000';
const root = '30bd93aa-c0ef-4fcf-a73f-ce80610bd161';

interface Described {
  readonly domain: Exclude<Domain, 'identity'>;
  readonly method: 'get' | 'post';
  readonly path: string;
  /** The address, with a uuid that the domain knows. */
  readonly target: (uuid: string) => string;
  readonly options?: (uuid: string) => CallOptions;
}

const usersBatch = (uuid: string): CallOptions => ({ json: { usersUuids: [uuid] } });
const calls: readonly Described[] = [
  { domain: 'users', method: 'get', path: '/v1/users', target: () => '/v1/users?pageSize=1000' },
  { domain: 'users', method: 'get', path: '/v1/users/{userUuid}', target: (uuid) => `/v1/users/${uuid}` },
  {
    domain: 'users',
    method: 'post',
    path: '/v1/users:batchGetUsers',
    target: () => '/v1/users:batchGetUsers',
    options: usersBatch,
  },
  { domain: 'devices', method: 'get', path: '/v1/devices', target: () => '/v1/devices?pageSize=1000' },
  { domain: 'devices', method: 'get', path: '/v1/devices/{deviceUuid}', target: (uuid) => `/v1/devices/${uuid}` },
  {
    domain: 'devices',
    method: 'get',
    path: '/v1/devices:batchGet',
    target: (uuid) => `/v1/devices:batchGet?devicesUuids=${uuid}`,
  },
  { domain: 'devices', method: 'get', path: '/v1/device_groups', target: () => '/v1/device_groups?pageSize=1000' },
  {
    domain: 'devices',
    method: 'get',
    path: '/v1/device_groups/{groupUuid}/devices',
    target: () => `/v1/device_groups/${root}/devices?recurseSubgroups=true`,
  },
  { domain: 'policies', method: 'get', path: '/v2/policies', target: () => '/v2/policies?pageSize=20' },
  { domain: 'policies', method: 'get', path: '/v2/policies/{policyUuid}', target: (uuid) => `/v2/policies/${uuid}` },
];

const lists = {
  users: ['/v1/users', 'users'],
  devices: ['/v1/devices', 'devices'],
  policies: ['/v2/policies', 'policies'],
} as const;

const knownUuid = async (sandbox: Sandbox, domain: Described['domain']): Promise<string> => {
  const [path, field] = lists[domain];
  return rowsOf(await call(sandbox, domain, `${path}?pageSize=1`), field)[0]?.uuid ?? '';
};

describe('the description of a domain', () => {
  it.each(calls)(
    'knows every answer of the sandbox to $method $path',
    async ({ domain, method, path, target, options }) => {
      const description = readDescription(domain);
      const operation = description.operation(method, path);
      const sandbox = await openSandbox({
        subjects: 400,
        pending: { acceptAfterMs: 0 },
        fairUse: { burst: 4, backlog: 1, perSecond: 0.001 },
      });
      const uuid = await knownUuid(sandbox, domain);
      const send = (id: string, more: CallOptions = {}): Promise<DirectoryReply> =>
        call(sandbox, domain, target(id), { ...options?.(id), ...more });
      const answers = [
        await send(uuid),
        await send(uuid, { token: 'x' }),
        await send(uuid, { token: await tokenOf(sandbox, 'no-integrations') }),
        await send(uuid, { headers: { 'response-id': stranger } }),
        await call(
          sandbox,
          domain,
          `${target(uuid)}${target(uuid).includes('?') ? '&' : '?'}colour=red`,
          options?.(uuid),
        ),
      ];
      sandbox.control.setFaults([{ takesMs: 60_000, count: 1 }]);
      answers.push(await send(uuid));
      answers.push(await send(uuid), await send(uuid));
      sandbox.control.setFaults([429, 500, 502, 504].map((status) => ({ status, count: 1 })));
      for (let i = 0; i < 4; i++) answers.push(await send(uuid));
      expect(answers.map(({ status }) => status)).toEqual([200, 401, 403, 404, 400, 202, 202, 503, 429, 500, 502, 504]);
      expect(answers.flatMap((answer) => description.breaches(operation, answer))).toEqual([]);
    },
  );

  it.each(calls)('names the parameters that $method $path takes', async ({ domain, method, path, target, options }) => {
    const { operation, follow } = readDescription(domain);
    const described = (operation(method, path)['parameters'] as Schema[]).map(follow);
    const queries = described
      .filter((parameter) => parameter['in'] === 'query')
      .map((parameter) => parameter['name'] as string);
    const sandbox = await openSandbox({ subjects: 30 });
    const uuid = await knownUuid(sandbox, domain);
    for (const name of queries) {
      const address = target(uuid);
      if (new RegExp(`[?&]${name}=`).test(address)) continue;
      const reply = await call(
        sandbox,
        domain,
        `${address}${address.includes('?') ? '&' : '?'}${name}=`,
        options?.(uuid),
      );
      expect([name, reply.status]).toEqual([name, 200]);
    }
  });

  it('knows 501 of users, and 414 of a batch of devices', async () => {
    const sandbox = await openSandbox({ subjects: 30, usersSubscription: false });
    const users = readDescription('users');
    const refused = await call(sandbox, 'users', '/v1/users');
    expect(refused.status).toBe(501);
    expect(users.breaches(users.operation('get', '/v1/users'), refused)).toEqual([]);
    const devices = readDescription('devices');
    const uuids = Array.from(
      { length: 170 },
      (_, i) => `devicesUuids=${String(i).padStart(8, '0')}${stranger.slice(8)}`,
    );
    const tooLong = await call(sandbox, 'devices', `/v1/devices:batchGet?${uuids.join('&')}`);
    expect(tooLong.status).toBe(414);
    expect(devices.breaches(devices.operation('get', '/v1/devices:batchGet'), tooLong)).toEqual([]);
  });

  it('does not take everything', () => {
    const { document } = readDescription('devices');
    const device = { $ref: '#/components/schemas/Device' };
    expect(violations({ uuid: 5 }, device, document)).toEqual(['$.uuid: is not "string"']);
    expect(violations({ hardwareProfiles: [{ salt: 5 }] }, device, document)).toEqual([
      '$.hardwareProfiles[0].salt: is not "string"',
    ]);
    expect(violations({ tags: 'vip' }, device, document)).toEqual(['$.tags: is not "array"']);
  });
});
