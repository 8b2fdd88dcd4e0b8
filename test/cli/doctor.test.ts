import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { systemRandom } from '../../src/platform/random.ts';
import type { FaultRule } from '../../src/sandbox/core/faults/faults.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import type { DoctorOptions } from '../../src/cli/doctor/context.ts';
import { formatFinding, runDoctor, type Finding } from '../../src/cli/doctor/examination.ts';
import { login } from '../../src/upstream/credentials/login.ts';
import { addressesOf } from '../../src/cli/sandbox.ts';
import { refusalOf } from '../upstream/harness.ts';

let sandbox: Sandbox;
afterEach(() => sandbox?.close());

const start = async (options: SandboxOptions = {}): Promise<void> => {
  sandbox = await createSandbox({ subjects: 50, ...options });
};

const examine = async (
  options: Partial<DoctorOptions>,
): Promise<{ isWell: boolean; findings: Finding[]; text: string; states: Record<string, string> }> => {
  const findings: Finding[] = [];
  const isWell = await runDoctor(
    { ...addressesOf(sandbox), clock: systemClock, random: systemRandom, ...options },
    (finding) => findings.push(finding),
  );
  const states = Object.fromEntries(findings.map(({ step, state }) => [step, state]));
  return { isWell, findings, text: findings.map(formatFinding).join('\n'), states };
};

const user = (name: string) => {
  const found = sandbox.users.find((candidate) => candidate.name.startsWith(name));
  return { username: found?.name, password: found?.password };
};

const allFine = {
  'addresses resolve': 'fine',
  'connections hold': 'fine',
  'login works': 'fine',
  'refresh works': 'fine',
  'role assignments may be read': 'fine',
  'subjects are visible': 'fine',
  'round trips': 'fine',
  'clocks agree': 'fine',
  'users may be read': 'fine',
  'devices may be read': 'fine',
  'device groups may be read': 'fine',
  'policies may be read': 'fine',
};

const afterLogin = {
  'role assignments may be read': 'wrong',
  'subjects are visible': 'skipped',
  'round trips': 'skipped',
  'clocks agree': 'skipped',
  'users may be read': 'skipped',
  'devices may be read': 'skipped',
  'device groups may be read': 'skipped',
  'policies may be read': 'skipped',
};

describe('the doctor', () => {
  it('finds nothing wrong with an administrator', async () => {
    await start();
    const { isWell, text, states } = await examine(user('administrator'));
    expect(states).toEqual(allFine);
    expect(isWell).toBe(true);
    expect(text).toContain('✓ subjects are visible: 50');
    expect(text).toContain('✓ login works: the token is good for 60 minutes');
    expect(text).toMatch(/✓ round trips: \d+ ms at best, \d+ ms in the middle, \d+ ms at worst of 5/);
    expect(sandbox.transcript().filter(({ status }) => status !== 200)).toEqual([]);
  });

  it('tells how much a user of one customer sees', async () => {
    await start();
    const { isWell, text } = await examine(user('customer'));
    expect(isWell).toBe(true);
    const seen = Number(/subjects are visible: (\d+)/.exec(text)?.[1]);
    expect(seen).toBeGreaterThan(0);
    expect(seen).toBeLessThan(50);
  });

  it.each([
    { name: 'no-integrations', hint: /step "Integrations": switch the Integrations toggle/ },
    { name: 'superuser', hint: /step "create a dedicated user": a Superuser/ },
  ])('names the step that is missing for $name', async ({ name, hint }) => {
    await start();
    const { isWell, findings, states } = await examine(user(name));
    expect(isWell).toBe(false);
    expect(states).toEqual({ ...allFine, ...afterLogin });
    expect(findings.find(({ state }) => state === 'wrong')?.hint).toMatch(hint);
  });

  it('names the step for each way in which a permission set can be missing or too small', async () => {
    await start();
    const boss = sandbox.control.actingAs('superuser@sandbox.example');
    const created = { username: 'new@sandbox.example', password: 'new-password' };
    const hint = async (): Promise<string | undefined> =>
      (await examine(created)).findings.find(({ state }) => state === 'wrong')?.hint;

    boss.createUser({ name: created.username });
    expect(await hint()).toContain('step "accept the invitation"');
    sandbox.control.acceptInvitation(created.username, created.password);
    expect(await hint()).toContain('step "Integrations"');
    boss.setIntegrations(created.username, true);
    expect(await hint()).toContain('step "assign a permission set"');
    boss.createPermissionSet({ name: 'small', staticGroups: 'all', functionality: ['something.else'] });
    boss.assign(created.username, 'small');
    expect(await hint()).toContain('step "permission set"');
    boss.changePermissionSet('small', { functionality: ['all'], staticGroups: [] });
    expect(await hint()).toContain('step "permission set"');
    boss.changePermissionSet('small', {
      staticGroups: [{ customerUuid: '00000000-0000-4000-8000-000000000000' }],
    });
    expect(await hint()).toContain('its static groups hold nobody');
    boss.changePermissionSet('small', { staticGroups: 'all' });
    expect((await examine(created)).isWell).toBe(true);
  });

  it.each([
    {
      state: { usersSubscription: false },
      step: 'users may be read',
      detail: /^UPSTREAM_ERROR, status 501, request id /,
      hint: /names and mail addresses of users, .* are missing\. It comes with ESET Cloud Office Security/,
    },
    {
      faults: [{ domain: 'users', status: 403 }],
      step: 'users may be read',
      detail: /^FORBIDDEN, status 403, request id /,
      hint: /needs the functionality to read users\..*ESET Cloud Office Security/,
    },
    {
      faults: [{ domain: 'devices', path: '/v1/devices', status: 403 }],
      step: 'devices may be read',
      detail: /^FORBIDDEN/,
      hint: /names of devices are missing\..*"Groups & Computers"/,
    },
    {
      faults: [{ domain: 'devices', path: '/v1/device_groups', status: 403 }],
      step: 'device groups may be read',
      detail: /^FORBIDDEN/,
      hint: /names of static groups .* paths and children of scopes are missing\./,
    },
    {
      faults: [{ domain: 'policies', status: 403 }],
      step: 'policies may be read',
      detail: /^FORBIDDEN/,
      hint: /names of policies are missing\./,
    },
  ])('says what is missing where a domain is closed, and that nothing is wrong: $step, $detail', async (closed) => {
    await start({ ...closed.state, faults: (closed.faults ?? []) as FaultRule[] });
    const { isWell, findings, states } = await examine(user('administrator'));
    expect(isWell).toBe(true);
    expect(states).toEqual({ ...allFine, [closed.step]: 'limited' });
    const finding = findings.find(({ step }) => step === closed.step);
    expect(finding?.detail).toMatch(closed.detail);
    expect(finding?.hint).toMatch(closed.hint);
  });

  it('knows that the region jpn has no user management, and says how else a domain is turned on', async () => {
    await start();
    const inJapan = await examine({ ...user('administrator'), region: 'jpn', usersUrl: undefined });
    expect(inJapan.isWell).toBe(true);
    expect(inJapan.text).toContain(
      '! users may be read: the region jpn does not have it\n  → Without it, names and mail',
    );
    const { isWell, text, states } = await examine({ ...user('administrator'), devicesUrl: undefined });
    expect(isWell).toBe(true);
    expect(text).toContain('! devices may be read: it is not asked\n');
    expect(text).toContain('Set ROLESCOPE_DEVICES_URL, or ROLESCOPE_REGION');
    expect(states).toEqual({ ...allFine, 'devices may be read': 'limited', 'device groups may be read': 'limited' });
  });

  it('finds it wrong where a domain has an address and cannot be reached, or fails', async () => {
    await start({ absent: ['policies'], faults: [{ domain: 'users', status: 500 }] });
    const { isWell, states, text } = await examine(user('administrator'));
    expect(isWell).toBe(false);
    expect(states).toEqual({ ...allFine, 'users may be read': 'wrong', 'policies may be read': 'wrong' });
    expect(text).toContain('✗ policies may be read: ECONNREFUSED');
    expect(text).toMatch(
      /✗ users may be read: UPSTREAM_ERROR, status 500, request id \S+\n {2}→ Without it, names and/,
    );
  });

  it('makes no more calls in a second than upstream takes', async () => {
    await start();
    await examine(user('administrator'));
    expect(sandbox.transcript().filter(({ status }) => status === 429)).toEqual([]);
    expect(new Set(sandbox.transcript().map(({ domain }) => domain))).toEqual(
      new Set(['identity', 'users', 'devices', 'policies']),
    );
  });

  it('gives every step to look at where a 403 does not say why', async () => {
    await start({ faults: [{ path: '/v2/role-assignments', status: 403, form: 'empty' }] });
    const { findings } = await examine(user('administrator'));
    const hint = findings.find(({ state }) => state === 'wrong')?.hint ?? '';
    for (const step of ['dedicated user', 'Integrations', 'assign a permission set', 'permission set', 'blocked']) {
      expect(hint).toContain(step);
    }
  });

  it.each(['invited', 'administrator'])('says what to check where %s cannot log in', async (name) => {
    await start();
    const { isWell, states, text } = await examine({ ...user(name), password: 'wrong' });
    expect(isWell).toBe(false);
    expect(states).toMatchObject({
      'login works': 'wrong',
      'refresh works': 'skipped',
      ...afterLogin,
      'role assignments may be read': 'skipped',
    });
    expect(text).toMatch(
      /✗ login works: UNAUTHENTICATED, status 401, request id [0-9a-f-]+\n {2}→ Check name and password/,
    );
    expect(text).toContain('– refresh works: first "login works" must be fixed');
  });

  it('says when the refresh is refused', async () => {
    await start({ refreshTokenLifetimeMs: 0 });
    const { isWell, states } = await examine(user('administrator'));
    expect(isWell).toBe(false);
    expect(states).toEqual({ ...allFine, 'refresh works': 'wrong' });
  });

  it('looks with a token where there is no name and password', async () => {
    await start();
    const { isWell, states } = await examine({ token: sandbox.adminToken, tokenUrl: undefined });
    expect(isWell).toBe(true);
    expect(states).toEqual({ ...allFine, 'login works': 'skipped', 'refresh works': 'skipped' });
    expect((await examine({ token: 'not-a-token' })).states).toMatchObject({ 'role assignments may be read': 'wrong' });
  });

  it('asks for a credential where there is none', async () => {
    await start();
    const { isWell, text } = await examine({});
    expect(isWell).toBe(false);
    expect(text).toContain('ROLESCOPE_USERNAME');
    expect(sandbox.transcript()).toEqual([]);
  });

  it('says when an address does not resolve', async () => {
    await start();
    const { isWell, text } = await examine({ ...user('administrator'), baseUrl: 'https://upstream.invalid' });
    expect(isWell).toBe(false);
    expect(text).toMatch(/✗ addresses resolve: Identity: \w+/);
    expect(text).toContain('ROLESCOPE_REGION');
  });

  it('says when nobody listens, and when TLS does not hold', async () => {
    await start();
    const server = createServer((socket) => socket.resume().end('this is no TLS'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const broken = await examine({ ...user('administrator'), baseUrl: `https://127.0.0.1:${port}` });
    expect(broken.text).toMatch(/✗ connections hold: Identity: \w+/);
    expect(broken.text).toContain('NODE_EXTRA_CA_CERTS');
    await new Promise((resolve) => server.close(resolve));
    const closed = await examine({ ...user('administrator'), baseUrl: `http://127.0.0.1:${port}` });
    expect(closed.text).toContain('✗ connections hold: Identity: ECONNREFUSED');
  });

  it('says when the clocks disagree', async () => {
    await start({ faults: [{ path: '/v2/role-assignments', headers: { date: 'Thu, 01 Jan 2015 00:00:00 GMT' } }] });
    const { isWell, states, text } = await examine(user('administrator'));
    expect(isWell).toBe(false);
    expect(states).toEqual({ ...allFine, 'clocks agree': 'wrong' });
    expect(text).toContain('NTP');
  });

  it('shows no password and no token, whatever it finds', async () => {
    await start();
    const texts = [];
    for (const { name, password } of sandbox.users) texts.push((await examine({ username: name, password })).text);
    const all = texts.join('\n');
    expect(all).not.toMatch(/ey[A-Za-z0-9_-]{10}/);
    for (const { password } of sandbox.users) expect(all).not.toContain(password);
  });
});

describe('login', () => {
  it('gives a token that upstream takes', async () => {
    await start();
    const { name, password } = sandbox.users[0] ?? { name: '', password: '' };
    const options = { tokenUrl: sandbox.tokenUrl, clock: systemClock, random: systemRandom };
    const tokens = await login({ ...options, username: name, password });
    expect((await examine({ token: tokens.accessToken })).isWell).toBe(true);
    const refusal = await refusalOf(login({ ...options, username: name, password: 'wrong' }));
    expect(refusal.code).toBe('UNAUTHENTICATED');
    expect(refusal.message).not.toContain('wrong password');
  });
});
