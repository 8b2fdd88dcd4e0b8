import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { builtCommand } from '../support/build-command.ts';
import { runToEnd } from '../support/processes.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ subjects: 50 });
});
afterAll(() => sandbox.close());

const rolescope = (command: string, environment: Record<string, string> = {}) =>
  runToEnd(process.execPath, [builtCommand, ...command.split(' ')], {
    env: {
      PATH: process.env['PATH'],
      ROLESCOPE_UPSTREAM_URL: sandbox.url,
      ROLESCOPE_USERS_URL: sandbox.urls.users,
      ROLESCOPE_DEVICES_URL: sandbox.urls.devices,
      ROLESCOPE_POLICIES_URL: sandbox.urls.policies,
      ROLESCOPE_TOKEN_URL: sandbox.tokenUrl,
      ...environment,
    },
  });

const administrator = {
  ROLESCOPE_USERNAME: 'administrator@sandbox.example',
  ROLESCOPE_PASSWORD: 'sandbox-administrator',
};

describe('rolescope doctor', () => {
  it('ticks every step and exits 0 where nothing is wrong', async () => {
    const { code, output } = await rolescope('doctor', administrator);
    expect(output.split('\n').filter((line) => line.startsWith('✓'))).toHaveLength(12);
    expect(output).not.toContain('✗');
    expect(code).toBe(0);
  });

  it('says what will be missing without a domain, and exits 0', async () => {
    const { code, output } = await rolescope('doctor', { ...administrator, ROLESCOPE_POLICIES_URL: '' });
    expect(output).toContain('! policies may be read: it is not asked\n  → Without it, names of policies are missing.');
    expect(code).toBe(0);
  });

  it('gives the hint and exits 1 where something is', async () => {
    const { code, output } = await rolescope('doctor', {
      ROLESCOPE_USERNAME: 'no-integrations@sandbox.example',
      ROLESCOPE_PASSWORD: 'sandbox-no-integrations',
    });
    expect(output).toContain('✗ role assignments may be read: FORBIDDEN, status 403');
    expect(output).toContain('step "Integrations"');
    expect(code).toBe(1);
  });
});

describe('rolescope token', () => {
  it('prints a token that upstream takes, and nothing else', async () => {
    const { code, output } = await rolescope('token', administrator);
    expect(code).toBe(0);
    expect(output).toMatch(/^eyJ[\w.-]+\n$/);
    const answer = await fetch(`${sandbox.url}/v2/role-assignments?pageSize=1`, {
      headers: { authorization: `Bearer ${output.trim()}` },
    });
    expect(answer.status).toBe(200);
  });

  it('needs no other address than that of the token endpoint', async () => {
    const { code, output } = await rolescope('token', { ...administrator, ROLESCOPE_UPSTREAM_URL: '' });
    expect(output).toMatch(/^eyJ[\w.-]+\n$/);
    expect(code).toBe(0);
  });

  it('says why there is none', async () => {
    const { code, output } = await rolescope('token', { ...administrator, ROLESCOPE_PASSWORD: 'wrong-password' });
    expect(code).toBe(1);
    expect(output).toMatch(/^rolescope: UNAUTHENTICATED: ESET Connect refused to log the API user in\./);
    expect(output).not.toContain('wrong-password');
  });

  it('takes a password from no flag', async () => {
    const { code, output } = await rolescope('token --username a --password secret-of-mine', {});
    expect(code).toBe(1);
    expect(output).not.toContain('secret-of-mine');
  });
});
