import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configOf, helpText, readConfig, readInvocation } from '../../src/settings/read.ts';
import { ConfigError } from '../../src/model/errors.ts';
import { flagOf, type Setting } from '../../src/settings/kinds.ts';
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
    const invocation = readInvocation(['serve', '--port', '5000', '--no-graphiql', '--rate-limit=3'], {
      PORT: '6000',
      ROLESCOPE_MAX_CALLS: '7',
      ROLESCOPE_GRAPHIQL: 'true',
      ROLESCOPE_API_KEYS: 'a:b, c:d',
    });
    expect(invocation).toMatchObject({
      kind: 'run',
      command: 'serve',
      config: { port: 5000, maxCalls: 7, graphiql: false, rateLimit: 3, apiKeys: ['a:b', 'c:d'] },
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

  it('take a repeated flag, or a variable with semicolons, as a list of faults', () => {
    const fromFlags = readInvocation(['--sandbox-fault', 'status=503,count=3', '--sandbox-fault=reset'], {});
    const fromVariable = readConfig({ ROLESCOPE_SANDBOX_FAULT: 'status=503,count=3; reset' });
    expect(fromFlags).toMatchObject({ config: { sandboxFault: ['status=503,count=3', 'reset'] } });
    expect(fromVariable.sandboxFault).toEqual(['status=503,count=3', 'reset']);
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

  it.each([
    [['serv'], 'unknown command "serv": use one of serve, sandbox, doctor, token'],
    [['serve', 'now'], 'unexpected argument "now" after serve'],
    [['--prot', '1'], "Unknown option '--prot'; see rolescope --help"],
    [['--password', 'x'], "Unknown option '--password'; see rolescope --help"],
    [['--port'], "Option '--port <value>' argument missing; see rolescope --help"],
  ])('stop the start with one line where the arguments are %j', (args, message) => {
    expect(errorOf(() => readInvocation(args, {}))).toBe(message);
  });

  it('are all in the help, with their flag and variable, and no secret has a flag', () => {
    const help = helpText();
    for (const setting of Object.values<Setting>(settings)) {
      const flag = flagOf(setting);
      expect(help).toContain(setting.env);
      expect(help).toContain(setting.help);
      if (flag !== undefined) expect(help).toContain(flag);
      if (/password$|keys|redis|_token$/i.test(setting.env)) expect(flag).toBeUndefined();
    }
    expect(readInvocation(['--help'], {})).toEqual({ kind: 'help' });
    expect(readInvocation(['serve', '-h'], {})).toEqual({ kind: 'help' });
    expect(readInvocation(['--version'], {})).toEqual({ kind: 'version' });
  });
});
