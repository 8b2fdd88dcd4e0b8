import { afterEach, describe, expect, it } from 'vitest';
import {
  ann,
  ben,
  customer,
  idle,
  laptop,
  lone,
  orphan,
  phone,
  round,
  site,
  siteCustomer,
  office,
  team,
  top,
  uuid,
  world,
} from '../../access/small-world.ts';
import { type RunningGateway, runGateway } from '../../support/running-gateway.ts';

let gateway: RunningGateway;
afterEach(() => gateway.close());

const open = async (settings = {}): Promise<void> => {
  gateway = await runGateway({ sandbox: { world }, settings });
};

const ask = async <Data>(query: string): Promise<Data> => {
  const { data, errors } = await gateway.ask<Data, object>(query);
  expect(errors).toBeUndefined();
  return data as Data;
};

interface Reason {
  readonly kind: string;
  readonly memberOf: { readonly uuid: string } | null;
  readonly path: readonly { readonly uuid: string }[];
}
interface Check {
  readonly isAllowed: boolean | null;
  readonly gaps: readonly string[];
  readonly reasons: readonly Reason[];
}

const reasons = 'reasons { kind memberOf { uuid } path { uuid } }';
const textOf = ({ kind, memberOf, path }: Reason): string =>
  [kind, memberOf === null ? 'own' : 'group', ...path.map((scope) => scope.uuid)].join(' ');

const check = async (reference: string, roleName: string, at = ''): Promise<Check> => {
  const { checkAccess } = await ask<{ checkAccess: Check }>(
    `{ checkAccess(subject: { reference: "${reference}" }, roleName: "${roleName}"${at && `, at: { ${at} }`}) { isAllowed gaps ${reasons} } }`,
  );
  return checkAccess;
};

/** By kind, and of each kind the own before that of a group, with the way down to the laptop. */
const reasonsOfAnn = [
  `DIRECT own ${laptop}`,
  `DIRECT group ${laptop}`,
  ['INHERITED own', customer, customer, office, laptop].join(' '),
  ['INHERITED group', customer, customer, office, laptop].join(' '),
  ['INHERITED group', top, customer, customer, office, laptop].join(' '),
  'GLOBAL own',
  'GLOBAL group',
];

describe('reasons', () => {
  it('are all told, the cheapest explanation first, by checkAccess and by the list of a scope', async () => {
    await open();
    const { isAllowed, gaps, reasons: told } = await check(ann, 'admin', `deviceUuid: "${laptop}"`);
    expect([isAllowed, gaps]).toEqual([true, []]);
    // The customer's own group has the customer's uuid.
    expect(told.map(textOf)).toEqual(reasonsOfAnn);
    const { scope } = await ask<{
      scope: { access: { edges: readonly { node: { reference: string }; reasons: readonly Reason[] }[] } };
    }>(
      `{ scope(by: { deviceUuid: "${laptop}" }) { access(roleName: "admin") { edges { node { reference } ${reasons} } } } }`,
    );
    const { edges } = scope.access;
    // Who is a member and holds nothing itself stands there, and so does the group.
    expect(edges.map(({ node }) => node.reference)).toEqual([ann, ben, team]);
    expect(edges[0]?.reasons.map(textOf)).toEqual(reasonsOfAnn);
    expect(edges[1]?.reasons.map(textOf)).toEqual(reasonsOfAnn.filter((text) => text.includes('group')));
  });

  it('are direct at each component of a composite scope', async () => {
    await open();
    for (const [field, part] of [
      ['siteUuid', site],
      ['customerUuid', siteCustomer],
    ]) {
      const { isAllowed, reasons: told } = await check(ann, 'viewer', `${field}: "${part}"`);
      expect([isAllowed, told.map(textOf)]).toEqual([true, [`DIRECT own ${part}`]]);
    }
  });
});

describe('gaps', () => {
  it.each([
    ['nothing', `deviceUuid: "${laptop}"`, false, []],
    ['what lies above a tenant', 'tenantUuid: "t"', null, ['NO_HIERARCHY']],
    ['what lies above a subscription', 'subscriptionUuid: "s"', null, ['NO_HIERARCHY']],
    ['what lies above a policy', 'policyUuid: "p"', null, ['NO_HIERARCHY']],
    ['what lies above a user', `userUuid: "${ann}"`, null, ['NO_HIERARCHY']],
    ['a customer that no group stands for', `customerUuid: "${siteCustomer}"`, null, ['NO_HIERARCHY']],
    ['an MSP that no group stands for', `mspUuid: "${uuid(7, 0)}"`, null, ['NO_HIERARCHY']],
    ['a site that no group stands for', `siteUuid: "${site}"`, null, ['NO_HIERARCHY']],
    ['where a device is that is not listed', `deviceUuid: "${uuid(3, 8)}"`, null, ['HIERARCHY_UNAVAILABLE']],
    ['a parent that is missing', `assetGroupUuid: "${orphan}"`, null, ['HIERARCHY_UNAVAILABLE']],
    ['the end of a circle', `assetGroupUuid: "${round}"`, null, ['HIERARCHY_UNAVAILABLE']],
    // It stands for a customer that nobody names, and this subject holds the role at none that has no group.
    ['nothing of a customer whose name does not matter', `deviceUuid: "${phone}"`, false, []],
  ])('name %s', async (_, at, isAllowed, gaps) => {
    await open();
    expect(await check(idle, 'auditor', at)).toEqual({ isAllowed, gaps, reasons: [] });
  });

  it('name a group above that may be another name of a customer at which the role is held', async () => {
    await open();
    const at = `deviceUuid: "${phone}"`;
    const gaps = ['UNIDENTIFIED_ANCESTOR'];
    expect(await check(lone, 'auditor', at)).toEqual({ isAllowed: null, gaps, reasons: [] });
    expect(await check(lone, 'viewer', at)).toEqual({ isAllowed: false, gaps: [], reasons: [] });
    const { scope } = await ask<{ scope: { access: { gaps: readonly string[] } } }>(
      `{ scope(by: { ${at} }) { access { gaps } } }`,
    );
    expect(scope.access.gaps).toEqual(gaps);
  });
});

describe('questions about a whole account', () => {
  it('are refused where no census may be read, and a check is not', async () => {
    await open({ maxCensusCalls: 0 });
    expect(await check(ann, 'admin')).toMatchObject({ isAllowed: true, gaps: [] });
    for (const query of [
      '{ census { subjectCount } }',
      '{ role(name: "admin") { scopes { totalCount } } }',
      `{ scope(by: { deviceUuid: "${laptop}" }) { access { totalCount } } }`,
      '{ search(text: "admin") { totalCount } }',
      '{ subjects(filter: { text: "admin" }) { totalCount } }',
    ]) {
      const { errors } = await gateway.ask(query);
      expect(errors).toMatchObject([{ extensions: { code: 'CALL_BUDGET_EXCEEDED' } }]);
    }
  });

  it('say all of them when it was so', async () => {
    await open();
    const { census, role, scope, search } = await ask<{
      census: { asOf: string };
      role: { scopes: { asOf: string } };
      scope: { access: { asOf: string } };
      search: { asOf: string };
    }>(
      `{ census { asOf } role(name: "admin") { scopes { asOf } } scope(by: { deviceUuid: "${laptop}" }) { access { asOf } } search(text: "admin") { asOf } }`,
    );
    expect([role.scopes.asOf, scope.access.asOf, search.asOf]).toEqual([census.asOf, census.asOf, census.asOf]);
    // Lookups are answered by it as well while it is fresh.
    const later = await ask<{ checkAccess: { asOf: string }; subject: { access: { asOf: string } } }>(
      `{ checkAccess(subject: { reference: "${ann}", type: USER }, roleName: "admin") { asOf } subject(reference: "${ann}", type: USER) { access { asOf } } }`,
    );
    expect([later.checkAccess.asOf, later.subject.access.asOf]).toEqual([census.asOf, census.asOf]);
  });

  it('are answered for the roles that are named, in their order, and for the scopes of a kind', async () => {
    await open();
    const { census } = await ask<{ census: { matrix: object } }>(
      '{ census { matrix(roles: ["viewer", "admin", "viewer", "nobody"], kind: DEVICE, firstScopes: 1) { roles { name } scopes { uuid } cells everywhere } } }',
    );
    expect(census.matrix).toEqual({
      roles: ['viewer', 'admin', 'nobody'].map((name) => ({ name })),
      scopes: [{ uuid: laptop }],
      cells: [[0], [2], [0]],
      everywhere: [0, 2, 0],
    });
  });

  it('give a finding the same id in every run', async () => {
    const ids = async (): Promise<readonly string[]> => {
      await open();
      const { census } = await ask<{ census: { findings: { nodes: readonly { id: string }[] } } }>(
        '{ census { findings { nodes { id } } } }',
      );
      return census.findings.nodes.map(({ id }) => id);
    };
    const first = await ids();
    expect(first.length).toBeGreaterThan(5);
    await gateway.close();
    expect(await ids()).toEqual(first);
  });
});
