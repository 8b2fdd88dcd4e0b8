import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/model/errors.ts';
import type { Caller } from '../../src/model/operation.ts';
import {
  createPassthroughIdentify,
  createServiceIdentify,
  type ServiceCallers,
} from '../../src/http/authentication.ts';
import { createManualClock } from '../support/manual-clock.ts';

const clock = createManualClock();
const unsecured = (claims: object): string =>
  `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;

describe('passthrough callers', () => {
  const identify = createPassthroughIdentify();
  const of = (authorization: string) => identify({ authorization }) as Caller | undefined;

  it('are the holders of their token, and name its sub', () => {
    const token = unsecured({ sub: 'somebody' });
    expect(of(`Bearer ${token}`)).toMatchObject({ bearerToken: token, reference: 'somebody' });
    expect(of(`bearer   ${token} `)).toMatchObject({ bearerToken: token });
  });

  it('are told apart by the whole token, whatever it claims', () => {
    const a = of(`Bearer ${unsecured({ sub: 'somebody', jti: 1 })}`);
    const b = of(`Bearer ${unsecured({ sub: 'somebody', jti: 2 })}`);
    expect(a?.reference).toBe(b?.reference);
    expect(a?.credentialKey).not.toBe(b?.credentialKey);
    expect(of(`Bearer ${unsecured({ sub: 'somebody', jti: 1 })}`)?.credentialKey).toBe(a?.credentialKey);
    expect(createPassthroughIdentify()({ authorization: `Bearer ${a?.bearerToken}` })).toEqual(a);
  });

  it('have a key that does not give the token away', () => {
    expect(of('Bearer opaque-token')?.credentialKey).not.toContain('opaque');
  });

  it.each([unsecured({ sub: 7 }), unsecured({}), unsecured([]), 'opaque', 'a.b.c', 'a.e30.', '..'])(
    'have no reference where the token is %s',
    (token) => {
      expect(of(`Bearer ${token}`)?.reference).toBeNull();
    },
  );

  it.each(['', 'Bearer', 'Bearer ', 'Basic dXNlcjpwYXNz', 'token', 'Bearer a b', 'Bearer \u00e9', 'Bearer a\u0000'])(
    'are nobody where the header is %j',
    (authorization) => {
      expect(of(authorization)).toBeUndefined();
    },
  );

  it('are nobody without a header', () => {
    expect(identify({})).toBeUndefined();
  });
});

describe('callers of a service', () => {
  const issuer = 'https://issuer.example';
  const audience = 'rolescope';
  let keys: { privateKey: CryptoKey; publicKey: CryptoKey };
  let jwks: Server;
  let jwksUrl: string;
  let fetches = 0;
  let isDown = false;

  beforeAll(async () => {
    keys = await generateKeyPair('ES256');
    const key: JWK = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256' };
    jwks = createServer((_request, response) => {
      fetches++;
      response.writeHead(isDown ? 500 : 200, { 'content-type': 'application/json' });
      response.end(isDown ? '' : JSON.stringify({ keys: [key] }));
    });
    await new Promise<void>((resolve) => jwks.listen(0, '127.0.0.1', resolve));
    jwksUrl = `http://127.0.0.1:${(jwks.address() as { port: number }).port}/jwks`;
  });
  afterAll(() => {
    jwks.closeAllConnections();
    jwks.close();
  });
  beforeEach(() => {
    fetches = 0;
    isDown = false;
  });

  const open = (options: Partial<ServiceCallers> = {}) =>
    createServiceIdentify({ apiKeys: [], username: 'api@user.example', password: 'one password', clock, ...options });

  const sign = (claims: Record<string, unknown> = {}, key = keys.privateKey, kid = 'one') => {
    const seconds = Math.floor(clock.nowMs() / 1000);
    return new SignJWT({ sub: 'alice', iss: issuer, aud: audience, exp: seconds + 300, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid })
      .sign(key);
  };

  it('do not exist where there is no way to prove oneself', () => {
    expect(() => open()).toThrow(ConfigError);
    expect(() => open()).toThrow(/ROLESCOPE_API_KEYS or ROLESCOPE_JWKS_URL/);
  });

  it.each([['nokey'], ['name:'], [':key'], [''], ['a:1', 'a:2']])('are not made from the keys %j', (...apiKeys) => {
    expect(() => open({ apiKeys })).toThrow(ConfigError);
    expect(() => open({ apiKeys })).not.toThrow(/nokey/);
  });

  it('prove themselves with a key, as x-api-key or as bearer', () => {
    const identify = open({ apiKeys: ['one:secret-1', 'two:secret:2'] });
    const one = identify({ 'x-api-key': 'secret-1' });
    expect(one).toMatchObject({ name: 'key one', reference: null });
    expect(one).not.toHaveProperty('bearerToken');
    expect(identify({ authorization: 'Bearer secret:2' })).toMatchObject({ name: 'key two' });
    expect(JSON.stringify(one)).not.toContain('secret');
  });

  it('share what the API user sees', () => {
    const identify = open({ apiKeys: ['one:1', 'two:2'] });
    const [one, two] = ['1', '2'].map((key) => identify({ 'x-api-key': key }) as Caller);
    expect(one?.credentialKey).toBe(two?.credentialKey);
    const other = open({ apiKeys: ['one:1'], username: 'another@user.example' })({ 'x-api-key': '1' }) as Caller;
    const changed = open({ apiKeys: ['one:1'], password: 'another password' })({ 'x-api-key': '1' }) as Caller;
    expect(other.credentialKey).not.toBe(one?.credentialKey);
    expect(changed.credentialKey).not.toBe(one?.credentialKey);
  });

  it.each([
    { 'x-api-key': 'secret' },
    { 'x-api-key': '' },
    { 'x-api-key': 'secret-1 ' },
    { 'x-api-key': 'SECRET-1' },
    { authorization: 'Bearer secret' },
    { authorization: 'Basic secret-1' },
    { authorization: 'secret-1' },
  ])('are refused with %j', (headers) => {
    const identify = open({ apiKeys: ['one:secret-1'] });
    expect(() => identify(headers)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
  });

  it('are nobody without a credential', () => {
    expect(open({ apiKeys: ['one:1'] })({})).toBeUndefined();
  });

  it('prove themselves with a JWT of a key in the set', async () => {
    const identify = open({ jwksUrl, jwtIssuer: issuer, jwtAudience: audience });
    const authorization = `Bearer ${await sign()}`;
    expect(await identify({ authorization })).toMatchObject({ name: 'jwt alice', reference: 'alice' });
    await identify({ authorization });
    await identify({ authorization: `Bearer ${await sign({ sub: 'bob' })}` });
    expect(fetches).toBe(1);
  });

  it('may use keys and JWTs side by side', async () => {
    const identify = open({ jwksUrl, apiKeys: ['one:1'] });
    expect(await identify({ authorization: 'Bearer 1' })).toMatchObject({ name: 'key one' });
    expect(await identify({ authorization: `Bearer ${await sign()}` })).toMatchObject({ name: 'jwt alice' });
  });

  it.each([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['for another audience', { aud: 'someone-else' }],
    ['that has expired', { exp: 1 }],
    ['that never expires', { exp: undefined }],
    ['that is not valid yet', { nbf: 9_999_999_999 }],
  ])('are refused with a JWT %s', async (_name, claims) => {
    const identify = open({ jwksUrl, jwtIssuer: issuer, jwtAudience: audience });
    const authorization = `Bearer ${await sign(claims)}`;
    await expect(identify({ authorization })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('are refused with a JWT of another key, without a signature, or broken', async () => {
    const identify = open({ jwksUrl });
    const other = await generateKeyPair('ES256');
    const good = await sign();
    const tokens = [
      await sign({}, other.privateKey),
      await sign({}, other.privateKey, 'two'),
      unsecured({ sub: 'alice', exp: 9_999_999_999 }),
      `${good.slice(0, -8)}AAAAAAAA`,
      'no-jwt',
    ];
    for (const token of tokens) {
      await expect(identify({ authorization: `Bearer ${token}` })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
  });

  it('are remembered no longer than their token lives', async () => {
    const identify = open({ jwksUrl });
    const authorization = `Bearer ${await sign({ exp: Math.floor(clock.nowMs() / 1000) + 10 })}`;
    await identify({ authorization });
    clock.advance(9000);
    await identify({ authorization });
    clock.advance(1001);
    await expect(identify({ authorization })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('are not blamed when the key set cannot be had', async () => {
    isDown = true;
    const refused = open({ jwksUrl })({ authorization: `Bearer ${await sign()}` });
    await expect(refused).rejects.toMatchObject({ code: 'INTERNAL' });
    const unreachable = open({ jwksUrl: 'http://127.0.0.1:1/jwks' })({ authorization: `Bearer ${await sign()}` });
    await expect(unreachable).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('have no reference where the JWT has no sub', async () => {
    const identify = open({ jwksUrl });
    expect(await identify({ authorization: `Bearer ${await sign({ sub: undefined })}` })).toMatchObject({
      reference: null,
    });
  });
});
