import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../support/manual-clock.ts';
import { list, logIn, openSandbox, post, tokenOf, tokensOf } from '../client.ts';

const admin = { username: 'administrator@sandbox.example', password: 'sandbox-administrator' };

describe('the password grant', () => {
  it('gives an access token that works, a refresh token, and their type and lifetime', async () => {
    const sandbox = await openSandbox({ subjects: 2 });
    const answer = await post(sandbox, { grant_type: 'password', ...admin });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/);
    const tokens = tokensOf(answer);
    expect(tokens).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
    });
    expect((await list(sandbox, {}, { token: tokens.access_token })).status).toBe(200);
  });

  it('gives a JWT whose sub is the reference of the user, and which is a subject of the made-up world', async () => {
    const sandbox = await openSandbox({ subjects: 2 });
    const [, payload = ''] = (await logIn(sandbox, admin.username, admin.password)).access_token.split('.');
    const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string };
    expect(sub).toBe(sandbox.control.users()[0]?.reference);
    expect((await list(sandbox, { subjectReference: sub })).page.totalSize).toBe('1');
  });

  it.each([
    ['a wrong password', { grant_type: 'password', ...admin, password: 'guess' }, 401],
    ['an unknown name', { grant_type: 'password', ...admin, username: 'nobody' }, 401],
    [
      'an invitation that is not accepted',
      { grant_type: 'password', username: 'invited@sandbox.example', password: 'sandbox-invited' },
      401,
    ],
    ['no password', { grant_type: 'password', username: admin.username }, 400],
    ['no name', { grant_type: 'password', password: admin.password }, 400],
    ['no grant type', admin, 400],
    ['another grant type', { grant_type: 'client_credentials', ...admin }, 400],
    ['a refresh without its token', { grant_type: 'refresh_token' }, 400],
    ['a refresh token that nobody got', { grant_type: 'refresh_token', refresh_token: 'guess' }, 400],
  ])('is refused for %s', async (_, form, status) => {
    const sandbox = await openSandbox({ subjects: 2 });
    const answer = await post(sandbox, form);
    expect(answer.status).toBe(status);
    expect(answer.error).toEqual({
      code: status === 401 ? 16 : 3,
      message: expect.any(String),
      details: [{ reason: expect.stringMatching(/^CANARY-/) }],
    });
  });

  it('is refused where a field stands twice', async () => {
    const sandbox = await openSandbox({ subjects: 2 });
    const response = await fetch(sandbox.tokenUrl, {
      method: 'POST',
      body: 'grant_type=password&grant_type=refresh_token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(response.status).toBe(400);
  });

  it.each(['application/json', 'text/plain;charset=UTF-8', ''])('is refused with 415 as "%s"', async (type) => {
    const sandbox = await openSandbox({ subjects: 2 });
    const answer = await post(sandbox, { grant_type: 'password', ...admin }, { 'content-type': type });
    expect(answer.status).toBe(415);
  });
});

describe('access tokens', () => {
  it('expire when they said they would', async () => {
    const clock = createManualClock();
    const sandbox = await openSandbox({ subjects: 2, clock, tokenLifetimeMs: 5000 });
    const { access_token: token, expires_in: seconds } = await logIn(sandbox, admin.username, admin.password);
    expect(seconds).toBe(5);
    clock.advance(4999);
    expect((await list(sandbox, {}, { token })).status).toBe(200);
    clock.advance(1);
    const { status, error } = await list(sandbox, {}, { token });
    expect(status).toBe(401);
    expect(error.message).toContain('expired');
  });

  it('are refused with 400 where they are missing or not a bearer token, and with 401 where they are not ours', async () => {
    const sandbox = await openSandbox({ subjects: 2 });
    const other = await openSandbox({ subjects: 2, seed: 2 });
    const call = async (authorization?: string): Promise<number> => {
      const headers = authorization === undefined ? {} : { authorization };
      return (await fetch(`${sandbox.url}/v2/role-assignments`, { headers })).status;
    };
    expect(await call()).toBe(400);
    expect(await call('Basic abc')).toBe(400);
    expect(await call('Bearer')).toBe(400);
    expect(await call('Bearer abc')).toBe(401);
    expect(await call('Bearer a.b.c')).toBe(401);
    expect(await call(`Bearer ${other.adminToken}`)).toBe(401);
    expect(await call(`Bearer ${sandbox.adminToken}x`)).toBe(401);
    expect(await call(`bearer ${sandbox.adminToken}`)).toBe(200);
  });

  it('do not carry a changed claim', async () => {
    const sandbox = await openSandbox({ subjects: 2 });
    const [header = '', payload = '', signature = ''] = (await tokenOf(sandbox, 'customer')).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const forged = { ...claims, sub: sandbox.control.users()[0]?.reference };
    const token = [header, Buffer.from(JSON.stringify(forged)).toString('base64url'), signature].join('.');
    expect((await list(sandbox, {}, { token })).status).toBe(401);
  });

  it('are all refused once they are revoked, and new ones work', async () => {
    const sandbox = await openSandbox({ subjects: 2 });
    const before = await logIn(sandbox, admin.username, admin.password);
    sandbox.control.revokeTokens();
    expect((await list(sandbox, {}, { token: before.access_token })).status).toBe(401);
    expect((await list(sandbox)).status).toBe(401);
    expect((await post(sandbox, { grant_type: 'refresh_token', refresh_token: before.refresh_token })).status).toBe(
      400,
    );
    const { access_token: token } = await logIn(sandbox, admin.username, admin.password);
    expect((await list(sandbox, {}, { token })).status).toBe(200);
  });
});

describe('the refresh grant', () => {
  it('gives new tokens of both kinds and takes the old refresh token only once', async () => {
    const sandbox = await openSandbox({ subjects: 2 });
    const first = await logIn(sandbox, admin.username, admin.password);
    const refresh = { grant_type: 'refresh_token', refresh_token: first.refresh_token };
    const answer = await post(sandbox, refresh);
    expect(answer.status).toBe(200);
    const second = tokensOf(answer);
    expect(second.access_token).not.toBe(first.access_token);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await list(sandbox, {}, { token: second.access_token })).status).toBe(200);
    expect((await post(sandbox, refresh)).status).toBe(400);
    expect((await post(sandbox, { ...refresh, refresh_token: second.refresh_token })).status).toBe(200);
  });

  it('is refused when the refresh token has expired', async () => {
    const clock = createManualClock();
    const sandbox = await openSandbox({ subjects: 2, clock, refreshTokenLifetimeMs: 60_000 });
    const first = await logIn(sandbox, admin.username, admin.password);
    clock.advance(60_000);
    expect((await post(sandbox, { grant_type: 'refresh_token', refresh_token: first.refresh_token })).status).toBe(400);
  });

  it('is refused when the user is gone', async () => {
    const sandbox = await openSandbox({ subjects: 2 });
    const first = await logIn(sandbox, admin.username, admin.password);
    sandbox.control.actingAs('superuser@sandbox.example').removeUser(admin.username);
    expect((await post(sandbox, { grant_type: 'refresh_token', refresh_token: first.refresh_token })).status).toBe(400);
  });
});
