import { afterEach, describe, expect, it } from 'vitest';
import { parseWorld } from '../../src/sandbox/world/file/world-file.ts';
import { alice, at, change, createWriteHarness, heldIn, type WriteHarness, worldOf } from './world.ts';

let harness: WriteHarness;
afterEach(() => harness.close());

const writes = (): readonly unknown[] =>
  harness.sandbox.transcript().flatMap(({ method, body }) => (method === 'POST' ? [body] : []));

describe('a change of a subject without a type', () => {
  const untyped = {
    subject: { reference: alice, type: 'UNSPECIFIED' },
    roleName: 'auditor',
    at: { scopes: [{ customerUuid: 'one' }] },
  };
  const open = async (...types: readonly string[]): Promise<void> => {
    const roles = [{ roleName: 'auditor', scopes: [{ customerUuid: 'one' }] }];
    const world = parseWorld({
      subjects: types.map((type) => ({
        subjectReference: alice,
        ...(type !== '' && { subjectType: `SUBJECT_TYPE_${type}` }),
        roles,
      })),
    });
    harness = await createWriteHarness({}, { sandbox: { world } });
  };

  it('is made', async () => {
    await open('');
    const { data } = await harness.change('revoke', [untyped]);
    expect(data?.change.results).toMatchObject([{ status: 'CHANGED' }]);
    expect(await harness.held()).toEqual({});
  });

  it.each([['USER'], ['', 'DEVICE']])('is not begun where it could meet another one: %s %s', async (...types) => {
    await open(...types.filter((type) => type !== undefined));
    const { data } = await harness.change('revoke', [untyped]);
    expect(data?.change.results).toMatchObject([{ status: 'FAILED', problem: { code: 'BAD_USER_INPUT' } }]);
    expect(harness.calls()).toEqual(['read 200']);
  });

  it('leaves another of that reference alone where the type is said', async () => {
    await open('USER', 'DEVICE');
    const { data } = await harness.change('revoke', [change('auditor', at('one'))]);
    expect(data?.change.results).toMatchObject([{ status: 'CHANGED' }]);
    expect(writes()).toMatchObject([{ subjectType: 'SUBJECT_TYPE_USER' }]);
    expect(await harness.held()).toEqual({ auditor: ['one'] });
  });
});

it('a scope of several components goes as the graph gave it, and is told from its parts', async () => {
  const composite = { customerUuid: 'one', siteUuid: 'shop' };
  const world = parseWorld({
    subjects: [
      {
        subjectReference: alice,
        subjectType: 'SUBJECT_TYPE_USER',
        roles: [{ roleName: 'auditor', scopes: [{ customerUuid: 'one' }] }],
      },
      {
        subjectReference: 'keeper',
        subjectType: 'SUBJECT_TYPE_SERVICE',
        roles: [{ roleName: 'auditor', scopes: [composite] }],
      },
    ],
  });
  harness = await createWriteHarness({}, { sandbox: { world } });
  const { data } = (await harness.ask(
    '{ subject(reference: "keeper") { roles { nodes { scopes { nodes { id } } } } } }',
  )) as {
    data: { subject: { roles: { nodes: { scopes: { nodes: { id: string }[] } }[] } } };
  };
  const scopeIds = data.subject.roles.nodes[0]?.scopes.nodes.map(({ id }) => id);
  harness.sandbox.clearTranscript();
  const { data: made } = await harness.change('assign', [change('auditor', { scopeIds })]);
  expect(made?.change.results).toMatchObject([{ status: 'CHANGED', added: [{ name: 'auditor' }] }]);
  expect(writes()).toMatchObject([{ role: { scopes: [composite] } }]);
  const { data: taken } = await harness.change('revoke', [change('auditor', at('one'))]);
  expect(taken?.change.results).toMatchObject([{ status: 'CHANGED' }]);
  expect(taken?.change.results[0]?.subject?.roles.nodes).toHaveLength(1);
  const { data: back } = await harness.change('revoke', [change('auditor', { scopeIds })]);
  expect(back?.change.results).toMatchObject([{ status: 'CHANGED', added: [] }]);
  expect(await harness.held()).toEqual({});
});

it('changes of one subject by one credential take turns, whichever mutations want them', async () => {
  harness = await createWriteHarness({});
  const answers = await harness.changeTogether(
    ['one', 'two', 'three'].map((place) => ({ kind: 'assign', change: change('auditor', at(place)), headers: {} })),
  );
  expect(answers.map(({ data }) => data?.change.results[0]?.status)).toEqual(['CHANGED', 'CHANGED', 'CHANGED']);
  expect(harness.calls()).toEqual(Array.from({ length: 3 }, () => ['read 200', 'assign 200', 'read 200']).flat());
  // Each sees what the one before has made.
  expect(
    answers.map(({ data }) => heldIn(data?.change.results[0]?.subject?.roles.nodes ?? [])['auditor']?.length),
  ).toEqual([1, 2, 3]);
});

it('in passthrough mode upstream decides who may write', async () => {
  const account = {
    users: [{ name: 'reader@example.test', password: 'reader', permissionSets: ['reads'] }],
    permissionSets: [{ name: 'reads', staticGroups: 'all', functionality: ['role-assignments.read'] }],
  };
  harness = await createWriteHarness({}, { sandbox: { world: worldOf({ auditor: ['one'] }, account) } });
  const { data } = await harness.change('revoke', [change('auditor', at('one'))]);
  expect(data?.change.results).toMatchObject([
    { status: 'FAILED', problem: { code: 'FORBIDDEN' }, added: [], removed: [] },
  ]);
  expect(harness.calls()).toEqual(['read 200', 'revoke 403']);
  expect(await harness.held()).toEqual({ auditor: ['one'] });
  expect(
    await harness.ask(
      'mutation { createRole(input: { name: "x", displayName: "x", permissions: [] }) { role { name } problem { code } } }',
    ),
  ).toEqual({
    data: { createRole: { role: null, problem: { code: 'FORBIDDEN' } } },
  });
});
