import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { RolesInNumbers } from '../../src/graph/assignments/known-roles.ts';
import { RolesWriter } from '../../src/graph/assignments/roles-writer.ts';
import { createGateway, createSandbox, type Gateway, type Sandbox } from '../../src/index.ts';
import { parseWorld } from '../../src/sandbox/world/file/world-file.ts';
import { ScannedSubject } from '../../src/upstream/scanned/scanned-subject.ts';
import { createDice, type Dice, pick } from '../operations/executor/random-values.ts';
import { addressesOf } from '../support/addresses-of.ts';

const kinds = ['assetGroup', 'customer', 'device', 'msp', 'policy', 'site', 'subscription', 'tenant', 'user'];
const world = parseWorld({
  allowUnknown: true,
  subjects: [
    {
      subjectReference: 'a',
      subjectType: 'SUBJECT_TYPE_USER',
      roles: [
        { roleName: 'admin', scopes: [] },
        { roleName: 'auditor', scopes: [{ mspUuid: 'm', siteUuid: 's' }, {}, { customerUuid: 'c' }] },
        { roleName: 'auditor', scopes: kinds.map((kind) => ({ [`${kind}Uuid`]: kind })) },
      ],
    },
    { subjectReference: 'b', subjectType: 'SUBJECT_TYPE_ROBOT', roles: [] },
    {
      subjectReference: 'c',
      subjectType: 'SUBJECT_TYPE_DEVICE',
      roles: [...Array(4).keys()].map((index) => ({ roleName: `role ${index}`, scopes: [{ siteUuid: 's' }] })),
    },
  ],
});

const fewest = '{ nodes { name isGlobal scopes { nodes { kind uuid } } } }';
const inSubjects = (roles: string, variables = ''): string =>
  `query Q${variables} { subjects { nodes { id reference type roles${roles} } } }`;

describe('roles of a page that is not kept', () => {
  let sandbox: Sandbox;
  /** Without a plan, and without looking through pages: all by graphql-js over what was parsed. */
  let standard: Gateway;
  let planned: Gateway;
  /** With pages that are kept, as objects. */
  let keeping: Gateway;
  beforeAll(async () => {
    sandbox = await createSandbox({ world, rateLimit: false, fairUse: false });
    const settings = { port: 0, ...addressesOf(sandbox), rateLimit: 100_000, cacheTtlMs: 0 };
    standard = createGateway({ ...settings, queryPlans: false });
    planned = createGateway({ ...settings, queryPlans: true });
    keeping = createGateway({ ...settings, queryPlans: true, cacheTtlMs: 600_000 });
  });
  afterAll(async () => {
    await Promise.all([standard.close(), planned.close(), keeping.close()]);
    await sandbox.close();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const ask = async (
    gateway: Gateway,
    query: string,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<string> => {
    const headers = { authorization: `Bearer ${sandbox.adminToken}` };
    return JSON.stringify(await gateway.execute({ query, variables, operationName: 'Q', headers }));
  };

  /** Asks both, and answers how many subjects wrote their roles themselves, and for how many these were made. */
  const compare = async (query: string, variables: Readonly<Record<string, unknown>> = {}) => {
    const writing = vi.spyOn(RolesWriter.prototype, 'write');
    const making = vi.spyOn(ScannedSubject.prototype, 'roles', 'get');
    const [expected, answered] = [await ask(standard, query, variables), await ask(planned, query, variables)];
    expect(answered, query).toBe(expected);
    const counts = writing.mock.results.flatMap(({ value }) => (value === undefined ? [] : [value as number]));
    const written = counts.length;
    const objects = counts.reduce((sum, count) => sum + count, 0);
    const made = making.mock.calls.length;
    writing.mockRestore();
    making.mockRestore();
    const writingKept = vi.spyOn(RolesWriter.prototype, 'write');
    expect(await ask(keeping, query, variables), query).toBe(expected);
    const kept = writingKept.mock.results.filter(({ value }) => value !== undefined).length;
    writingKept.mockRestore();
    return { answered, written, made, kept, objects };
  };

  it.each([
    ['all that it can write', fewest],
    ['names alone', '{ nodes { name } }'],
    ['whether they are global, twice', '{ nodes { isGlobal, too: isGlobal } }'],
    ['counts', '{ totalCount nodes { scopes { totalCount } } also: totalCount }'],
    ['types', '{ __typename nodes { __typename name scopes { __typename nodes { __typename uuid } } } }'],
    [
      'other names and another order',
      '{ of: nodes { places: scopes { all: nodes { id: uuid kind } } called: name } n: totalCount }',
    ],
    ['fragments', '{ ...on ScopedRoleConnection { nodes { name } nodes { isGlobal scopes { nodes { kind } } } } }'],
    ['nothing of what is left out', '{ nodes { name scopes @skip(if: true) { nodes { id } } } }'],
    ['nothing at all', '{ nodes @include(if: false) { name } }'],
    ['arguments that ask for all', `(first: 4, after: null, includeGlobal: true) ${fewest}`],
    ['scopes with arguments that ask for all', '{ nodes { scopes(first: 9, kind: null) { nodes { uuid } } } }'],
    ['ids', '{ nodes { id scopes { nodes { id } } } }'],
    ['edges', '{ edges { node { name id } } }'],
    ['cursors', '{ edges { cursor node { name } } }'],
    ['cursors alone', '{ edges { cursor, again: cursor __typename } }'],
    ['cursors of scopes', '{ nodes { scopes { edges { cursor } } } }'],
    ['cursors of all', '{ edges { node { scopes { edges { node { kind uuid } cursor } } name } cursor } totalCount }'],
    ['cursors, with arguments that ask for all', '(first: 1000, includeGlobal: true) { edges { cursor } }'],
    ['scopes of edges', '{ edges { node { name scopes { nodes { uuid } } } } }'],
    ['where the page lies', '{ pageInfo { hasNextPage hasPreviousPage } }'],
    [
      'where it begins and ends',
      '{ pageInfo { startCursor endCursor __typename } nodes { scopes { pageInfo { endCursor } more: pageInfo { startCursor } } } }',
    ],
  ])('are written without being made, as the standard executor answers: %s', async (_what, roles) => {
    const { answered, written, made, kept, objects } = await compare(inSubjects(roles));
    const { data } = JSON.parse(answered) as { data: { subjects: { nodes: { roles: object }[] } } };
    // What bounds answers counts each of them.
    const inAnswer = data.subjects.nodes.map((subject) => JSON.stringify(subject.roles).replaceAll(/[^{]/g, '').length);
    expect(objects).toBe(inAnswer.reduce((sum, count) => sum + count));
    expect({ written, made, kept }).toEqual({ written: 3, made: 0, kept: 3 });
  });

  it.each([
    ['two lists', '{ nodes { name } more: nodes { isGlobal } }'],
    ['nodes and edges', '{ nodes { name } edges { cursor } }'],
    ['nodes twice', '{ edges { node { name } again: node { isGlobal } } }'],
    ['two lists of scopes', '{ nodes { scopes { totalCount } more: scopes { nodes { uuid } } } }'],
    ['what it leads to', '{ nodes { subject { reference } role { name } } }'],
    ['a name', `(name: "admin") ${fewest}`],
    ['a scope', `(scope: { siteUuid: "s" }) ${fewest}`],
    ['the last', `(last: 1) ${fewest}`],
    ['scopes of a kind', '{ nodes { scopes(kind: SITE) { nodes { uuid } } } }'],
    ['too many', `(first: 1001) ${fewest}`],
    ['less than none', `(first: -1) ${fewest}`],
    ['too many scopes', '{ nodes { scopes(first: 1001) { nodes { uuid } } } }'],
    ['a wrong cursor', `(after: "x") ${fewest}`],
  ])('are made where something else is asked for: %s', async (_what, roles) => {
    const { written } = await compare(inSubjects(roles));
    expect(written).toBe(0);
  });

  it('are made where variables tell which', async () => {
    const roles = `(first: $first, name: $name) ${fewest}`;
    const query = inSubjects(roles, '($first: Int, $name: String)');
    expect(await compare(query, { first: 1 })).toMatchObject({ written: 0 });
    expect(await compare(query, { first: null, name: 'admin' })).toMatchObject({ written: 0 });
  });

  it('are made of who has more of them than are asked for, and written of the others', async () => {
    expect(await compare(inSubjects(`(first: 3) ${fewest}`))).toMatchObject({ written: 2, made: 1 });
    expect(await compare(inSubjects(`(first: 0) ${fewest}`))).toMatchObject({ written: 1, made: 2 });
    const twoScopes = '{ nodes { scopes(first: 2) { nodes { uuid } } } }';
    expect(await compare(inSubjects(twoScopes))).toMatchObject({ written: 2, made: 1, kept: 2 });
  });

  it('count for the bounds of an answer', async () => {
    const bounded = createGateway({ port: 0, ...addressesOf(sandbox), cacheTtlMs: 0, maxAnswerBytes: 400 });
    const writing = vi.spyOn(RolesWriter.prototype, 'write');
    try {
      expect(await ask(bounded, inSubjects(fewest), {})).toContain('400 bytes are the most');
      expect(writing).toHaveBeenCalled();
    } finally {
      await bounded.close();
    }
  });

  it('are written of one subject as well', async () => {
    const one = `query Q { subject(reference: "a") { reference roles ${fewest} } }`;
    expect(await compare(one)).toMatchObject({ written: 1, made: 0 });
  });

  it('are not the only thing that is written: references and types are as well', async () => {
    const reading = vi.spyOn(ScannedSubject.prototype, 'reference', 'get');
    const texts = 'id called: reference kind: type type rawType __typename';
    await compare(`query Q { subjects { nodes { ${texts} } } subject(reference: "b") { ${texts} } }`);
    // Whoever looks one up compares the reference with what was asked for.
    expect(reading.mock.calls.length).toBeLessThan(3);
  });

  it('are the same whatever is asked', async () => {
    let written = 0;
    let made = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const dice = createDice(seed);
      const counts = await compare(inSubjects(randomRoles(dice)));
      written += counts.written;
      made += counts.made;
    }
    // Both ways were gone, often.
    expect(written).toBeGreaterThan(200);
    expect(made).toBeGreaterThan(200);
  });
});

describe('roles of a large page that is kept', () => {
  it('are written from its numbers as the standard executor answers, whatever is asked', async () => {
    const dice = createDice(1);
    const randomScopes = () =>
      Array.from({ length: dice(4) }, () =>
        Object.fromEntries(
          Array.from({ length: dice(10) === 0 ? 2 : 1 }, () => [`${pick(dice, kinds)}Uuid`, `u${dice(9)}`]),
        ),
      );
    const subjects = Array.from({ length: 300 }, (_, index) => ({
      subjectReference: `subject ${index}`,
      subjectType: pick(dice, ['SUBJECT_TYPE_USER', 'SUBJECT_TYPE_ROBOT', '']),
      roles: Array.from({ length: dice(40) === 0 ? 20 : dice(4) }, () => ({
        roleName: pick(dice, ['admin', 'auditor', 'with "marks"', 'Prüfer']),
        scopes: randomScopes(),
      })),
    }));
    const sandbox = await createSandbox({
      world: parseWorld({ allowUnknown: true, subjects }),
      rateLimit: false,
      fairUse: false,
    });
    const settings = { port: 0, ...addressesOf(sandbox), rateLimit: 100_000 };
    const keeping = createGateway({ ...settings, queryPlans: true, cacheTtlMs: 600_000 });
    const standard = createGateway({ ...settings, queryPlans: false, cacheTtlMs: 600_000 });
    const headers = { authorization: `Bearer ${sandbox.adminToken}` };
    try {
      const writing = vi.spyOn(RolesWriter.prototype, 'write');
      const numbers = vi.spyOn(RolesInNumbers.prototype, 'roleAfter');
      for (let seed = 1; seed <= 40; seed++) {
        const query = inSubjects(randomRoles(createDice(seed))).replace('subjects {', 'subjects(first: 1000) {');
        const ask = (gateway: Gateway) => gateway.execute({ query, operationName: 'Q', headers });
        expect(JSON.stringify(await ask(keeping)), query).toBe(JSON.stringify(await ask(standard)));
      }
      // Both ways were gone, often.
      expect(writing.mock.results.filter(({ value }) => value !== undefined).length).toBeGreaterThan(3000);
      expect(writing.mock.results.filter(({ value }) => value === undefined).length).toBeGreaterThan(20);
      expect(numbers.mock.calls.length).toBeGreaterThan(3000);
    } finally {
      vi.restoreAllMocks();
      await Promise.all([keeping.close(), standard.close()]);
      await sandbox.close();
    }
  });
});

/** Of each field one in so many is asked for, under a name of its own where it might stand there twice. */
const randomSelection = (dice: Dice, fields: readonly (() => string)[]): string => {
  const count = 1 + dice(3);
  const asked = Array.from({ length: count }, (_, index) => {
    const field = pick(dice, fields)();
    return dice(4) === 0 ? `... @include(if: ${dice(5) > 0}) { f${index}: ${field} }` : `f${index}: ${field}`;
  });
  return `{ ${asked.join(' ')} }`;
};

const plain = (name: string) => () => name;

const randomArguments = (dice: Dice, others: readonly string[]): string =>
  dice(3) > 0 ? '' : `(${pick(dice, ['first: 1', 'first: 3', 'first: 50', 'first: null', 'last: 2', ...others])})`;

const randomConnection = (dice: Dice, node: () => string): string =>
  randomSelection(dice, [
    plain('totalCount'),
    plain('__typename'),
    ...Array.from({ length: 4 }, () => () => `nodes ${node()}`),
    ...Array.from({ length: 4 }, () => () => `edges { ${pick(dice, ['cursor', '__typename', ''])} node ${node()} }`),
    plain('edges { cursor }'),
    plain('pageInfo { hasNextPage endCursor }'),
  ]);

const randomScope = (dice: Dice): string =>
  randomSelection(dice, [
    plain('kind'),
    plain('uuid'),
    plain('id'),
    plain('__typename'),
    ...(dice(5) === 0 ? [plain('components { field }')] : []),
  ]);

const randomRole = (dice: Dice): string => {
  const scopes = () =>
    `scopes${randomArguments(dice, ['kind: SITE'])} ${randomConnection(dice, () => randomScope(dice))}`;
  return randomSelection(dice, [plain('id'), plain('name'), plain('isGlobal'), plain('__typename'), scopes, scopes]);
};

const randomRoles = (dice: Dice): string =>
  `${randomArguments(dice, ['name: "auditor"'])} ${randomConnection(dice, () => randomRole(dice))}`;
