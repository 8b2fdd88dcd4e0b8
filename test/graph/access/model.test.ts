import { afterEach, describe, expect, it } from 'vitest';
import type { FaultRule } from '../../../src/sandbox/core/faults/faults.ts';
import {
  type AccessWorld,
  type AskedPlace,
  createAccessWorld,
  pathAbove,
  reasonsIn,
  type ReasonText,
} from '../../access/worlds.ts';
import { logIn, type RunningGateway, runGateway } from '../../support/running-gateway.ts';

let gateway: RunningGateway;
afterEach(() => gateway.close());

const open = async (seed: number, settings = {}, faults: readonly FaultRule[] = []): Promise<AccessWorld> => {
  const world = createAccessWorld(seed);
  gateway = await runGateway({
    sandbox: { world: world.sandbox, faults },
    settings: { maxCalls: 10_000, ...settings },
  });
  return world;
};

interface Reason {
  readonly kind: string;
  readonly scopedRole: { readonly name: string; readonly subject: { readonly reference: string } };
  readonly memberOf: { readonly uuid: string } | null;
  readonly path: readonly { readonly uuid: string }[];
}
interface Check {
  readonly isAllowed: boolean | null;
  readonly reasons: readonly Reason[];
  readonly gaps: readonly string[];
}

const reasonFields = 'kind scopedRole { name subject { reference } } memberOf { uuid } path { uuid }';

const textOf = ({ kind, scopedRole, memberOf, path }: Reason): ReasonText =>
  [kind, scopedRole.name, memberOf?.uuid ?? '-', ...path.map(({ uuid }) => uuid)].join(' ');

const textsOf = (reasons: readonly Reason[]): ReasonText[] => reasons.map(textOf).sort();

interface Who {
  readonly reference: string;
  readonly type: string;
}

/** All whom one can ask about: subjects, and people who are none. */
const everyone = (world: AccessWorld): Who[] => {
  const listed = world.subjects.map(({ subjectReference, subjectType }) => ({
    reference: subjectReference,
    type: subjectType.replace('SUBJECT_TYPE_', ''),
  }));
  const others = world.users.filter((user) => !listed.some(({ reference }) => reference === user));
  return [...listed, ...others.map((reference) => ({ reference, type: 'USER' }))];
};

const inBatches = <Value>(values: readonly Value[], size: number): Value[][] =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, at) => values.slice(at * size, (at + 1) * size));

const checkAll = async (
  questions: readonly { readonly who: Who; readonly roleName: string; readonly at?: AskedPlace }[],
  token: string,
): Promise<Check[]> => {
  const answers: Check[] = [];
  for (const batch of inBatches(questions, 60)) {
    const fields = batch.map(
      ({ who, roleName, at }, index) =>
        `q${index}: checkAccess(subject: { reference: "${who.reference}", type: ${who.type} }, roleName: "${roleName}"${
          at === undefined ? '' : `, at: { ${at.field}: "${at.uuid}" }`
        }) { ...check }`,
    );
    const { data, errors } = await gateway.ask<Record<string, Check>, object>(
      `{ ${fields.join(' ')} } fragment check on AccessCheck { isAllowed gaps reasons { ${reasonFields} } }`,
      {},
      { authorization: `Bearer ${token}` },
    );
    expect(errors).toBeUndefined();
    answers.push(...batch.map((_, index) => data?.[`q${index}`] as Check));
  }
  return answers;
};

interface ScopeAnswer {
  readonly totalCount: number;
  readonly gaps: readonly string[];
  readonly edges: readonly {
    readonly node: { readonly reference: string; readonly type: string };
    readonly reasons: readonly Reason[];
  }[];
}

const accessAt = async (place: AskedPlace, token: string, more = ''): Promise<ScopeAnswer> => {
  const { data, errors } = await gateway.ask<{ scope: { access: ScopeAnswer } }, object>(
    `{ scope(by: { ${place.field}: "${place.uuid}" }) { access(first: 1000${more}) { totalCount gaps edges { node { reference type } reasons { ${reasonFields} } } } } }`,
    {},
    { authorization: `Bearer ${token}` },
  );
  expect(errors).toBeUndefined();
  return data?.scope.access as ScopeAnswer;
};

const questionsOf = (world: AccessWorld) =>
  everyone(world).flatMap((who) =>
    world.roleNames.flatMap((roleName) => world.places.map((at) => ({ who, roleName, at }))),
  );

/** What cannot be read, for whom and why, and the gap that says so. */
const closures: readonly (readonly [
  what: string,
  user: string,
  settings: object,
  faults: readonly FaultRule[],
  gap: string,
])[] = [
  ['members are forbidden', 'no-users', {}, [], 'MEMBERS_FORBIDDEN'],
  ['the tree is forbidden', 'no-devices', {}, [], 'HIERARCHY_FORBIDDEN'],
  ['members are turned off', 'everything', { usersUrl: '' }, [], 'MEMBERS_UNAVAILABLE'],
  ['devices are turned off', 'everything', { devicesUrl: '' }, [], 'HIERARCHY_UNAVAILABLE'],
  ['users fail', 'everything', {}, [{ domain: 'users', status: 500 }], 'MEMBERS_UNAVAILABLE'],
  ['devices fail', 'everything', {}, [{ domain: 'devices', status: 500 }], 'HIERARCHY_UNAVAILABLE'],
];

describe.each([1, 2, 3])('questions about access, over world %i', (seed) => {
  it('are answered by checkAccess as every grant says, for each subject, role and scope', async () => {
    const world = await open(seed);
    const questions = questionsOf(world);
    expect(questions.length).toBeGreaterThan(6000);
    const answers = await checkAll(questions, gateway.sandbox.adminToken);
    let allowed = 0;
    questions.forEach(({ who, roleName, at }, index) => {
      const { isAllowed, reasons, gaps } = answers[index] as Check;
      const expected = reasonsIn(world, who, roleName, at);
      expect(textsOf(reasons)).toEqual(expected);
      expect(isAllowed).toBe(expected.length > 0 ? true : gaps.length > 0 ? null : false);
      if (!pathAbove(world, at).isWhole) expect(gaps).not.toEqual([]);
      if (expected.length > 0) allowed++;
    });
    expect(allowed).toBeGreaterThan(300);
  }, 120_000);

  it('are answered by Scope.access as every grant says, by reason and by role', async () => {
    const world = await open(seed);
    const token = gateway.sandbox.adminToken;
    const order = (answer: ScopeAnswer) => answer.edges.map(({ node }) => `${node.reference} ${node.type}`);
    for (const place of world.places) {
      const answer = await accessAt(place, token);
      const expected = everyone(world)
        .map((who) => ({ who, reasons: reasonsIn(world, who, undefined, place) }))
        .filter(({ reasons }) => reasons.length > 0);
      expect(answer.totalCount).toBe(expected.length);
      expect(order(answer)).toEqual(order(answer).toSorted());
      const found = new Map(answer.edges.map(({ node, reasons }) => [`${node.reference} ${node.type}`, reasons]));
      for (const { who, reasons } of expected) {
        expect(textsOf(found.get(`${who.reference} ${who.type}`) ?? [])).toEqual(reasons);
      }
      for (const [more, meets] of [
        [', roleName: "admin"', (text: string) => text.split(' ')[1] === 'admin'],
        [', reasons: [INHERITED]', (text: string) => text.startsWith('INHERITED')],
        [', reasons: [GLOBAL, DIRECT]', (text: string) => !text.startsWith('INHERITED')],
      ] as const) {
        const some = await accessAt(place, token, more);
        expect(some.totalCount).toBe(expected.filter(({ reasons }) => reasons.some(meets)).length);
        for (const { reasons } of some.edges) expect(textsOf(reasons).every(meets)).toBe(true);
      }
    }
  }, 120_000);

  it('are answered by Subject.access as checkAccess does without a place', async () => {
    const world = await open(seed);
    const token = gateway.sandbox.adminToken;
    const questions = everyone(world).flatMap((who) => world.roleNames.map((roleName) => ({ who, roleName })));
    const checks = await checkAll(questions, token);
    for (const [index, { who, roleName }] of questions.entries()) {
      const { data, errors } = await gateway.ask<
        {
          subject: {
            access: {
              totalCount: number;
              edges: { node: { name: string }; scope: { uuid: string } | null; reasons: Reason[] }[];
            };
          } | null;
        },
        object
      >(
        `{ subject(reference: "${who.reference}", type: ${who.type}) { access(roleName: "${roleName}", first: 1000) { totalCount edges { node { name } scope { uuid } reasons { ${reasonFields} } } } } }`,
      );
      expect(errors).toBeUndefined();
      const check = checks[index] as Check;
      if (data?.subject == null) continue;
      const { edges, totalCount } = data.subject.access;
      expect(new Set(edges.flatMap(({ reasons }) => reasons).map(textOf))).toEqual(new Set(check.reasons.map(textOf)));
      expect(totalCount).toBe(edges.length);
      for (const { node, scope, reasons } of edges) {
        expect(node.name).toBe(roleName);
        expect(reasons.length).toBeGreaterThan(0);
        for (const { path } of reasons) expect(path[0]?.uuid).toBe(scope?.uuid);
      }
    }
  }, 120_000);

  it('are counted by the matrix as every grant says', async () => {
    const world = await open(seed);
    const { data, errors } = await gateway.ask<
      {
        census: {
          matrix: {
            roles: { name: string }[];
            scopes: { components: { field: string; uuid: string }[] }[];
            cells: number[][];
            everywhere: number[];
          };
        };
      },
      object
    >(
      '{ census { matrix(firstScopes: 1000) { roles { name } scopes { components { field uuid } } cells everywhere } } }',
    );
    expect(errors).toBeUndefined();
    const { roles = [], scopes = [], cells = [], everywhere = [] } = data?.census.matrix ?? {};
    expect(roles.map(({ name }) => name).toSorted()).toEqual(world.roleNames.toSorted());
    const count = (name: string, meets: (scopes: readonly Readonly<Record<string, string>>[]) => boolean) =>
      world.subjects.filter((subject) => subject.roles.some((role) => role.roleName === name && meets(role.scopes)))
        .length;
    roles.forEach(({ name }, row) => {
      expect(everywhere[row]).toBe(count(name, (listed) => listed.length === 0));
      scopes.forEach(({ components }, column) => {
        const isIt = (scope: Readonly<Record<string, string>>) =>
          Object.keys(scope).length === components.length &&
          components.every(({ field, uuid }) => scope[field] === uuid);
        expect(cells[row]?.[column]).toBe(count(name, (listed) => listed.some(isIt)));
      });
    });
    const listed = world.subjects.flatMap((subject) => subject.roles.flatMap((role) => role.scopes));
    const keyOf = (scope: Readonly<Record<string, string>>) =>
      Object.entries(scope)
        .map(([field, uuid]) => `${field} ${uuid}`)
        .toSorted()
        .join();
    expect(scopes).toHaveLength(new Set(listed.map(keyOf)).size);
  });

  it.each(closures)(
    'have never a wrong no, and name the gap, where %s',
    async (_, user, settings, faults, gap) => {
      const world = await open(seed, settings, faults);
      const token = await logIn(gateway.sandbox, user);
      const questions = questionsOf(world).filter((_question, index) => index % 7 === seed);
      const answers = await checkAll(questions, token);
      let hidden = 0;
      questions.forEach(({ who, roleName, at }, index) => {
        const { isAllowed, reasons, gaps } = answers[index] as Check;
        const truth = reasonsIn(world, who, roleName, at);
        expect(textsOf(reasons).filter((reason) => !truth.includes(reason))).toEqual([]);
        if (reasons.length > 0) expect(isAllowed).toBe(true);
        if (truth.length > reasons.length) expect(gaps).toContain(gap);
        if (truth.length > 0 && reasons.length === 0) {
          expect(isAllowed).toBeNull();
          hidden++;
        }
      });
      expect(hidden).toBeGreaterThan(0);
      let shorter = 0;
      for (const place of world.places) {
        const answer = await accessAt(place, token);
        const truth = everyone(world).filter((who) => reasonsIn(world, who, undefined, place).length > 0);
        if (answer.totalCount < truth.length) {
          expect(answer.gaps).toContain(gap);
          shorter++;
        }
        expect(answer.totalCount).toBeLessThanOrEqual(truth.length);
      }
      expect(shorter).toBeGreaterThan(0);
    },
    120_000,
  );
});
