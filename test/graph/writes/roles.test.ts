import { afterEach, describe, expect, it } from 'vitest';
import type { FaultRule } from '../../../src/sandbox/core/faults/faults.ts';
import { alice, at, bob, change, createWriteHarness, type Grants, type WriteHarness } from '../../writes/world.ts';

let harness: WriteHarness;
afterEach(() => harness.close());

const open = async (grants: Grants, options: Parameters<typeof createWriteHarness>[1] = {}): Promise<void> => {
  harness = await createWriteHarness(grants, options);
};

interface Problem {
  readonly code: string;
  readonly message: string;
}
interface Answer<Payload> {
  readonly data?: { readonly change: Payload } | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}
interface Created {
  readonly role: { readonly name: string } | null;
  readonly problem: Problem | null;
  readonly clientMutationId: string | null;
}
interface Deleted {
  readonly deletedName: string | null;
  readonly formerHolders: readonly {
    readonly reference: string;
    readonly roles: { readonly nodes: readonly { readonly name: string }[] };
  }[];
  readonly problem: Problem | null;
}

const create = async (input: object = {}, headers?: Record<string, string>): Promise<Answer<Created>> => {
  const { name, displayName, permissions } = {
    name: 'night-shift',
    displayName: 'Night shift',
    permissions: ['Groups & Computers.Read'],
    ...input,
  };
  return (await harness.ask(
    `mutation { change: createRole(input: { name: ${JSON.stringify(name)}, displayName: ${JSON.stringify(displayName)}, permissions: ${JSON.stringify(permissions)}, clientMutationId: "mine" }) {
      role { name } problem { code message } clientMutationId } }`,
    headers,
  )) as Answer<Created>;
};

const remove = async (
  name: string,
  confirmHolders: number,
  headers?: Record<string, string>,
): Promise<Answer<Deleted>> =>
  (await harness.ask(
    `mutation { change: deleteRole(input: { name: ${JSON.stringify(name)}, confirmHolders: ${confirmHolders} }) {
      deletedName problem { code message } formerHolders { reference roles { nodes { name } } } } }`,
    headers,
  )) as Answer<Deleted>;

const writes = (): string[] => harness.calls().filter((call) => call.startsWith('/v2/roles'));
const roleIsThere = async (name: string): Promise<boolean> => {
  harness.sandbox.control.setFaults([]);
  const { data } = await harness.change('assign', [change(name, at('four'), bob)]);
  return data?.change.results[0]?.status === 'CHANGED';
};
const audited = (): object[] => harness.lines.filter(({ message }) => message === 'change');

describe('createRole', () => {
  it('makes a role with one write, notes it, and the role can be given', async () => {
    await open({});
    const { data, errors } = await create({ permissions: ['Groups & Computers.Read', 'Groups & Computers.Read'] });
    expect(errors).toBeUndefined();
    expect(data?.change).toEqual({ role: { name: 'night-shift' }, problem: null, clientMutationId: 'mine' });
    expect(harness.sandbox.transcript().map(({ body }) => body)).toEqual([
      {
        role: {
          name: 'night-shift',
          displayName: 'Night shift',
          description: '',
          permissionNames: ['Groups & Computers.Read'],
        },
      },
    ]);
    expect(audited()).toMatchObject([
      {
        kind: 'createRole',
        status: 'CHANGED',
        role: 'night-shift',
        permissions: ['Groups & Computers.Read'],
        upstreamRequestId: expect.any(String) as string,
      },
    ]);
    expect(await roleIsThere('night-shift')).toBe(true);
  });

  it('tells the name that upstream gave the role', async () => {
    await open({}, { sandbox: { renames: true } });
    const { data } = await create();
    const name = data?.change.role?.name ?? '';
    expect(name).toMatch(/^[0-9a-f-]{36}$/);
    expect(audited()).toMatchObject([{ role: name }]);
    expect(await roleIsThere(name)).toBe(true);
  });

  it.each(['', 'night shift', 'night.shift', 'nächte', 'n'.repeat(101), '../x'])(
    'refuses the name %j before anything is written',
    async (name) => {
      await open({});
      const { data, errors } = await create({ name });
      expect(data).toBeNull();
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
      expect(harness.calls()).toEqual([]);
    },
  );

  it.each([409, 400] as const)('tells that a name is taken, where upstream says so with %i', async (nameTaken) => {
    await open({}, { sandbox: { nameTaken } });
    const { data } = await create({ name: 'viewer' });
    expect(data?.change).toMatchObject({ role: null, problem: { code: 'BAD_USER_INPUT' } });
    expect(writes()).toEqual([`/v2/roles ${nameTaken}`]);
    expect(audited()).toMatchObject([{ kind: 'createRole', status: 'FAILED', code: 'BAD_USER_INPUT' }]);
  });

  it('tells that upstream knows no such permission', async () => {
    await open({});
    const { data } = await create({ permissions: ['no such permission'] });
    expect(data?.change).toMatchObject({ role: null, problem: { code: 'BAD_USER_INPUT' } });
  });

  it('tells what to do where the firewall in front of upstream refuses what the role is called', async () => {
    await open({}, { sandbox: { faults: [{ form: 'firewall' }] } });
    const { data } = await create({ displayName: '<b>Night</b>' });
    expect(data?.change).toMatchObject({
      role: null,
      problem: { code: 'FORBIDDEN', message: expect.stringContaining('firewall') as string },
    });
    expect(writes()).toEqual(['/v2/roles 403']);
    expect((await create()).data?.change.problem).toBeNull();
  });

  it('waits for an answer that is not ready, and makes one role', async () => {
    await open({}, { sandbox: { faults: [{ path: '/v2/roles', takesMs: 32_000 }] } });
    const { data } = await create();
    expect(data?.change).toMatchObject({ role: { name: 'night-shift' }, problem: null });
    const seen = writes();
    expect(seen[0]).toBe('/v2/roles 202');
    expect(seen.slice(1).every((call) => call.startsWith('/v2/roles+id '))).toBe(true);
    expect(seen.at(-1)).toBe('/v2/roles+id 200');
  });

  it('sends again what upstream did not take', async () => {
    await open({}, { sandbox: { faults: [{ path: '/v2/roles', status: 429, count: 1 }] } });
    const { data } = await create();
    expect(data?.change.problem).toBeNull();
    expect(writes()).toEqual(['/v2/roles 429', '/v2/roles 200']);
  });

  const lost: readonly [what: string, fault: FaultRule, isThere: boolean][] = [
    ...[500, 502, 503, 504].flatMap((status): [string, FaultRule, boolean][] => [
      [`${status} before it was made`, { status, lost: 'before' }, false],
      [`${status} after it was made`, { status, lost: 'after' }, true],
    ]),
    ['a reset before it was made', { form: 'reset', lost: 'before' }, false],
    ['a reset after it was made', { form: 'reset', lost: 'after' }, true],
    ['no answer, where it was not made', { form: 'hang', lost: 'before' }, false],
    ['no answer, where it was made', { form: 'hang', lost: 'after' }, true],
    ['half an answer', { form: 'cut', lost: 'after' }, true],
    ['an answer that is no JSON', { form: 'malformed', lost: 'after' }, true],
  ];
  it.each(lost)('tells that the outcome is unknown after %s, and never sends it again', async (_, fault, isThere) => {
    await open({}, { sandbox: { faults: [{ path: '/v2/roles', count: 1, ...fault }] } });
    const { data } = await create();
    expect(data?.change.role).toBeNull();
    expect(data?.change.problem?.message).toContain('The outcome is unknown');
    expect(writes()).toHaveLength(1);
    expect(audited()).toMatchObject([{ kind: 'createRole', status: 'UNKNOWN' }]);
    expect(await roleIsThere('night-shift')).toBe(isThere);
  });

  it('tells that the outcome is unknown where upstream lost an answer that it was working on', async () => {
    const path = '/v2/roles';
    const faults = [
      { path, poll: false, takesMs: 32_000, count: 1 },
      { path, poll: true, status: 404, count: 1 },
    ];
    await open({}, { sandbox: { faults } });
    const { data } = await create();
    expect(data?.change).toMatchObject({ role: null, problem: { code: 'UPSTREAM_ERROR' } });
    expect(data?.change.problem?.message).toContain('The outcome is unknown');
    expect(writes()).toEqual(['/v2/roles 202', '/v2/roles+id 404']);
    // It is made later.
    harness.clock.advance(10_000);
    expect(await roleIsThere('night-shift')).toBe(true);
  });

  it.each([
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [412, 'BAD_USER_INPUT'],
  ] as const)('makes none where upstream refuses it with %i', async (status, code) => {
    await open({}, { sandbox: { faults: [{ path: '/v2/roles', status, count: 1 }] } });
    const { data } = await create();
    expect(data?.change).toMatchObject({ role: null, problem: { code } });
    expect(writes()).toEqual([`/v2/roles ${status}`]);
    expect(audited()).toMatchObject([{ kind: 'createRole', status: 'FAILED', code }]);
    expect(await roleIsThere('night-shift')).toBe(false);
  });
});

describe('deleteRole', () => {
  it('takes the role from everybody where the number is right, and tells who held it, as they are now', async () => {
    await open({ viewer: ['one'], auditor: ['two'] });
    await harness.change('assign', [change('viewer', { everywhere: true }, bob)]);
    harness.calls();
    const { data, errors } = await remove('viewer', 3);
    expect(errors).toBeUndefined();
    expect(data?.change).toMatchObject({ deletedName: 'viewer', problem: null });
    const holders = data?.change.formerHolders.map(({ reference, roles }) => [
      reference,
      roles.nodes.map(({ name }) => name),
    ]);
    expect(holders).toEqual([
      [alice, ['auditor']],
      [bob, []],
      ['keeper', ['auditor', 'admin']],
    ]);
    expect(harness.calls()).toEqual(['read 200', '/v2/roles/viewer 200', 'read 200']);
    expect(audited().at(-1)).toMatchObject({ kind: 'deleteRole', status: 'CHANGED', role: 'viewer', holders: 3 });
    expect(await harness.held()).toEqual({ auditor: ['two'] });
  });

  it.each([0, 1, 3, -1])('refuses %i for the two who hold it, tells the true number, and writes nothing', async (n) => {
    await open({ viewer: ['one', 'two'] });
    const { data, errors } = await remove('viewer', n);
    expect(data).toBeNull();
    expect(errors).toMatchObject([
      { message: expect.stringContaining('2 subjects hold') as string, extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect(writes()).toEqual([]);
    expect(audited()).toEqual([]);
  });

  it('counts in a census that is made now, whatever was kept', async () => {
    await open({ viewer: ['one'] });
    await harness.ask('{ census { assignmentCount } }');
    await fetch(`${harness.sandbox.url}/v2/role-assignments:assignRole`, {
      method: 'POST',
      headers: { authorization: `Bearer ${harness.sandbox.adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        role: { roleName: 'viewer', scopes: [{ customerUuid: 'one' }] },
        subjectReference: bob,
        subjectType: 'SUBJECT_TYPE_USER',
      }),
    });
    const { errors } = await remove('viewer', 2);
    expect(errors?.[0]?.message).toContain('3 subjects hold');
  });

  it('is seen by the query that comes next', async () => {
    await open({ viewer: ['one'] });
    const query = `{ subject(reference: "${alice}") { hasRole(name: "viewer") } census { assignmentCount } }`;
    await harness.ask(query);
    await remove('viewer', 2);
    expect(await harness.ask(query)).toMatchObject({ data: { subject: null, census: { assignmentCount: 8 } } });
  });

  it('waits until upstream shows it', async () => {
    await open({ viewer: ['one'] }, { sandbox: { visibleAfterMs: 1500 } });
    const { data } = await remove('viewer', 2);
    expect(data?.change).toMatchObject({ deletedName: 'viewer', problem: null });
    expect(data?.change.formerHolders).toHaveLength(2);
    expect(writes()).toEqual(['/v2/roles/viewer 200']);
  });

  it('tells no deletion that does not show in time', async () => {
    await open({ viewer: ['one'] }, { sandbox: { visibleAfterMs: 60_000 } });
    const { data } = await remove('viewer', 2);
    expect(data?.change).toMatchObject({ deletedName: null, formerHolders: [], problem: { code: 'UPSTREAM_PENDING' } });
    expect(writes()).toEqual(['/v2/roles/viewer 200']);
    expect(audited()).toMatchObject([{ status: 'UNKNOWN', code: 'UPSTREAM_PENDING' }]);
  });

  it('waits for an answer that is not ready', async () => {
    await open({ viewer: ['one'] }, { sandbox: { faults: [{ method: 'DELETE', takesMs: 32_000 }] } });
    const { data } = await remove('viewer', 2);
    expect(data?.change).toMatchObject({ deletedName: 'viewer', problem: null });
    const seen = writes();
    expect(seen[0]).toBe('/v2/roles/viewer 202');
    expect(seen.slice(1).every((call) => call.startsWith('/v2/roles/viewer+id '))).toBe(true);
  });

  it.each<[string, FaultRule, number]>([
    ['a 500 before', { status: 500, lost: 'before' }, 2],
    ['a 500 after', { status: 500, lost: 'after' }, 1],
    ['a reset before', { form: 'reset', lost: 'before' }, 2],
    ['a 502 before', { status: 502, lost: 'before' }, 2],
    ['a 502 after', { status: 502, lost: 'after' }, 1],
    ['a 503 before', { status: 503, lost: 'before' }, 2],
    ['a 503 after', { status: 503, lost: 'after' }, 1],
    ['a 504 before', { status: 504, lost: 'before' }, 2],
    ['a 504 after', { status: 504, lost: 'after' }, 1],
    ['a reset after', { form: 'reset', lost: 'after' }, 1],
    ['no answer before', { form: 'hang', lost: 'before' }, 2],
    ['no answer after', { form: 'hang', lost: 'after' }, 1],
    ['a 429', { status: 429 }, 2],
  ])('ends with the role gone after %s, which takes %i writes', async (_, fault, count) => {
    await open({ viewer: ['one'] }, { sandbox: { faults: [{ method: 'DELETE', count: 1, ...fault }] } });
    const { data } = await remove('viewer', 2);
    expect(data?.change).toMatchObject({ deletedName: 'viewer', problem: null });
    expect(writes()).toHaveLength(count);
    expect(await harness.held()).toEqual({});
  });

  it('looks after an answer that upstream lost while it was working on it', async () => {
    const faults = [
      { method: 'DELETE', poll: false, takesMs: 32_000, count: 1 },
      { method: 'DELETE', poll: true, status: 404, count: 1 },
    ];
    await open({ viewer: ['one'] }, { sandbox: { faults } });
    const { data } = await remove('viewer', 2);
    expect(data?.change).toMatchObject({ deletedName: 'viewer', problem: null });
    expect(writes()).toEqual(['/v2/roles/viewer 202', '/v2/roles/viewer+id 404']);
    expect(await harness.held()).toEqual({});
  });

  it.each([
    [401, 'UNAUTHENTICATED'],
    [404, 'NOT_FOUND'],
    [409, 'BAD_USER_INPUT'],
  ] as const)('takes nothing where upstream refuses it with %i', async (status, code) => {
    await open({ viewer: ['one'] }, { sandbox: { faults: [{ method: 'DELETE', status, count: 1 }] } });
    const { data } = await remove('viewer', 2);
    expect(data?.change).toMatchObject({ deletedName: null, formerHolders: [], problem: { code } });
    expect(writes()).toEqual([`/v2/roles/viewer ${status}`]);
    expect(await harness.held()).toEqual({ viewer: ['one'] });
  });

  it('deletes nothing where the census before it cannot be made', async () => {
    await open({ viewer: ['one'] }, { sandbox: { faults: [{ path: '/v2/role-assignments', status: 403 }] } });
    const { data, errors } = await remove('viewer', 2);
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(writes()).toEqual([]);
    expect(await harness.held()).toEqual({ viewer: ['one'] });
  });

  it.each<[string, readonly FaultRule[]]>([
    ['was accepted', []],
    ['lost its answer', [{ method: 'DELETE', status: 502, lost: 'after' }]],
  ])('is unknown where it %s and the holders cannot be read afterwards', async (_, faults) => {
    const unreadable = { path: '/v2/role-assignments', skip: 1, status: 403 };
    await open({ viewer: ['one'] }, { sandbox: { faults: [...faults, unreadable] } });
    const { data } = await remove('viewer', 2);
    expect(data?.change).toMatchObject({ deletedName: null, formerHolders: [] });
    expect(data?.change.problem?.message).toMatch(/could not be read|could not be seen/);
    expect(writes()).toHaveLength(1);
    expect(audited()).toMatchObject([{ status: 'UNKNOWN' }]);
    expect(await harness.held()).toEqual({});
  });

  it('is unknown where the answer is lost and the second one is a refusal: the first may be carried out yet', async () => {
    const faults = [
      { method: 'DELETE', status: 500, count: 1 },
      { method: 'DELETE', status: 404, count: 1 },
    ];
    await open({ viewer: ['one'] }, { sandbox: { faults } });
    const { data } = await remove('viewer', 2);
    expect(data?.change).toMatchObject({ deletedName: null, problem: { code: 'UPSTREAM_ERROR' } });
    expect(writes()).toEqual(['/v2/roles/viewer 500', '/v2/roles/viewer 404']);
    expect(audited()).toMatchObject([{ status: 'UNKNOWN' }]);
  });

  it('is unknown where answers are lost twice and it does not show', async () => {
    await open({ viewer: ['one'] }, { sandbox: { faults: [{ method: 'DELETE', status: 500 }] } });
    const { data } = await remove('viewer', 2);
    expect(data?.change).toMatchObject({ deletedName: null, formerHolders: [] });
    expect(data?.change.problem?.message).toContain('The outcome is unknown');
    expect(writes()).toHaveLength(2);
    expect(audited()).toMatchObject([{ status: 'UNKNOWN' }]);
  });

  it('is unknown where the answer is lost and nobody held the role, and is not sent again', async () => {
    await open({}, { sandbox: { faults: [{ method: 'DELETE', form: 'reset', lost: 'after' }] } });
    await create();
    harness.calls();
    const { data } = await remove('night-shift', 0);
    expect(data?.change.deletedName).toBeNull();
    expect(data?.change.problem?.message).toContain('nobody held the role');
    expect(writes()).toHaveLength(1);
    harness.sandbox.control.setFaults([]);
    expect((await remove('night-shift', 0)).data?.change.problem?.code).toBe('NOT_FOUND');
  });

  it('deletes a role that nobody holds', async () => {
    await open({});
    await create();
    const { data } = await remove('night-shift', 0);
    expect(data?.change).toEqual({ deletedName: 'night-shift', formerHolders: [], problem: null });
    expect(await roleIsThere('night-shift')).toBe(false);
  });

  it.each([
    [400, 'BAD_USER_INPUT'],
    [403, 'FORBIDDEN'],
  ] as const)('leaves a role that came with the product, which upstream refuses with %i', async (status, code) => {
    await open({ auditor: ['one'] }, { sandbox: { deleteBuiltIn: status } });
    const { data } = await remove('auditor', 2);
    expect(data?.change).toMatchObject({ deletedName: null, formerHolders: [], problem: { code } });
    expect(writes()).toEqual([`/v2/roles/auditor ${status}`]);
    expect(audited()).toMatchObject([{ kind: 'deleteRole', status: 'FAILED', code }]);
    expect(await harness.held()).toEqual({ auditor: ['one'] });
  });

  it('tells that there is no such role', async () => {
    await open({});
    expect((await remove('no such role', 0)).data?.change.problem).toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each(['', '.', '..', 'a/b', 'n'.repeat(101)])('refuses the name %j before anything is asked', async (name) => {
    await open({});
    const { errors } = await remove(name, 0);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(harness.calls()).toEqual([]);
  });
});

describe('making and deleting roles', () => {
  const both = (): Promise<Answer<unknown>>[] => [create(), remove('viewer', 1)];

  it('is refused where writes are off, by a sentence that names the setting', async () => {
    await open({}, { gateway: { writes: false } });
    for (const answer of both()) {
      expect((await answer).errors).toMatchObject([
        { message: expect.stringContaining('ROLESCOPE_WRITES') as string, extensions: { code: 'FORBIDDEN' } },
      ]);
    }
    expect(harness.calls()).toEqual([]);
  });

  it('is refused where the audit file cannot be written', async () => {
    await open({}, { gateway: { auditFile: '/dev/null/no/such/folder' } });
    for (const answer of both()) expect((await answer).errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
    expect(harness.calls()).toEqual([]);
  });

  it('is for the API keys that are named as writers', async () => {
    const service = {
      auth: 'service',
      username: 'administrator@sandbox.example',
      password: 'sandbox-administrator',
      apiKeys: ['reader:key-of-the-reader', 'writer:key-of-the-writer'],
      writers: ['writer'],
    } as const;
    await open({}, { gateway: service });
    const reader = { 'x-api-key': 'key-of-the-reader' };
    for (const { errors } of [await create({}, reader), await remove('viewer', 1, reader)]) {
      expect(errors).toMatchObject([
        { message: expect.stringContaining('ROLESCOPE_WRITERS') as string, extensions: { code: 'FORBIDDEN' } },
      ]);
    }
    expect(writes()).toEqual([]);
    const writer = { 'x-api-key': 'key-of-the-writer' };
    expect((await create({}, writer)).data?.change.problem).toBeNull();
    expect((await remove('viewer', 1, writer)).data?.change.deletedName).toBe('viewer');
    expect(audited()).toMatchObject([{ caller: 'key writer' }, { caller: 'key writer' }]);
  });
});
