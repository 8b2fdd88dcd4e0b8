import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/model/errors.ts';
import type { Caller } from '../../src/model/operation.ts';
import {
  createPassthroughIdentify,
  createServiceAuthentication,
  type ServiceCallers,
} from '../../src/http/authentication.ts';
import { silentLogger } from '../../src/platform/logger.ts';
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

  const authentication = (options: Partial<ServiceCallers> = {}) =>
    createServiceAuthentication({
      apiKeys: [],
      writers: [],
      username: 'api@user.example',
      password: 'one password',
      clock,
      logger: silentLogger,
      ...(options.jwksUrl !== undefined && { jwtIssuer: issuer, jwtAudience: audience }),
      ...options,
    });
  const open = (options: Partial<ServiceCallers> = {}) => authentication(options).identify;

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
    const identify = open({ jwksUrl });
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
    const identify = open({ jwksUrl });
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

  it('may write with a key that is named as a writer, and with no other', () => {
    const identify = open({ apiKeys: ['one:1', 'two:2'], writers: ['two'] });
    expect(identify({ 'x-api-key': '1' })).toMatchObject({ name: 'key one', isReadOnly: true });
    expect(identify({ 'x-api-key': '2' })).not.toHaveProperty('isReadOnly');
    expect(identify({ authorization: 'Bearer 2' })).not.toHaveProperty('isReadOnly');
  });

  it.each(['three', 'One', '1', ''])('are not let in where %j is to write, which is no name of a key', (writer) => {
    expect(() => open({ apiKeys: ['one:1'], writers: [writer] })).toThrow(ConfigError);
    expect(() => open({ apiKeys: ['one:1'], writers: [writer] })).toThrow(/ROLESCOPE_WRITERS/);
  });

  it.each([
    ['rolescope:write', true],
    ['openid rolescope:write profile', true],
    [undefined, false],
    ['', false],
    ['rolescope:writes', false],
    ['rolescope:write:all', false],
    ['ROLESCOPE:WRITE', false],
    [['rolescope:write'], false],
  ])('may write with a JWT of the scope %j: %s', async (scope, mayWrite) => {
    // A name that a JWT brings is not that of an API key.
    const identify = open({ jwksUrl, apiKeys: ['alice:1'], writers: ['alice'] });
    const caller = await identify({ authorization: `Bearer ${await sign({ scope })}` });
    expect(caller).toMatchObject({ name: 'jwt alice', ...(!mayWrite && { isReadOnly: true }) });
    expect(caller !== undefined && 'isReadOnly' in caller).toBe(!mayWrite);
  });

  it.each([
    { jwtIssuer: undefined },
    { jwtAudience: undefined },
    { jwtIssuer: undefined, jwtAudience: undefined, apiKeys: ['one:1'] },
  ])('are not let in by JWTs of which nobody says whose they are: %j', (missing) => {
    expect(() => open({ jwksUrl, ...missing })).toThrow(ConfigError);
    expect(() => open({ jwksUrl, ...missing })).toThrow(/ROLESCOPE_JWT_ISSUER and ROLESCOPE_JWT_AUDIENCE/);
  });

  it('are let in by JWTs of anybody for anybody where that is said', async () => {
    const identify = open({ jwksUrl, jwtIssuer: '*', jwtAudience: '*' });
    const authorization = `Bearer ${await sign({ iss: 'https://other.example', aud: undefined })}`;
    expect(await identify({ authorization })).toMatchObject({ reference: 'alice' });
  });

  describe('whose keys cannot be had', () => {
    const logged: object[] = [];
    const logger = { ...silentLogger, warn: (fields: object) => void logged.push(fields) };
    beforeEach(() => {
      logged.length = 0;
    });

    it('are told to come again, once for however many come, and the cause is logged', async () => {
      isDown = true;
      const identify = open({ jwksUrl, logger });
      const refused = await Promise.allSettled(
        Array.from({ length: 20 }, async (_, index) =>
          identify({ authorization: `Bearer ${await sign({ sub: `caller ${index}` })}` }),
        ),
      );
      for (const one of refused) {
        expect(one).toMatchObject({ status: 'rejected', reason: { code: 'UPSTREAM_UNAVAILABLE', retryAfterMs: 1000 } });
      }
      expect(fetches).toBe(1);
      expect(logged).toEqual([{ reason: 'status 500', hasKeys: false }]);
      isDown = false;
      clock.advance(1000);
      expect(await identify({ authorization: `Bearer ${await sign()}` })).toMatchObject({ reference: 'alice' });
    });

    it('are answered with the keys at hand, however old', async () => {
      const identify = open({ jwksUrl, logger });
      await identify({ authorization: `Bearer ${await sign()}` });
      isDown = true;
      clock.advance(3_600_000);
      expect(await identify({ authorization: `Bearer ${await sign({ sub: 'bob' })}` })).toMatchObject({
        reference: 'bob',
      });
      expect(await identify({ authorization: `Bearer ${await sign({ sub: 'eve' })}` })).toMatchObject({
        reference: 'eve',
      });
      expect(fetches).toBe(2);
    });

    it('are not made to wait by an answer that never ends, in bytes or in time', async () => {
      const endless = createServer((request, response) => {
        response.writeHead(200);
        if (request.url === '/slow') return void response.write('{');
        const more = (): void => {
          while (response.write(Buffer.alloc(65_536, ' '))) sent += 65_536;
        };
        response.on('drain', more);
        more();
      });
      let sent = 0;
      await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(endless.address() as { port: number }).port}`;
      try {
        const large = open({ jwksUrl: `${url}/large`, logger })({ authorization: `Bearer ${await sign()}` });
        await expect(large).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
        expect(sent).toBeLessThan(20_000_000);
        const slow = open({ jwksUrl: `${url}/slow`, logger })({
          authorization: `Bearer ${await sign()}`,
        }) as Promise<Caller>;
        await expect(clock.run(slow)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      } finally {
        endless.closeAllConnections();
        endless.close();
      }
    });

    it('are said to be missing, which is fatal only where there are no API keys', async () => {
      isDown = true;
      const what = 'the keys that tokens are checked with cannot be had';
      expect(await authentication({ jwksUrl }).missing()).toEqual({ what, isFatal: true });
      expect(await authentication({ jwksUrl, apiKeys: ['one:1'] }).missing()).toEqual({ what, isFatal: false });
      isDown = false;
      expect(await authentication({ jwksUrl }).missing()).toBeUndefined();
      expect(await authentication({ apiKeys: ['one:1'] }).missing()).toBeUndefined();
    });
  });

  it('make nobody fetch by key ids that they make up', async () => {
    const identify = open({ jwksUrl });
    await identify({ authorization: `Bearer ${await sign()}` });
    const other = await generateKeyPair('ES256');
    for (let index = 0; index < 300; index++) {
      const authorization = `Bearer ${await sign({}, other.privateKey, `made-up-${index}`)}`;
      await expect(identify({ authorization })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(fetches).toBe(1);
    // The issuer may have a new key, so it is looked for from time to time.
    clock.advance(30_000);
    const authorization = `Bearer ${await sign({}, other.privateKey, 'new')}`;
    await expect(identify({ authorization })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(fetches).toBe(2);
  });

  it('are checked once for a token, also when it is refused', async () => {
    const identify = open({ jwksUrl });
    const authorization = `Bearer ${await sign({ aud: 'someone-else' })}`;
    const first = identify({ authorization });
    const second = identify({ authorization });
    await expect(first).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const [one, two, three] = await Promise.allSettled([first, second, identify({ authorization })]);
    expect(one).toEqual(two);
    expect((one as PromiseRejectedResult).reason).toBe((three as PromiseRejectedResult).reason);
  });

  it('have no reference where the JWT has no sub', async () => {
    const identify = open({ jwksUrl });
    expect(await identify({ authorization: `Bearer ${await sign({ sub: undefined })}` })).toMatchObject({
      reference: null,
    });
  });
});
