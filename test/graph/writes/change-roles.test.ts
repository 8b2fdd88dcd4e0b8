import { afterEach, describe, expect, it } from 'vitest';
import {
  alice,
  at,
  change,
  createWriteHarness,
  type ChangeOutcome,
  type Grants,
  type WriteHarness,
} from '../../writes/world.ts';

let harness: WriteHarness;
afterEach(() => harness.close());

const open = async (grants: Grants, options: Parameters<typeof createWriteHarness>[1] = {}): Promise<void> => {
  harness = await createWriteHarness(grants, options);
};

/** The results of a mutation that had no errors. */
const results = async (...given: Parameters<WriteHarness['change']>): Promise<readonly ChangeOutcome[]> => {
  const { data, errors } = await harness.change(...given);
  expect(errors).toBeUndefined();
  return data?.change.results ?? [];
};

const uuids = (roles: ChangeOutcome['added']): string[] =>
  roles.flatMap(({ isGlobal, scopes }) => (isGlobal ? ['everywhere'] : scopes.nodes.map(({ uuid }) => uuid)));

describe('assignRoles', () => {
  it('reads, writes, and reads again, and tells what came', async () => {
    await open({ auditor: ['one'] });
    const [result] = await results('assign', [change('auditor', at('one', 'two'))]);
    expect(result).toMatchObject({ status: 'CHANGED', problem: null, removed: [] });
    expect(uuids(result?.added ?? [])).toEqual(['two']);
    expect(uuids(result?.subject?.roles.nodes ?? [])).toEqual(['one', 'two']);
    expect(harness.calls()).toEqual(['read 200', 'assign 200', 'read 200']);
    expect(await harness.held()).toEqual({ auditor: ['one', 'two'] });
  });

  it('writes nothing where it is so already', async () => {
    await open({ auditor: ['one'] });
    const [result] = await results('assign', [change('auditor', at('one'))]);
    expect(result).toMatchObject({ status: 'UNCHANGED', problem: null, added: [], removed: [] });
    expect(harness.calls()).toEqual(['read 200']);
  });

  it('sends just what is missing', async () => {
    await open({ auditor: ['one'] });
    await results('assign', [change('auditor', at('one', 'two', 'two'))]);
    const bodies = harness.sandbox.transcript().map(({ body }) => body);
    expect(bodies[1]).toMatchObject({ role: { scopes: [{ customerUuid: 'two' }] } });
  });

  it('gives a role everywhere only where that is said', async () => {
    await open({});
    const [result] = await results('assign', [change('auditor', { everywhere: true })]);
    expect(uuids(result?.added ?? [])).toEqual(['everywhere']);
    expect(await harness.held()).toEqual({ auditor: ['everywhere'] });
  });

  it.each([
    ['no scopes', { scopes: [] }],
    ['no ids', { scopeIds: [] }],
    ['not everywhere', { everywhere: false }],
    ['an empty uuid', { scopes: [{ customerUuid: '' }] }],
    ['an id of something else', { scopeIds: ['Uzox'] }],
  ])('refuses %s before anything is written', async (_, place) => {
    await open({});
    const { data, errors } = await harness.change('assign', [change('auditor', at('one')), change('auditor', place)]);
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(harness.calls()).toEqual([]);
  });

  it('refuses more than a hundred changes, and none', async () => {
    await open({});
    for (const count of [0, 101]) {
      const { errors } = await harness.change('assign', Array(count).fill(change('auditor', at('one'))));
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
    expect(harness.calls()).toEqual([]);
  });

  it('takes scopes by the ids that the graph gave', async () => {
    await open({});
    const { data } = (await harness.ask('{ scope(by: { customerUuid: "three" }) { id } }')) as {
      data: { scope: { id: string } };
    };
    const [result] = await results('assign', [change('auditor', { scopeIds: [data.scope.id] })]);
    expect(result?.status).toBe('CHANGED');
    expect(await harness.held()).toEqual({ auditor: ['three'] });
  });

  it('goes on after one that failed, in the order given', async () => {
    await open({});
    const all = await results('assign', [
      change('auditor', at('one')),
      change('no such role', at('one')),
      change('viewer', at('two')),
    ]);
    expect(all.map(({ status }) => status)).toEqual(['CHANGED', 'FAILED', 'CHANGED']);
    expect(all[1]?.problem).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await harness.held()).toEqual({ auditor: ['one'], viewer: ['two'] });
  });
});

describe('revokeRoles', () => {
  it('takes just what was named', async () => {
    await open({ auditor: ['one', 'two', 'three'] });
    const [result] = await results('revoke', [change('auditor', at('two', 'four'))]);
    expect(result).toMatchObject({ status: 'CHANGED', added: [] });
    expect(uuids(result?.removed ?? [])).toEqual(['two']);
    expect(await harness.held()).toEqual({ auditor: ['one', 'three'] });
  });

  it('writes nothing where nothing of it is held, whatever else is', async () => {
    await open({ auditor: ['everywhere'], viewer: ['one'] });
    const all = await results('revoke', [
      change('auditor', at('one')),
      change('viewer', { everywhere: true }),
      change('admin', at('one')),
    ]);
    expect(all.map(({ status }) => status)).toEqual(['UNCHANGED', 'UNCHANGED', 'UNCHANGED']);
    expect(harness.calls()).toEqual(['read 200', 'read 200', 'read 200']);
  });

  it('undoes at once a revocation that made the role global', async () => {
    await open({ auditor: ['one'] }, { sandbox: { revokeLastScope: 'global' } });
    const [result] = await results('revoke', [change('auditor', at('one'))]);
    expect(result).toMatchObject({ status: 'CHANGED', problem: { code: 'UPSTREAM_ERROR' }, added: [] });
    expect(uuids(result?.removed ?? [])).toEqual(['one']);
    expect(harness.calls()).toEqual(['read 200', 'revoke 200', 'read 200', 'revoke 200', 'read 200']);
    expect(await harness.held()).toEqual({});
    expect(harness.lines.map(({ message }) => message)).toContain(
      'a revocation did more than was asked, and was put right',
    );
  });

  it('fails and shouts where that cannot be undone', async () => {
    await open({ auditor: ['one'] }, { sandbox: { revokeLastScope: 'global', revokeEmptyScopes: 'refused' } });
    const [result] = await results('revoke', [change('auditor', at('one'))]);
    expect(result).toMatchObject({ status: 'FAILED', problem: { code: 'UPSTREAM_ERROR' } });
    expect(uuids(result?.added ?? [])).toEqual(['everywhere']);
    expect(await harness.held()).toEqual({ auditor: ['everywhere'] });
    expect(harness.lines.some(({ message }) => String(message).startsWith('A REVOCATION DID MORE'))).toBe(true);
  });

  it('assigns again the scopes that went with a global grant', async () => {
    await open({ auditor: ['everywhere'] });
    await results('assign', [change('auditor', at('one', 'two'))]);
    harness.calls();
    const [result] = await results('revoke', [change('auditor', { everywhere: true })]);
    expect(result?.status).toBe('CHANGED');
    expect(uuids(result?.removed ?? [])).toEqual(['everywhere']);
    expect(harness.calls()).toEqual(['read 200', 'revoke 200', 'read 200', 'assign 200', 'read 200']);
    expect(await harness.held()).toEqual({ auditor: ['one', 'two'] });
  });
});

describe('a dry run', () => {
  it('tells what would change, and writes nothing', async () => {
    await open({ auditor: ['one'] });
    const [assigned] = await results('assign', [change('auditor', at('one', 'two'))], { dryRun: true });
    expect(assigned?.status).toBe('WOULD_CHANGE');
    expect(uuids(assigned?.added ?? [])).toEqual(['two']);
    const [revoked] = await results('revoke', [change('auditor', at('one'))], { dryRun: true });
    expect(uuids(revoked?.removed ?? [])).toEqual(['one']);
    expect(harness.calls()).toEqual(['read 200', 'read 200']);
    expect(harness.lines).toEqual([]);
  });
});

describe('a change', () => {
  it('is seen by the query that comes next, past everything that was kept', async () => {
    await open({ auditor: ['one'] });
    const query = `{ subject(reference: "${alice}") { hasRole(name: "viewer") } census { assignmentCount } subjects { totalCount } }`;
    interface Data {
      readonly subject: { readonly hasRole: boolean };
      readonly census: { readonly assignmentCount: number };
    }
    const before = (await harness.ask(query)) as { data: Data };
    expect(before.data.subject.hasRole).toBe(false);
    await results('assign', [change('viewer', at('one'))]);
    const after = (await harness.ask(query)) as { data: Data };
    expect(after.data.subject.hasRole).toBe(true);
    expect(after.data.census.assignmentCount).toBe(before.data.census.assignmentCount + 1);
  });

  it('is seen by the rest of its own mutation', async () => {
    await open({});
    const field = (kind: string): string =>
      `${kind}Roles(input: { changes: [{ subject: { reference: "${alice}", type: USER }, roleName: "viewer", at: { scopes: [{ customerUuid: "one" }] } }] }) {
        results { subject { principal { ... on User { subject { hasRole(name: "viewer") } } } } } }`;
    const { data } = (await harness.ask(`mutation { one: ${field('assign')} two: ${field('revoke')} }`)) as {
      data: Record<string, { results: { subject: { principal: object } }[] }>;
    };
    expect(data['one']?.results[0]?.subject.principal).toEqual({ subject: { hasRole: true } });
  });

  it('is one line of the log', async () => {
    await open({ auditor: ['one'] });
    await results('assign', [change('auditor', at('two'))]);
    expect(harness.lines).toMatchObject([
      {
        message: 'change',
        kind: 'assign',
        status: 'CHANGED',
        role: 'auditor',
        subject: { reference: alice, type: 'SUBJECT_TYPE_USER' },
        scopes: [{ customerUuid: 'two' }],
        upstreamRequestId: expect.any(String) as string,
      },
    ]);
  });

  it('is refused where writes are off, by a sentence that names the setting', async () => {
    await open({}, { gateway: { writes: false } });
    const { errors } = await harness.change('assign', [change('auditor', at('one'))]);
    expect(errors).toMatchObject([
      { message: expect.stringContaining('ROLESCOPE_WRITES') as string, extensions: { code: 'FORBIDDEN' } },
    ]);
    expect(harness.calls()).toEqual([]);
  });

  it('is refused where the audit file cannot be written', async () => {
    await open({}, { gateway: { auditFile: '/dev/null/no/such/folder' } });
    const { errors } = await harness.change('assign', [change('auditor', at('one'))]);
    expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
    expect(harness.calls()).toEqual([]);
  });
});
