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
    expect(errors?.[0]?.message).toContain('ROLESCOPE_MAX_CENSUS_CALLS');
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
