import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { list, logIn, openSandbox } from '../client.ts';

const superuser = 'superuser@sandbox.example';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const send = async (
  sandbox: Sandbox,
  method: string,
  path: string,
  { body, actor, headers = {} }: { body?: unknown; actor?: string; headers?: Record<string, string> } = {},
): Promise<Answer> => {
  const response = await fetch(`${sandbox.url}/sandbox/${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(actor === undefined ? {} : { 'acting-as': actor }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
};

/** `fetch` does not let a caller lie about its host. */
const statusForHost = (sandbox: Sandbox, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const call = request(`${sandbox.url}/sandbox/transcript`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.once('error', reject);
    call.end();
  });

describe('the control interface over HTTP', () => {
  it("walks ESET's way of making an API user", async () => {
    const sandbox = await openSandbox({ subjects: 200 });
    const actor = superuser;
    const user = 'users/integration@example.test';
    const steps: [number, string, string, unknown?][] = [
      [200, 'POST', 'users', { name: 'integration@example.test' }],
      [200, 'POST', `${user}/accept-invitation`, { password: 'secret' }],
      [200, 'PATCH', user, { integrations: true }],
      [
        200,
        'POST',
        'permission-sets',
        {
          name: 'one site',
          staticGroups: [{ customerUuid: 'ff572f63-8965-47da-9d9d-cb994dc9da10' }],
          functionality: ['all'],
        },
      ],
      [200, 'PUT', `${user}/permission-sets/one%20site`],
    ];
    for (const [status, method, path, body] of steps) {
      expect(await send(sandbox, method, path, { body, actor }), `${method} ${path}`).toMatchObject({ status });
    }
    expect((await send(sandbox, 'GET', 'users')).body).toContainEqual({
      name: 'integration@example.test',
      reference: expect.any(String),
      isSuperuser: false,
      isInvitationAccepted: true,
      integrations: true,
      permissionSets: ['one site'],
    });

    const { access_token: token } = await logIn(sandbox, 'integration@example.test', 'secret');
    const total = Number((await list(sandbox, {}, { token })).page.totalSize);
    expect(total).toBeGreaterThan(10);
    expect(total).toBeLessThan(60);
    expect(
      await send(sandbox, 'PATCH', 'permission-sets/one%20site', { body: { staticGroups: 'all' }, actor }),
    ).toEqual({
      status: 200,
      body: { name: 'one site', staticGroups: 'all', functionality: ['all'] },
    });
    expect((await list(sandbox, {}, { token })).page.totalSize).toBe('200');
    expect((await send(sandbox, 'DELETE', `${user}/permission-sets/one%20site`, { actor })).status).toBe(200);
    expect((await list(sandbox, {}, { token })).status).toBe(403);
    expect((await send(sandbox, 'DELETE', 'permission-sets/one%20site', { actor })).status).toBe(204);
    expect((await send(sandbox, 'DELETE', user, { actor })).status).toBe(204);
    expect((await list(sandbox, {}, { token })).status).toBe(401);
  });

  it('lets only a Superuser change the account', async () => {
    const sandbox = await openSandbox({ subjects: 2 });
    for (const actor of ['administrator@sandbox.example', 'nobody', undefined]) {
      const who = actor === undefined ? {} : { actor };
      expect((await send(sandbox, 'POST', 'users', { body: { name: 'me' }, ...who })).status).toBe(403);
      expect((await send(sandbox, 'DELETE', 'users/invited@sandbox.example', who)).status).toBe(403);
      expect((await send(sandbox, 'DELETE', 'permission-sets/one%20customer', who)).status).toBe(403);
    }
    expect(sandbox.control.users()).toHaveLength(10);
  });

  it('shows no password and no token', async () => {
    const sandbox = await openSandbox({ subjects: 2 });
    await list(sandbox);
    for (const path of ['users', 'permission-sets', 'settings', 'faults', 'transcript']) {
      const told = JSON.stringify((await send(sandbox, 'GET', path)).body);
      expect(told).not.toContain('sandbox-administrator');
      expect(told).not.toContain(sandbox.adminToken);
    }
  });

  it('gives the transcript, without its own calls, and clears it', async () => {
    const sandbox = await openSandbox({ subjects: 2 });
    await list(sandbox, { pageSize: 1 });
    const { body } = await send(sandbox, 'GET', 'transcript');
    expect(body).toEqual(sandbox.transcript());
    expect(body).toHaveLength(1);
    expect((await send(sandbox, 'DELETE', 'transcript')).status).toBe(204);
    expect(sandbox.transcript()).toEqual([]);
    await list(sandbox);
    sandbox.clearTranscript();
    expect(sandbox.transcript()).toEqual([]);
  });

  it('changes settings, adds and replaces faults, revokes tokens and puts everything back', async () => {
    const sandbox = await openSandbox({ subjects: 2 });
    const settings = await send(sandbox, 'PATCH', 'settings', {
      body: { rateLimit: 3, retryAfterSeconds: 2, totalSize: 'number' },
    });
    expect(settings).toMatchObject({ status: 200, body: { rateLimit: 3, retryAfterSeconds: 2 } });
    expect((await list(sandbox)).page.totalSize).toBe(2);

    expect((await send(sandbox, 'POST', 'faults', { body: { status: 503, count: 1 } })).status).toBe(204);
    expect((await list(sandbox)).status).toBe(503);
    expect((await send(sandbox, 'GET', 'faults')).body).toEqual([{ rule: { status: 503, count: 1 }, met: 1 }]);
    expect((await send(sandbox, 'PUT', 'faults', { body: [{ status: 500 }] })).status).toBe(204);
    expect((await list(sandbox)).status).toBe(500);
    expect((await list(sandbox)).status).toBe(429);
    expect((await send(sandbox, 'DELETE', 'faults')).status).toBe(204);
    expect((await send(sandbox, 'GET', 'faults')).body).toEqual([]);

    expect((await send(sandbox, 'POST', 'reset')).status).toBe(204);
    expect(sandbox.transcript()).toEqual([]);
    expect((await send(sandbox, 'GET', 'settings')).body).toMatchObject({ rateLimit: false, totalSize: 'string' });
    expect((await list(sandbox)).page.totalSize).toBe('2');
    expect((await send(sandbox, 'POST', 'revoke-tokens')).status).toBe(204);
    expect((await list(sandbox)).status).toBe(401);
  });

  it.each([
    ['GET', 'nothing', undefined, 404, 'no such path'],
    ['GET', '', undefined, 404, 'no such path'],
    ['GET', 'users/a/b/c/d', undefined, 404, 'no such path'],
    ['PUT', 'users', { name: 'x' }, 405, 'Only GET, POST'],
    ['POST', 'users', {}, 400, '$.name: expected a text, got nothing'],
    ['POST', 'users', { name: 'x', password: 'y' }, 400, '$.password: unknown field'],
    ['POST', 'users', [], 400, '$: expected an object, got a list'],
    ['POST', 'users', '{', 400, 'not valid JSON'],
    ['PATCH', 'users/customer@sandbox.example', { integrations: 'yes' }, 400, '$.integrations: expected true or false'],
    ['PATCH', 'users/nobody', { integrations: true }, 404, 'There is no user nobody'],
    ['PATCH', 'users/%ff', { integrations: true }, 400, 'percent-encoding'],
    [
      'POST',
      'permission-sets',
      { name: 'x', staticGroups: [{ cityUuid: 'y' }], functionality: [] },
      400,
      '$.staticGroups[0].cityUuid: unknown',
    ],
    [
      'POST',
      'permission-sets',
      { name: 'x', staticGroups: [{}], functionality: [] },
      400,
      '$.staticGroups[0]: expected exactly one',
    ],
    [
      'POST',
      'permission-sets',
      { name: 'x', staticGroups: 'some' },
      400,
      '$.functionality: expected a list, got nothing',
    ],
    ['PATCH', 'settings', { rateLimit: 0 }, 400, '$.rateLimit: expected a number from 1'],
    ['PATCH', 'settings', { pending: 'soon' }, 400, '$.pending: expected one of newer, older, immediate'],
    ['PATCH', 'settings', { pageShape: {} }, 400, '$.pageShape.seed'],
    ['POST', 'faults', { path: '/oauth/token' }, 400, '$: says what to match but not what to do'],
    ['POST', 'faults', { status: 199 }, 400, '$.status: expected an integer from 200 to 599, got 199'],
    ['POST', 'faults', { form: 'explode' }, 400, '$.form: expected one of reset, cut'],
    ['POST', 'faults', { headers: { 'a b': 'x' } }, 400, '$.headers["a b"]: not the name of a header'],
    ['POST', 'faults', { headers: { a: 'x\r\ny' } }, 400, '$.headers.a: has a character'],
    ['PUT', 'faults', [{ status: 500 }, { status: 'x' }], 400, '$[1].status'],
  ])('refuses %s %s with %j', async (method, path, body, status, reason) => {
    const sandbox = await openSandbox({ subjects: 2 });
    const before = [sandbox.control.users(), sandbox.control.permissionSets(), sandbox.control.settings()];
    const answer = await send(sandbox, method, path, { body, actor: superuser });
    expect(answer).toEqual({ status, body: expect.objectContaining({ message: expect.stringContaining(reason) }) });
    expect([sandbox.control.users(), sandbox.control.permissionSets(), sandbox.control.settings()]).toEqual(before);
    expect(sandbox.control.faults()).toEqual([]);
  });

  it('refuses a body that is not declared as JSON, as a web page could send it', async () => {
    const sandbox = await openSandbox({ subjects: 2 });
    const answer = await send(sandbox, 'POST', 'faults', {
      body: { status: 500 },
      headers: { 'content-type': 'text/plain' },
    });
    expect(answer.status).toBe(415);
  });

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80', '203.0.113.7'])(
    'refuses the host "%s"',
    async (host) => {
      const sandbox = await openSandbox({ subjects: 2 });
      expect(await statusForHost(sandbox, host)).toBe(403);
    },
  );

  it.each(['localhost', 'LOCALHOST:4010', '127.0.0.1', '127.1.2.3:99', '[::1]:4010'])(
    'answers the host "%s"',
    async (host) => {
      const sandbox = await openSandbox({ subjects: 2 });
      expect(await statusForHost(sandbox, host)).toBe(200);
    },
  );

  it('refuses the pages of other origins', async () => {
    const sandbox = await openSandbox({ subjects: 2 });
    const status = async (origin: string): Promise<number> =>
      (await send(sandbox, 'POST', 'reset', { headers: { origin } })).status;
    expect(await status('https://evil.example')).toBe(403);
    expect(await status('null')).toBe(403);
    expect(await status('http://localhost.evil.example')).toBe(403);
    expect(await status('http://localhost:4000')).toBe(204);
  });
});
