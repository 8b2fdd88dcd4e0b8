import { afterEach, describe, expect, it } from 'vitest';
import { listSubjects } from '../../federation/supergraph.ts';
import { type RunningGateway, type RunningGatewayOptions, runGateway } from '../../support/running-gateway.ts';

let gateway: RunningGateway;
afterEach(() => gateway.close());

const open = async (settings: RunningGatewayOptions['settings'] = {}, subjects = 3000) => {
  gateway = await runGateway({ sandbox: { subjects }, settings });
};

interface RoleEdge {
  readonly cursor: string;
  readonly node: { readonly name: string };
  readonly holderCount: number;
  readonly globalHolderCount: number;
  readonly scopeCount: number;
}
interface ScopeEdge {
  readonly cursor: string;
  readonly node: { readonly id: string; readonly kind: string; readonly uuid: string };
  readonly holderCount: number;
  readonly roleCount: number;
}
interface PageOf<Edge> {
  readonly edges: readonly Edge[];
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
interface CensusData {
  readonly census: {
    readonly asOf: string;
    readonly subjectCount: number;
    readonly assignmentCount: number;
    readonly globalAssignmentCount: number;
    readonly subjectTypes: readonly { readonly rawType: string; readonly count: number }[];
    readonly scopeKinds: readonly { readonly kind: string; readonly count: number }[];
    readonly roles: PageOf<RoleEdge>;
    readonly scopes: PageOf<ScopeEdge>;
  } | null;
}

const ask = (fields: string, variables: object = {}, declared = '') =>
  gateway.ask<CensusData, object>(`query ${declared} { census { ${fields} } }`, variables);

const everything = `asOf subjectCount assignmentCount globalAssignmentCount subjectTypes { rawType count } scopeKinds { kind count }
  roles(first: 1000) { totalCount edges { node { name } holderCount globalHolderCount scopeCount } }`;

describe('Query.census', () => {
  it('counts what upstream lists, for a call for each thousand subjects, and then for none', async () => {
    await open();
    const subjects = await listSubjects(gateway.sandbox);
    gateway.sandbox.clearTranscript();
    const { data, errors } = await ask(everything);
    expect(errors).toBeUndefined();
    expect(gateway.upstreamQueries()).toHaveLength(3);
    const grants = subjects.flatMap(({ subjectReference, roles = [] }) =>
      roles.map(({ roleName, scopes = [] }) => ({ subjectReference, roleName, isGlobal: scopes.length === 0 })),
    );
    const holdersOf = (name: string, isGlobal = false) =>
      new Set(
        grants
          .filter((grant) => grant.roleName === name && (!isGlobal || grant.isGlobal))
          .map(({ subjectReference }) => subjectReference),
      ).size;
    const names = [...new Set(grants.map(({ roleName }) => roleName))];
    expect(data?.census?.subjectCount).toBe(3000);
    expect(data?.census?.subjectTypes.reduce((sum, { count }) => sum + count, 0)).toBe(3000);
    expect(data?.census?.roles.totalCount).toBe(names.length);
    for (const { node, holderCount, globalHolderCount } of data?.census?.roles.edges ?? []) {
      expect([node.name, holderCount, globalHolderCount]).toEqual([
        node.name,
        holdersOf(node.name),
        holdersOf(node.name, true),
      ]);
    }
    await ask(everything);
    expect(gateway.upstreamQueries()).toHaveLength(0);
  });

  it('pages through roles and scopes in every order without gaps or repeats', async () => {
    await open({}, 600);
    const kind = 'ASSET_GROUP';
    for (const field of ['HOLDERS', 'KIND_AND_NAME']) {
      for (const direction of ['ASC', 'DESC']) {
        const whole = await ask(
          'scopes(first: 1000, orderBy: $order, kind: $kind) { totalCount edges { node { id kind uuid } holderCount } }',
          { order: { field, direction }, kind },
          '($order: ScopeOrder, $kind: ScopeKind)',
        );
        expect(whole.errors).toBeUndefined();
        const expected = whole.data?.census?.scopes.edges.map(({ node }) => node.id) ?? [];
        expect(expected.length).toBe(whole.data?.census?.scopes.totalCount);
        expect(new Set(expected).size).toBe(expected.length);
        const met: string[] = [];
        for (let after: string | null = null; ;) {
          const page: Awaited<ReturnType<typeof ask>> = await ask(
            'scopes(first: 17, after: $after, orderBy: $order, kind: $kind) { edges { node { id } } pageInfo { hasNextPage endCursor } }',
            { after, order: { field, direction }, kind },
            '($after: String, $order: ScopeOrder, $kind: ScopeKind)',
          );
          const scopes = page.data?.census?.scopes;
          met.push(...(scopes?.edges ?? []).map(({ node }) => node.id));
          after = scopes?.pageInfo.endCursor ?? null;
          if (scopes?.pageInfo.hasNextPage !== true) break;
        }
        expect(met).toEqual(expected);
      }
    }
  });

  it('refuses the cursor of another list, and a changed one', async () => {
    await open({}, 100);
    const { data } = await ask('roles(first: 1) { edges { cursor } }');
    const cursor = data?.census?.roles.edges[0]?.cursor ?? '';
    for (const wrong of ['', 'k', `${cursor}x`, cursor.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))]) {
      const answer = await ask('roles(after: $after) { totalCount }', { after: wrong }, '($after: String)');
      expect(answer.errors).toMatchObject([{ extensions: { code: 'INVALID_CURSOR' } }]);
    }
    const other = await ask('scopes(after: $after) { totalCount }', { after: cursor }, '($after: String)');
    expect(other.errors).toMatchObject([{ extensions: { code: 'INVALID_CURSOR' } }]);
    const filtered = await ask(
      'roles(after: $after, nameContains: "a") { totalCount }',
      { after: cursor },
      '($after: String)',
    );
    expect(filtered.errors).toMatchObject([{ extensions: { code: 'INVALID_CURSOR' } }]);
  });

  it.each([
    [0, 0],
    [2, 1],
  ])('is refused where it may cost %i calls', async (maxCensusCalls, calls) => {
    await open({ maxCensusCalls });
    const { data, errors } = await ask('subjectCount');
    expect(data?.census).toBeNull();
    expect(errors).toMatchObject([{ path: ['census'], extensions: { code: 'CALL_BUDGET_EXCEEDED' } }]);
    // How many it would take, how many it may, and what to do.
    expect(errors?.[0]?.message).toMatch(
      new RegExp(
        `${maxCensusCalls === 0 ? '' : '3 upstream calls, '}.*\\b${maxCensusCalls}\\b.*ROLESCOPE_MAX_CENSUS_CALLS`,
      ),
    );
    expect(gateway.upstreamQueries()).toHaveLength(calls);
  });

  it('is read once by all who ask at the same time, also in one operation and where nothing is kept', async () => {
    await open();
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask('subjectCount roles { totalCount }')));
    for (const { data } of answers) expect(data?.census?.subjectCount).toBe(3000);
    expect(gateway.upstreamQueries()).toHaveLength(3);
    await gateway.close();
    await open({ cacheTtlMs: 0 });
    const { data } = await gateway.ask<{ a: { subjectCount: number }; b: { subjectCount: number } }, object>(
      '{ a: census { subjectCount } b: census { subjectCount } }',
    );
    expect(data).toEqual({ a: { subjectCount: 3000 }, b: { subjectCount: 3000 } });
    expect(gateway.upstreamQueries()).toHaveLength(3);
  });
});

describe('a census that is made anew', () => {
  it('goes on behind the cursor of the one before, and says from when it is', async () => {
    await open({}, 600);
    const ask = async (args: string, headers: Record<string, string> = {}) => {
      const { data, errors } = await gateway.ask<CensusData, object>(
        `{ census { asOf scopes(${args}) { edges { node { id } } pageInfo { hasNextPage endCursor } totalCount } } }`,
        {},
        { authorization: `Bearer ${gateway.sandbox.adminToken}`, ...headers },
      );
      expect(errors).toBeUndefined();
      return data?.census;
    };
    const whole = await ask('first: 40');
    const first = await ask('first: 20');
    const next = await ask(`first: 20, after: "${first?.scopes.pageInfo.endCursor}"`, { 'cache-control': 'no-cache' });
    expect(Date.parse(next?.asOf ?? '')).toBeGreaterThan(Date.parse(first?.asOf ?? ''));
    expect([...(first?.scopes.edges ?? []), ...(next?.scopes.edges ?? [])]).toEqual(whole?.scopes.edges);
  });

  it('is another one with nested scopes, each read once', async () => {
    await open();
    const query =
      '{ plain: census { subjectCount } again: census { asOf } nested: census(includeNestedScopes: true) { subjectCount } }';
    const { errors } = await gateway.ask(query);
    expect(errors).toBeUndefined();
    const isNested = (call: Record<string, string>) => JSON.stringify(call).includes('true');
    const calls = gateway.upstreamQueries();
    expect([calls.length, calls.filter(isNested).length]).toEqual([6, 3]);
    await gateway.ask(query);
    expect(gateway.upstreamQueries()).toEqual([]);
  });
});

describe('Census.matrix', () => {
  it('has the roles and scopes with most holders first, and counts the same that their lists count', async () => {
    await open({}, 600);
    const { data, errors } = await gateway.ask<
      {
        census: {
          matrix: {
            roles: { name: string }[];
            scopes: { id: string }[];
            cells: number[][];
            everywhere: number[];
          };
          roles: { edges: RoleEdge[] };
          scopes: { edges: ScopeEdge[] };
        };
      },
      object
    >(
      `{ census { matrix(firstRoles: 4, firstScopes: 6) { roles { name } scopes { id } cells everywhere }
           roles(first: 4) { edges { node { name } holderCount globalHolderCount scopeCount } }
           scopes(first: 6) { edges { node { id } holderCount roleCount } } } }`,
    );
    expect(errors).toBeUndefined();
    const { matrix, roles, scopes } = data?.census ?? {};
    expect(matrix?.roles.map(({ name }) => name)).toEqual(roles?.edges.map(({ node }) => node.name));
    expect(matrix?.scopes.map(({ id }) => id)).toEqual(scopes?.edges.map(({ node }) => node.id));
    expect(matrix?.everywhere).toEqual(roles?.edges.map(({ globalHolderCount }) => globalHolderCount));
    expect([matrix?.cells.length, ...new Set(matrix?.cells.map(({ length }) => length))]).toEqual([4, 6]);
    const holders = scopes?.edges.map(({ holderCount }) => holderCount) ?? [];
    expect(holders).toEqual(holders.toSorted((one, other) => other - one));
  });
});

describe('Role.scopes', () => {
  it('tells where a role is held and by how many', async () => {
    await open({}, 400);
    const { data, errors } = await gateway.ask<
      {
        role: {
          scopes: {
            totalCount: number;
            edges: { node: { uuid: string; subjects: { totalCount: number } }; holderCount: number }[];
          };
        };
      },
      object
    >(
      '{ role(name: "admin") { scopes(first: 20) { totalCount edges { holderCount node { uuid subjects(roleName: "admin", first: 0) { totalCount } } } } } }',
    );
    expect(errors).toBeUndefined();
    const edges = data?.role.scopes.edges ?? [];
    expect(edges.length).toBeGreaterThan(5);
    for (const { node, holderCount } of edges) expect(node.subjects.totalCount).toBe(holderCount);
  });
});
