import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configOf, type FlagValue, readCommandConfig, readConfig } from '../../src/settings/read.ts';
import { ConfigError } from '../../src/model/errors.ts';
import { flagOf, type Setting, settingGroups } from '../../src/settings/kinds.ts';
import { settings } from '../../src/settings/table.ts';

const folder = mkdtempSync(join(tmpdir(), 'rolescope-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const errorOf = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    const { message } = error as ConfigError;
    expect(message).not.toContain('\n');
    return message;
  }
  return 'no error';
};

describe('settings', () => {
  it('have the defaults of the design', () => {
    expect(readConfig({})).toMatchObject({
      port: 4000,
      host: '127.0.0.1',
      auth: 'passthrough',
      apiKeys: [],
      rateLimit: 10,
      maxCalls: 100,
      cacheTtlMs: 30_000,
      cacheMaxBytes: 256 * 1024 * 1024,
      timeoutMs: 150_000,
      sandbox: false,
      sandboxSubjects: 2000,
      sandboxPort: 4010,
    });
    expect(readConfig({}).upstream).toBeUndefined();
  });

  it('come from the environment, and from flags before it', () => {
    const flags = new Map<string, FlagValue>([
      ['--port', '5000'],
      ['--graphiql', false],
      ['--rate-limit', '3'],
    ]);
    const environment = {
      PORT: '6000',
      ROLESCOPE_MAX_CALLS: '7',
      ROLESCOPE_GRAPHIQL: 'true',
      ROLESCOPE_API_KEYS: 'a:b, c:d',
    };
    expect(readCommandConfig('serve', flags, environment)).toMatchObject({
      port: 5000,
      maxCalls: 7,
      graphiql: false,
      rateLimit: 3,
      apiKeys: ['a:b', 'c:d'],
    });
  });

  it.each(['eu', 'de', 'us', 'ca', 'jpn'])('set every address by region %s', (region) => {
    expect(readConfig({ ROLESCOPE_REGION: region }).upstream).toEqual({
      baseUrl: `https://${region}.iam.eset.systems`,
      tokenUrl: `https://${region}.business-account.iam.eset.systems/oauth/token`,
      // Japan has no user management.
      ...(region !== 'jpn' && { usersUrl: `https://${region}.user-management.eset.systems` }),
      devicesUrl: `https://${region}.device-management.eset.systems`,
      policiesUrl: `https://${region}.policy-management.eset.systems`,
    });
  });

  it('take an empty address of a domain for one that is not to be asked', () => {
    const { upstream } = readConfig({ ROLESCOPE_REGION: 'eu', ROLESCOPE_USERS_URL: '', ROLESCOPE_DEVICES_URL: '' });
    expect(Object.keys(upstream ?? {})).toEqual(['baseUrl', 'tokenUrl', 'policiesUrl']);
    expect(configOf({ region: 'eu', policiesUrl: '' }).upstream).not.toHaveProperty('policiesUrl');
  });

  it('let an address of its own win over the region', () => {
    const { upstream } = readConfig({ ROLESCOPE_REGION: 'eu', ROLESCOPE_UPSTREAM_URL: 'http://localhost:1/' });
    expect(upstream?.baseUrl).toBe('http://localhost:1');
    expect(upstream?.tokenUrl).toContain('https://eu.');
  });

  it('take an empty variable for an unset one', () => {
    expect(readConfig({ PORT: '', ROLESCOPE_REGION: '' })).toMatchObject({ port: 4000 });
  });

  it.each([
    [{}, ['status=503,count=3', 'reset']],
    [{}, ['status=503,count=3; reset']],
    [{ ROLESCOPE_SANDBOX_FAULT: 'status=503,count=3; reset' }, undefined],
  ])('take a list from a repeated flag, or with a sign between: %j %j', (environment, given) => {
    const flags = new Map(given === undefined ? [] : [['--sandbox-fault', given]]);
    expect(readConfig(environment, flags).sandboxFault).toEqual(['status=503,count=3', 'reset']);
  });

  it.each([
    ['--sandbox-port', '1', {}, '--sandbox-port has no effect without --sandbox'],
    ['--username', 'a', { ROLESCOPE_REGION: 'eu' }, '--username has no effect without --auth service'],
    ['--otel-service-name', 'a', {}, '--otel-service-name has no effect without --otel-exporter-otlp-endpoint'],
    ['--sandbox-port', '1', { ROLESCOPE_SANDBOX: 'true' }, 'no error'],
    ['--username', 'a', { ROLESCOPE_AUTH: 'service' }, 'no error'],
  ])('refuse a flag that would have no effect: %s %s with %j', (flag, value, environment, message) => {
    const flags = new Map([[flag, value]]);
    expect(errorOf(() => readCommandConfig('serve', flags, environment))).toBe(message);
    // A variable may be set for other occasions.
    expect(errorOf(() => readConfig({ ROLESCOPE_SANDBOX_PORT: '1', ROLESCOPE_USERNAME: 'a' }))).toBe('no error');
  });

  it('read the password from a file', () => {
    const file = join(folder, 'password');
    writeFileSync(file, 'of the sandbox\n');
    expect(readConfig({ ROLESCOPE_PASSWORD_FILE: file }).password).toBe('of the sandbox');
    expect(errorOf(() => readConfig({ ROLESCOPE_PASSWORD_FILE: join(folder, 'none') }))).toBe(
      'ROLESCOPE_PASSWORD_FILE cannot be read: ENOENT',
    );
  });

  it('come by key for an embedder, under the same rules', () => {
    expect(configOf({ port: 0, apiKeys: ['a:b'], graphiql: true })).toMatchObject({
      port: 0,
      apiKeys: ['a:b'],
      graphiql: true,
      maxCalls: 100,
    });
    expect(errorOf(() => configOf({ port: -1 }))).toContain('PORT must be an integer from 0 to 65535');
    expect(errorOf(() => configOf({ prot: 1 } as object))).toBe('unknown setting "prot"');
  });

  it.each([
    [{ PORT: 'x' }, 'PORT must be an integer from 0 to 65535, got "x"'],
    [{ PORT: '70000' }, 'PORT must be an integer from 0 to 65535, got "70000"'],
    [{ ROLESCOPE_RATE_LIMIT: '0' }, 'ROLESCOPE_RATE_LIMIT must be an integer from 1 to 1000000, got "0"'],
    [{ ROLESCOPE_RATE_LIMIT: '1.5' }, 'ROLESCOPE_RATE_LIMIT must be an integer from 1 to 1000000, got "1.5"'],
    [{ ROLESCOPE_REGION: 'uk' }, 'ROLESCOPE_REGION must be one of eu, de, us, ca, jpn, got "uk"'],
    [{ ROLESCOPE_AUTH: 'none' }, 'ROLESCOPE_AUTH must be one of passthrough, service, got "none"'],
    [{ ROLESCOPE_GRAPHIQL: 'maybe' }, 'ROLESCOPE_GRAPHIQL must be true or false, got "maybe"'],
    [{ ROLESCOPE_UPSTREAM_URL: 'iam' }, 'ROLESCOPE_UPSTREAM_URL must be an absolute address, got "iam"'],
    [
      { ROLESCOPE_UPSTREAM_URL: 'ftp://a' },
      'ROLESCOPE_UPSTREAM_URL must start with http:// or https://, got "ftp://a"',
    ],
    [
      { ROLESCOPE_UPSTREAM_URL: 'http://a:b@c' },
      'ROLESCOPE_UPSTREAM_URL must not hold a user name or password: set those on their own',
    ],
    [{ ROLESCOPE_REDIS_URL: 'of the sandbox' }, 'ROLESCOPE_REDIS_URL must be an absolute address, got something else'],
  ])('stop the start with one line where %j cannot be used', (environment, message) => {
    expect(errorOf(() => readConfig(environment))).toBe(message);
  });

  it('have a flag unless they are secrets, and belong to a group that has a title', () => {
    for (const setting of Object.values<Setting>(settings)) {
      const flag = flagOf(setting);
      expect(Object.keys(settingGroups)).toContain(setting.group);
      // The keys of a federation entity are no secrets.
      if (!setting.env.endsWith('_USER_KEYS') && /password$|keys?$|redis|_token$|_headers$|_record$/i.test(setting.env))
        expect(flag).toBeUndefined();
      else expect(flag).toMatch(/^--[a-z-]+$/);
    }
  });
});
