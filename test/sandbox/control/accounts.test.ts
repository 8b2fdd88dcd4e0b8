import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { list, logIn, openSandbox, post, referencesOf, tokenOf, walk } from '../client.ts';

const customers = ['30bd93aa-c0ef-4fcf-a73f-ce80610bd161', 'ff572f63-8965-47da-9d9d-cb994dc9da10'] as const;
const superuser = 'superuser@sandbox.example';
const reading = ['role-assignments.read'];

describe('the standard users', () => {
  it('are API users with rights of all kinds, one without integrations, one invited, and a Superuser', async () => {
    const sandbox = await openSandbox({ subjects: 60 });
    const seen: Record<string, unknown> = {};
    for (const { name, password } of sandbox.users) {
      const login = await post(sandbox, { grant_type: 'password', username: name, password });
      const token =
        login.status === 200 ? (JSON.parse(login.text) as { access_token: string }).access_token : undefined;
      const answer = token === undefined ? undefined : await list(sandbox, {}, { token });
      seen[name] = [login.status, answer?.status, answer?.error.message ?? answer?.page.totalSize];
    }
    expect(seen).toEqual({
      'administrator@sandbox.example': [200, 200, '60'],
      'customer@sandbox.example': [200, 200, expect.stringMatching(/^\d\d$/)],
      'customer-writer@sandbox.example': [200, 200, expect.stringMatching(/^\d\d$/)],
      'reader@sandbox.example': [200, 200, '60'],
      'role-maker@sandbox.example': [200, 200, '60'],
      'no-users@sandbox.example': [200, 200, '60'],
      'no-devices@sandbox.example': [200, 200, '60'],
      'no-integrations@sandbox.example': [
        200,
        403,
        expect.stringMatching('^access denied: integrations are not enabled for this user'),
      ],
      'invited@sandbox.example': [401, undefined, undefined],
      'superuser@sandbox.example': [
        200,
        403,
        expect.stringMatching('^access denied: a Superuser account cannot be used for integrations'),
      ],
    });
  });

  it('have a ready token for the first', async () => {
    const sandbox = await openSandbox({ subjects: 60 });
    expect((await list(sandbox)).page.totalSize).toBe('60');
    expect(sandbox.transcript()[0]?.user).toBe(sandbox.users[0]?.name);
  });
});

describe('a user bound to one customer', () => {
  it("sees of the example only that customer's part", async () => {
    const sandbox = await openSandbox({ subjects: 200 });
    const { page } = await list(sandbox, { pageSize: 2 }, { token: await tokenOf(sandbox, 'customer') });
    expect(page.assignments).toEqual([
      {
        subjectReference: '286f5456-a0ac-4e8a-8508-5c2224b47ae6',
        roles: [{ roleName: 'admin', scopes: [{ customerUuid: customers[0] }] }],
      },
      {
        subjectReference: 'ae9e45d2-9ee6-43e7-9b68-a650d62eeff1',
        roles: [{ roleName: 'auditor', scopes: [{ customerUuid: customers[0] }] }],
      },
    ]);
  });

  it('sees exactly the scopes that are nested in the customer, and the staff that lies there', async () => {
    const sandbox = await openSandbox({ subjects: 400, seed: 12 });
    const token = await tokenOf(sandbox, 'customer');
    const example = { subjectReference: '286f5456-a0ac-4e8a-8508-5c2224b47ae6', includeNestedScopes: true };
    const inside = (await list(sandbox, example, { token })).page.assignments[0]?.roles?.[0]?.scopes ?? [];
    const isInside = (scope: object): boolean =>
      Object.entries(scope).some((component) =>
        inside.some((other) => JSON.stringify(other) === JSON.stringify(Object.fromEntries([component]))),
      );
    const lies = (entry: { subjectReference?: string; subjectType?: string }): boolean =>
      inside.some(
        ({ userUuid, deviceUuid }) =>
          (entry.subjectType === 'SUBJECT_TYPE_USER' && userUuid === entry.subjectReference) ||
          (entry.subjectType === 'SUBJECT_TYPE_DEVICE' && deviceUuid === entry.subjectReference),
      );

    const everything = (await walk(sandbox, { pageSize: 1000 })).flatMap((page) => page.assignments);
    const expected = everything
      .map((entry) => ({
        ...entry,
        roles: (entry.roles ?? [])
          .map((role) => ({ ...role, scopes: (role.scopes ?? []).filter(isInside) }))
          .filter((role) => role.scopes.length > 0),
      }))
      .filter((entry) => entry.roles.length > 0 || lies(entry));
    const pages = await walk(sandbox, { pageSize: 7 }, token);
    expect(pages.flatMap((page) => page.assignments)).toEqual(expected);
    expect(pages.map((page) => page.totalSize)).toEqual(pages.map(() => String(expected.length)));
    expect(expected.some((entry) => entry.roles.length === 0)).toBe(true);
  });

  it('does not find a subject that lies elsewhere, and never sees a role turned global', async () => {
    const sandbox = await openSandbox({ subjects: 400 });
    const token = await tokenOf(sandbox, 'customer');
    const own = new Set(referencesOf(await walk(sandbox, {}, token)));
    const strangers = referencesOf(await walk(sandbox)).filter((reference) => !own.has(reference));
    expect(strangers.length).toBeGreaterThan(300);
    const { page } = await list(sandbox, { subjectReference: strangers[0] ?? '' }, { token });
    expect(page).toEqual({ assignments: [], nextPageToken: '', totalSize: '0' });
    const roles = (await walk(sandbox, {}, token)).flatMap((page) =>
      page.assignments.flatMap((entry) => entry.roles ?? []),
    );
    expect(roles.filter((role) => (role.scopes ?? []).length === 0)).toEqual([]);
  });
});

describe("ESET's way of making an API user", () => {
  const status = async (sandbox: Sandbox, token: string): Promise<number> =>
    (await list(sandbox, {}, { token })).status;

  it('can be walked, and each step has its effect at once', async () => {
    const sandbox = await openSandbox({ subjects: 400 });
    const admin = sandbox.control.actingAs(superuser);
    const name = 'integration@example.test';

    expect(admin.createUser({ name })).toMatchObject({ name, integrations: false, isInvitationAccepted: false });
    expect((await post(sandbox, { grant_type: 'password', username: name, password: 'secret' })).status).toBe(401);
    sandbox.control.acceptInvitation(name, 'secret');
    const { access_token: token } = await logIn(sandbox, name, 'secret');
    const message = async (): Promise<string | undefined> => (await list(sandbox, {}, { token })).error.message;
    const total = async (): Promise<string | number | undefined> => (await list(sandbox, {}, { token })).page.totalSize;

    expect(await message()).toContain('integrations are not enabled');
    admin.setIntegrations(name, true);
    expect(await message()).toContain('no permission set');

    admin.createPermissionSet({
      name: 'first',
      staticGroups: [{ customerUuid: customers[0] }],
      functionality: ['reports'],
    });
    admin.assign(name, 'first');
    expect(await message()).toContain('functionality role-assignments.read');
    admin.changePermissionSet('first', { functionality: ['reports', ...reading] });
    const first = Number(await total());
    expect(first).toBeGreaterThan(20);

    admin.createPermissionSet({
      name: 'second',
      staticGroups: [{ customerUuid: customers[1] }],
      functionality: ['all'],
    });
    admin.assign(name, 'second');
    const both = Number(await total());
    expect(both).toBeGreaterThan(first + 10);

    admin.changePermissionSet('second', { staticGroups: 'all' });
    expect(await total()).toBe('400');
    admin.changePermissionSet('second', { staticGroups: [] });
    expect(Number(await total())).toBe(first);
    admin.unassign(name, 'first');
    expect(await message()).toContain('cover no static group');
    admin.removePermissionSet('second');
    expect(await message()).toContain('no permission set');
    admin.assign(name, 'first');
    expect(await status(sandbox, token)).toBe(200);
    admin.setIntegrations(name, false);
    expect(await status(sandbox, token)).toBe(403);
    admin.setIntegrations(name, true);
    admin.removeUser(name);
    expect(await status(sandbox, token)).toBe(401);
    expect((await post(sandbox, { grant_type: 'password', username: name, password: 'secret' })).status).toBe(401);
  });

  it('gives a user that is made again under the same name nothing of the old one', async () => {
    const sandbox = await openSandbox({ subjects: 10 });
    const admin = sandbox.control.actingAs(superuser);
    const make = () => {
      admin.createUser({ name: 'x', integrations: true, permissionSets: ['all static groups'] });
      sandbox.control.acceptInvitation('x', 'p');
    };
    make();
    const { access_token: token } = await logIn(sandbox, 'x', 'p');
    expect(await status(sandbox, token)).toBe(200);
    admin.removeUser('x');
    make();
    expect(await status(sandbox, token)).toBe(401);
  });

  it('adds up the sets of a user, but takes functionality only for the groups of its own set', async () => {
    const sandbox = await openSandbox({ subjects: 400 });
    const admin = sandbox.control.actingAs(superuser);
    admin.createPermissionSet({ name: 'no reading', staticGroups: 'all', functionality: ['reports'] });
    const token = await tokenOf(sandbox, 'customer');
    const before = (await list(sandbox, {}, { token })).page.totalSize;
    admin.assign('customer@sandbox.example', 'no reading');
    expect((await list(sandbox, {}, { token })).page.totalSize).toBe(before);
  });

  it.each([undefined, 'administrator@sandbox.example', 'nobody'])('is refused to %s', async (actor) => {
    const sandbox = await openSandbox({ subjects: 2 });
    const steps = sandbox.control.actingAs(actor);
    const before = [sandbox.control.users(), sandbox.control.permissionSets()];
    const set = { name: 'mine', staticGroups: 'all', functionality: reading } as const;
    const invited = 'invited@sandbox.example';
    for (const step of [
      () => steps.createUser({ name: 'me' }),
      () => steps.setIntegrations(invited, false),
      () => steps.removeUser(invited),
      () => steps.createPermissionSet(set),
      () => steps.changePermissionSet('one customer', set),
      () => steps.removePermissionSet('one customer'),
      () => steps.assign(invited, 'one customer'),
      () => steps.unassign(invited, 'all static groups'),
    ]) {
      expect(step).toThrow('Only a Superuser may do this');
    }
    expect([sandbox.control.users(), sandbox.control.permissionSets()]).toEqual(before);
  });

  it('refuses steps that make no sense', async () => {
    const { control } = await openSandbox({ subjects: 2 });
    const admin = control.actingAs(superuser);
    expect(() => admin.createUser({ name: superuser })).toThrow('There is a user superuser@sandbox.example already');
    expect(() => admin.createUser({ name: 'a', permissionSets: ['none'] })).toThrow('There is no permission set none');
    expect(() => admin.setIntegrations('nobody', true)).toThrow('There is no user nobody');
    expect(() => admin.assign('nobody', 'one customer')).toThrow('There is no user nobody');
    expect(() => admin.assign(superuser, 'none')).toThrow('There is no permission set none');
    expect(() => admin.unassign(superuser, 'one customer')).toThrow('does not have the set');
    expect(() => admin.changePermissionSet('none', {})).toThrow('There is no permission set none');
    expect(() => admin.createPermissionSet({ name: 'one customer', staticGroups: 'all', functionality: [] })).toThrow(
      'already',
    );
    const composite = [{ customerUuid: 'a', siteUuid: 'b' }];
    expect(() => admin.createPermissionSet({ name: 'c', staticGroups: composite, functionality: [] })).toThrow(
      'exactly one',
    );
    expect(() => admin.changePermissionSet('one customer', { staticGroups: [{}] })).toThrow('exactly one');
    expect(() => control.acceptInvitation(superuser, 'p')).toThrow('accepted its invitation already');
    expect(() => control.acceptInvitation('nobody', 'p')).toThrow('There is no user nobody');
    expect(control.users().map(({ name }) => name)).not.toContain('a');
  });

  it('is forgotten by a reset, while tokens stay good', async () => {
    const sandbox = await openSandbox({ subjects: 10 });
    const before = [sandbox.control.users(), sandbox.control.permissionSets()];
    const token = await tokenOf(sandbox, 'customer');
    const admin = sandbox.control.actingAs(superuser);
    admin.removeUser('customer@sandbox.example');
    admin.createUser({ name: 'new' });
    admin.removePermissionSet('one customer');
    expect(await status(sandbox, token)).toBe(401);
    sandbox.control.reset();
    expect([sandbox.control.users(), sandbox.control.permissionSets()]).toEqual(before);
    expect(await status(sandbox, token)).toBe(200);
  });
});
