import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseWorld } from '../../src/sandbox/world/file/world-file.ts';
import {
  FetchNodeDocument,
  FetchNodesDocument,
  JoinPointsDocument,
  ListSubjectsDocument,
  ManySubjectsDocument,
  OneSubjectDocument,
  type ScopeInput,
  WhoAmIDocument,
  WhoHoldsRoleDocument,
  WhoHoldsRolesAtScopeDocument,
} from '../__generated__/graphql.ts';
import { logIn, type RunningGateway, runGateway } from '../support/running-gateway.ts';

const customer = { customerUuid: 'customer-1' };
const site = { siteUuid: 'site-1' };

/** One of everything that a graph over role assignments has to get right. */
const world = parseWorld({
  allowUnknown: true,
  subjects: [
    {
      subjectReference: 'alice',
      subjectType: 'SUBJECT_TYPE_USER',
      roles: [
        { roleName: 'admin', scopes: [customer] },
        { roleName: 'viewer', scopes: [] },
        { roleName: 'admin', scopes: [{ mspUuid: 'msp-1' }, site] },
      ],
    },
    { subjectReference: 'alice', subjectType: 'SUBJECT_TYPE_DEVICE', roles: [{ roleName: 'agent', scopes: [site] }] },
    { subjectReference: 'both', subjectType: 'SUBJECT_TYPE_USER', roles: [{ roleName: 'admin', scopes: [customer] }] },
    { subjectReference: 'root', subjectType: 'SUBJECT_TYPE_SERVICE', roles: [{ roleName: 'admin' }] },
    {
      subjectReference: 'composite',
      subjectType: 'SUBJECT_TYPE_USER_GROUP',
      roles: [{ roleName: 'auditor', scopes: [{ ...customer, ...site, deviceUuid: '' }] }],
    },
    {
      subjectReference: 'future',
      subjectType: 'SUBJECT_TYPE_ROBOT',
      roles: [
        { roleName: 'pilot', scopes: [{ planetUuid: 'mars' }] },
        { roleName: 'pilot', scopes: [{}] },
      ],
    },
    { subjectReference: 'nobody', roles: [] },
    { subjectReference: 'identity', subjectType: 'SUBJECT_TYPE_MANAGED_IDENTITY' },
    { subjectReference: 'both', subjectType: 'SUBJECT_TYPE_USER', roles: [{ roleName: 'admin', scopes: [site] }] },
  ],
  nesting: [{ scope: customer, contains: [site] }],
});

describe('the graph', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await runGateway({ sandbox: { world } });
  });
  afterAll(() => gateway.close());

  const oneSubject = async (reference: string, more: object = {}) => {
    const { data, errors } = await gateway.ask(OneSubjectDocument, { reference, ...more });
    expect(errors).toBeUndefined();
    return data?.subject;
  };
  const holdersAt = async (by: object, more: object = {}) => {
    const { data, errors } = await gateway.ask(WhoHoldsRolesAtScopeDocument, { by: by as ScopeInput, ...more });
    expect(errors).toBeUndefined();
    return data?.scope.subjects?.edges.map(({ node, roles }) => [node.reference, roles.map(({ name }) => name)]);
  };

  describe('of subjects', () => {
    it('tells apart subjects of one reference by their type', async () => {
      expect(await oneSubject('alice', { type: 'DEVICE' })).toMatchObject({ type: 'DEVICE', roles: { totalCount: 1 } });
      expect(await oneSubject('alice', { type: 'USER' })).toMatchObject({ type: 'USER', roles: { totalCount: 3 } });
      expect(await oneSubject('alice', { type: 'SERVICE' })).toBeNull();
    });

    it('makes one subject of two entries in lookups, and leaves each in its place in lists', async () => {
      const both = await oneSubject('both');
      expect(both?.roles.nodes.map(({ scopes }) => scopes.nodes[0]?.uuid)).toEqual(['customer-1', 'site-1']);
      const { data } = await gateway.ask(ListSubjectsDocument, {});
      expect(data?.subjects?.edges.map(({ node }) => node.reference)).toEqual([
        'alice', 'alice', 'both', 'root', 'composite', 'future', 'nobody', 'identity', 'both',
      ]); // prettier-ignore
      expect(data?.subjects?.totalCount).toBe(9);
    });

    it('keeps a type that it does not know, and reads an absent one as unspecified', async () => {
      expect(await oneSubject('future')).toMatchObject({ type: 'UNKNOWN', rawType: 'SUBJECT_TYPE_ROBOT' });
      expect(await oneSubject('future', { type: 'UNKNOWN' })).toMatchObject({ reference: 'future' });
      expect(await oneSubject('alice', { type: 'UNKNOWN' })).toBeNull();
      expect(await oneSubject('nobody')).toMatchObject({
        type: 'UNSPECIFIED',
        rawType: 'SUBJECT_TYPE_UNSPECIFIED',
        roles: { totalCount: 0 },
      });
    });

    it('gives null for a subject that upstream does not know', async () => {
      expect(await oneSubject('stranger')).toBeNull();
    });

    it('keeps the order of references, repeated and unknown ones included', async () => {
      const references = ['root', 'stranger', 'both', 'root'];
      const { data } = await gateway.ask(ManySubjectsDocument, { references });
      expect(data?.subjectsByReference.map((subject) => subject?.reference)).toEqual([
        'root',
        undefined,
        'both',
        'root',
      ]);
    });

    it('takes at most 1000 references and ids', async () => {
      const tooMany = Array.from({ length: 1001 }, (_, index) => `reference ${index}`);
      gateway.upstreamQueries();
      for (const answer of [
        await gateway.ask(ManySubjectsDocument, { references: tooMany }),
        await gateway.ask(FetchNodesDocument, { ids: tooMany }),
      ]) {
        expect(answer.errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
        expect(answer.errors?.[0]?.message).toContain('1001');
      }
      expect(gateway.upstreamQueries()).toEqual([]);
    });
  });

  describe('of scoped roles', () => {
    it('says what is global and what is not, a scope without any field included', async () => {
      const alice = await oneSubject('alice');
      expect(alice?.roles.nodes.map(({ name, isGlobal }) => [name, isGlobal])).toEqual([
        ['admin', false],
        ['viewer', true],
        ['admin', false],
      ]);
      const future = await oneSubject('future');
      expect(future?.roles.nodes.map(({ isGlobal, scopes }) => [isGlobal, scopes.nodes])).toEqual([
        [
          false,
          [
            expect.objectContaining({
              kind: 'UNKNOWN',
              uuid: 'mars',
              components: [{ kind: 'UNKNOWN', field: 'planetUuid', uuid: 'mars' }],
            }),
          ],
        ],
        [false, [expect.objectContaining({ kind: 'UNKNOWN', uuid: '', components: [] })]],
      ]);
    });

    it('names a composite scope after its narrowest component and keeps them all', async () => {
      const composite = await oneSubject('composite');
      expect(composite?.roles.nodes[0]?.scopes.nodes).toMatchObject([
        {
          kind: 'SITE',
          uuid: 'site-1',
          components: [
            { kind: 'CUSTOMER', field: 'customerUuid', uuid: 'customer-1' },
            { kind: 'SITE', field: 'siteUuid', uuid: 'site-1' },
          ],
        },
      ]);
    });

    it('lists nested scopes where upstream is asked for them', async () => {
      const scopesOf = async (nested: boolean) =>
        (await oneSubject('both', { nested }))?.roles.nodes.map(({ scopes }) => scopes.nodes.map(({ uuid }) => uuid));
      expect(await scopesOf(false)).toEqual([['customer-1'], ['site-1']]);
      expect(await scopesOf(true)).toEqual([['customer-1', 'site-1'], ['site-1']]);
    });

    it('answers hasRole for global roles everywhere, and lists what it counted where global roles are included', async () => {
      const query = `query ($reference: String!, $name: String!, $scope: ScopeInput!) {
        subject(reference: $reference) {
          anywhere: hasRole(name: $name)
          named: roles(name: $name) { totalCount }
          here: hasRole(name: $name, scope: $scope)
          counted: roles(name: $name, scope: $scope, includeGlobal: true) { nodes { isGlobal } }
          listed: roles(scope: $scope) { totalCount nodes { name } }
          asIfNotSaid: roles(scope: $scope, includeGlobal: null) { totalCount }
          all: roles(includeGlobal: true) { totalCount }
        }
      }`;
      const ask = async (reference: string, name: string, scope: object = site) => {
        const { data, errors } = await gateway.ask<{ subject: object }, object>(query, { reference, name, scope });
        expect(errors).toBeUndefined();
        return data?.subject;
      };
      const elsewhere = { tenantUuid: 'any' };
      const none = { totalCount: 0, nodes: [] };
      const one = { totalCount: 1, nodes: [{ name: 'admin' }] };
      expect(await ask('alice', 'admin')).toEqual({
        anywhere: true,
        named: { totalCount: 2 },
        here: true,
        counted: { nodes: [{ isGlobal: false }] },
        listed: one,
        asIfNotSaid: { totalCount: 1 },
        all: { totalCount: 3 },
      });
      expect(await ask('alice', 'viewer', elsewhere)).toMatchObject({
        anywhere: true,
        here: true,
        counted: { nodes: [{ isGlobal: true }] },
        listed: none,
      });
      expect(await ask('alice', 'admin', elsewhere)).toMatchObject({
        anywhere: true,
        here: false,
        counted: { nodes: [] },
      });
      expect(await ask('root', 'admin')).toMatchObject({
        anywhere: true,
        here: true,
        counted: { nodes: [{ isGlobal: true }] },
        listed: none,
      });
      expect(await ask('root', 'viewer')).toMatchObject({ anywhere: false, named: { totalCount: 0 }, here: false });
    });

    it('goes on among roles with global ones by the cursors of that list only', async () => {
      const query = `query ($after: String, $includeGlobal: Boolean) {
        subject(reference: "alice") {
          roles(first: 1, after: $after, scope: { siteUuid: "site-1" }, includeGlobal: $includeGlobal) { edges { cursor node { name } } }
        }
      }`;
      type Data = { subject: { roles: { edges: { cursor: string; node: { name: string } }[] } } };
      const first = await gateway.ask<Data, object>(query, { includeGlobal: true });
      const [edge] = first.data?.subject.roles.edges ?? [];
      expect(edge?.node.name).toBe('viewer');
      const second = await gateway.ask<Data, object>(query, { includeGlobal: true, after: edge?.cursor });
      expect(second.data?.subject.roles.edges.map(({ node }) => node.name)).toEqual(['admin']);
      const other = await gateway.ask<Data, object>(query, { includeGlobal: false, after: edge?.cursor });
      expect(other.errors).toMatchObject([{ extensions: { code: 'INVALID_CURSOR' } }]);
    });
  });

  describe('of filtered lists', () => {
    const found = async (filter: object | null) => {
      const query = `query ($filter: SubjectFilter) {
        subjects(filter: $filter) { edges { node { reference } roles { name isGlobal } } }
      }`;
      interface Data {
        subjects: { edges: { node: { reference: string }; roles: { name: string; isGlobal: boolean }[] }[] };
      }
      const { data, errors } = await gateway.ask<Data, object>(query, { filter });
      expect(errors).toBeUndefined();
      return data?.subjects.edges.map(({ node, roles }) => [
        node.reference,
        ...roles.map(({ name, isGlobal }) => (isGlobal ? `${name} everywhere` : name)),
      ]);
    };

    it('tells at each subject which of its roles met the filter, all where it asks for none', async () => {
      const all = await found(null);
      expect(all?.slice(0, 3)).toEqual([
        ['alice', 'admin', 'viewer everywhere', 'admin'],
        ['alice', 'agent'],
        ['both', 'admin'],
      ]);
      expect(await found({ type: 'DEVICE' })).toEqual([['alice', 'agent']]);
      expect(await found({ roleName: 'admin', scopes: [site] })).toEqual([
        ['alice', 'admin'],
        ['both', 'admin'],
      ]);
    });

    it('counts global roles where they are asked for, and only beside scopes', async () => {
      expect(await found({ scopes: [customer], includeGlobal: true })).toEqual([
        ['alice', 'admin', 'viewer everywhere'],
        ['both', 'admin'],
        ['root', 'admin everywhere'],
        ['composite', 'auditor'],
      ]);
      expect(await found({ scopes: [customer], includeGlobal: null })).toEqual(await found({ scopes: [customer] }));
      expect(await found({ roleName: 'viewer', scopes: [customer], includeGlobal: true })).toEqual([
        ['alice', 'viewer everywhere'],
      ]);
      expect(await found({ roleName: 'admin', includeGlobal: true })).toEqual(await found({ roleName: 'admin' }));
    });

    it('tells what is held everywhere from what is not, by one and the same role', async () => {
      expect(await found({ isGlobal: true })).toEqual([
        ['alice', 'viewer everywhere'],
        ['root', 'admin everywhere'],
      ]);
      expect(await found({ isGlobal: true, roleName: 'admin' })).toEqual([['root', 'admin everywhere']]);
      expect((await found({ isGlobal: false }))?.map(([reference]) => reference)).toEqual([
        'alice', 'alice', 'both', 'composite', 'future', 'both',
      ]); // prettier-ignore
      expect(await found({ isGlobal: false, roleName: 'viewer' })).toEqual([]);
      expect(await found({ isGlobal: true, scopes: [customer] })).toEqual([]);
      expect(await found({ isGlobal: true, scopes: [customer], includeGlobal: true })).toEqual(
        await found({ isGlobal: true }),
      );
      expect(await found({ isGlobal: false, scopes: [customer], includeGlobal: true })).toEqual(
        await found({ scopes: [customer] }),
      );
    });
  });

  describe('of scopes and roles', () => {
    it('lists who holds roles at a scope, with the roles that led there', async () => {
      expect(await holdersAt(site)).toEqual([
        ['alice', ['admin']],
        ['alice', ['agent']],
        ['composite', ['auditor']],
        ['both', ['admin']],
      ]);
      expect(await holdersAt(site, { roleName: 'admin' })).toEqual([
        ['alice', ['admin']],
        ['both', ['admin']],
      ]);
    });

    it('adds holders of global roles where they are asked for', async () => {
      expect(await holdersAt({ tenantUuid: 'any' })).toEqual([]);
      expect(await holdersAt({ tenantUuid: 'any' }, { includeGlobal: true })).toEqual([
        ['alice', ['viewer']],
        ['root', ['admin']],
      ]);
    });

    it('works on nested scopes where upstream lists them', async () => {
      expect(await holdersAt(site, { roleName: 'admin', nested: true })).toEqual([
        ['alice', ['admin', 'admin']],
        ['both', ['admin']],
        ['both', ['admin']],
      ]);
    });

    it('lists who holds a role, everywhere or at a scope', async () => {
      const holders = async (variables: { name: string; scope?: object }) => {
        const { data } = await gateway.ask(WhoHoldsRoleDocument, variables as never);
        return data?.role.subjects?.edges.map(({ node, roles }) => [node.reference, roles.length]);
      };
      expect(await holders({ name: 'admin' })).toEqual([
        ['alice', 2],
        ['both', 1],
        ['root', 1],
        ['both', 1],
      ]);
      expect(await holders({ name: 'admin', scope: customer })).toEqual([
        ['alice', 1],
        ['both', 1],
      ]);
      expect(await holders({ name: 'none' })).toEqual([]);
      const query = `{ role(name: "admin") {
        subjects(scope: { tenantUuid: "any" }, includeGlobal: true) { edges { node { reference } roles { isGlobal } } }
      } }`;
      expect((await gateway.ask<object, object>(query)).data).toEqual({
        role: { subjects: { edges: [{ node: { reference: 'root' }, roles: [{ isGlobal: true }] }] } },
      });
    });

    it.each(['composite', 'future'])(
      'answers who is at a scope met on %s, also when it is fetched again',
      async (reference) => {
        const subject = await oneSubject(reference);
        for (const { id } of subject?.roles.nodes.flatMap(({ scopes }) => scopes.nodes) ?? []) {
          const again = `query ($id: ID!) { node(id: $id) { ... on Scope { id subjects { nodes { reference } } } } }`;
          const { data } = await gateway.ask<{ node: object }, object>(again, { id });
          expect(data?.node).toEqual({ id, subjects: { nodes: [{ reference }] } });
        }
      },
    );

    it('costs nothing until subjects are asked for', async () => {
      gateway.upstreamQueries();
      const { data } = await gateway.ask<object, object>(
        '{ role(name: "x") { id name } scope(by: { policyUuid: "y" }) { kind uuid } }',
      );
      expect(data).toMatchObject({ role: { name: 'x' }, scope: { kind: 'POLICY', uuid: 'y' } });
      expect(gateway.upstreamQueries()).toEqual([]);
    });

    it.each([{}, { mspUuid: 'a', siteUuid: 'b' }, { mspUuid: null }, { mspUuid: '' }])(
      'refuses %j, which does not name one scope',
      async (by) => {
        const { errors } = await gateway.ask(WhoHoldsRolesAtScopeDocument, { by } as never);
        expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
      },
    );
  });

  describe('of nodes', () => {
    it('fetches anything met again by its id', async () => {
      const alice = await oneSubject('alice', { type: 'USER' });
      const role = alice?.roles.nodes[2];
      const fetchNode = async (id = '') => (await gateway.ask(FetchNodeDocument, { id })).data?.node;
      expect(await fetchNode(alice?.id)).toEqual({
        __typename: 'Subject', id: alice?.id, reference: 'alice', rawType: 'SUBJECT_TYPE_USER',
      }); // prettier-ignore
      expect(await fetchNode(role?.id)).toEqual({
        __typename: 'ScopedRole', id: role?.id, name: 'admin', isGlobal: false, subject: { reference: 'alice' },
      }); // prettier-ignore
      const roleIds = new Set(alice?.roles.nodes.map(({ id }) => id));
      expect(roleIds.size).toBe(3);
    });

    it('gives null for a well-formed id that upstream does not know, and an error for what is no id', async () => {
      const { data } = await gateway.ask<{ role: { id: string } }, object>('{ role(name: "admin") { id } }');
      const stranger = await gateway.ask(FetchNodeDocument, {
        id: Buffer.from('7:Subject8:stranger17:SUBJECT_TYPE_USER').toString('base64url'),
      });
      expect(stranger).toMatchObject({ data: { node: null } });
      expect(stranger.errors).toBeUndefined();
      const nameless = await gateway.ask(FetchNodeDocument, {
        id: Buffer.from('7:Subject0:17:SUBJECT_TYPE_USER').toString('base64url'),
      });
      expect(nameless).toMatchObject({ data: { node: null } });
      expect(nameless.errors).toBeUndefined();
      const several = await gateway.ask(FetchNodesDocument, { ids: ['nonsense', data?.role.id ?? ''] });
      expect(several.data?.nodes).toMatchObject([null, { __typename: 'Role' }]);
      expect(several.errors).toMatchObject([{ path: ['nodes', 0], extensions: { code: 'BAD_USER_INPUT' } }]);
    });
  });

  describe('at its join points', () => {
    it('names what a subject is and what a scope names', async () => {
      const { data } = await gateway.ask(JoinPointsDocument, { reference: 'both' });
      expect(data?.subject?.principal).toMatchObject({
        __typename: 'User', uuid: 'both', scope: { kind: 'USER' }, subject: { reference: 'both', type: 'USER' },
      }); // prettier-ignore
      expect(data?.subject?.roles.nodes[0]?.scopes.nodes[0]?.target).toMatchObject({
        __typename: 'Customer', uuid: 'customer-1', scope: { kind: 'CUSTOMER' },
      }); // prettier-ignore
    });

    it('has nothing to join where the kind is unknown or unspecified', async () => {
      for (const reference of ['future', 'nobody']) {
        const { data } = await gateway.ask(JoinPointsDocument, { reference });
        expect(data?.subject?.principal).toBeNull();
        for (const { scopes } of data?.subject?.roles.nodes ?? []) {
          for (const { target } of scopes.nodes) expect(target).toBeNull();
        }
      }
    });
  });

  describe('for a caller', () => {
    it('asks upstream nothing without a token, and says how to get one', async () => {
      gateway.upstreamQueries();
      const answer = await gateway.ask(ListSubjectsDocument, {}, {});
      expect(answer.data).toEqual({ subjects: null });
      expect(answer.errors).toMatchObject([{ path: ['subjects'], extensions: { code: 'UNAUTHENTICATED' } }]);
      expect(answer.errors?.[0]?.message).toContain('rolescope token');
      expect(gateway.upstreamQueries()).toEqual([]);
      expect((await gateway.ask(WhoAmIDocument, {}, {})).data).toEqual({ viewer: { reference: null, subject: null } });
    });

    it('shows an opaque token no reference, and a JWT its sub', async () => {
      const opaque = await gateway.ask(WhoAmIDocument, {}, { authorization: 'Bearer opaque' });
      expect(opaque.data).toEqual({ viewer: { reference: null, subject: null } });
      const admin = await gateway.ask(WhoAmIDocument, {});
      expect(admin.data?.viewer.reference).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('nulls one field where upstream refuses, with the code and request id of the refusal', async () => {
      const answer = await gateway.ask(ListSubjectsDocument, {}, { authorization: 'Bearer opaque' });
      expect(answer.data).toEqual({ subjects: null });
      expect(answer.errors).toMatchObject([
        {
          path: ['subjects'],
          extensions: { code: 'UNAUTHENTICATED', upstreamStatus: 401, requestId: expect.any(String) },
        },
      ]);
      expect(JSON.stringify(answer)).not.toContain(gateway.sandbox.url);
    });
  });
});

describe('the graph over the made-up world', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await runGateway();
  });
  afterAll(() => gateway.close());

  const seed = '286f5456-a0ac-4e8a-8508-5c2224b47ae6';
  const seenAs = async (authorization: string) => {
    const { data } = await gateway.ask(OneSubjectDocument, { reference: seed }, { authorization });
    return data?.subject?.roles.nodes.map(({ name, scopes }) => [
      name,
      scopes.nodes.map(({ kind, uuid }) => [kind, uuid]),
    ]);
  };

  it("answers with ESET's own example", async () => {
    expect(await seenAs(`Bearer ${gateway.sandbox.adminToken}`)).toEqual([
      [
        'admin',
        [
          ['MSP', 'af631cc9-3e9f-4fd7-8f29-ed8121b4cf8a'],
          ['CUSTOMER', '30bd93aa-c0ef-4fcf-a73f-ce80610bd161'],
        ],
      ],
      ['auditor', [['MSP', '30bd93aa-c0ef-4fcf-a73f-ce80610bd161']]],
    ]);
  });

  it('shows a customer-bound API user only that customer, and nothing that another caller was shown', async () => {
    const bound = `Bearer ${await logIn(gateway.sandbox, 'customer@')}`;
    expect(await seenAs(bound)).toEqual([['admin', [['CUSTOMER', '30bd93aa-c0ef-4fcf-a73f-ce80610bd161']]]]);
    const total = async (authorization: string) =>
      (await gateway.ask(ListSubjectsDocument, { first: 1 }, { authorization })).data?.subjects?.totalCount ?? 0;
    expect(await total(`Bearer ${gateway.sandbox.adminToken}`)).toBe(2000);
    expect(await total(bound)).toBeLessThan(2000);
  });

  it('says what is wrong with an API user whose Integrations are off', async () => {
    const authorization = `Bearer ${await logIn(gateway.sandbox, 'no-integrations@')}`;
    const { errors } = await gateway.ask(ListSubjectsDocument, {}, { authorization });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', upstreamStatus: 403 } }]);
    expect(errors?.[0]?.message).toMatch(/Integrations.*permission set/s);
  });
});
