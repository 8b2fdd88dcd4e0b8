import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type RunningGateway, runGateway } from '../support/running-gateway.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await runGateway();
});
afterAll(() => gateway.close());
beforeEach(() => gateway.sandbox.clearTranscript());

const place = 'subject: { reference: "286f5456-a0ac-4e8a-8508-5c2224b47ae6", type: USER }, roleName: "auditor"';
const mutations = [
  `mutation { assignRoles(input: { changes: [{ ${place}, at: { everywhere: true } }] }) { results { status } } }`,
  `mutation { revokeRoles(input: { changes: [{ ${place}, at: { everywhere: true } }] }) { results { status } } }`,
  'mutation { createRole(input: { name: "over-get", displayName: "x", permissions: [] }) { role { name } } }',
  'mutation { deleteRole(input: { name: "admin", confirmHolders: 0 }) { deletedName } }',
];
const authorization = () => `Bearer ${gateway.sandbox.adminToken}`;

describe('a mutation', () => {
  it.each(mutations)('is refused over GET, and nothing goes upstream: %s', async (query) => {
    const response = await fetch(`${gateway.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { authorization: authorization(), accept: 'application/json' },
    });
    expect(response.status).toBe(405);
    const { data, errors } = (await response.json()) as Answer<object>;
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(gateway.sandbox.transcript()).toEqual([]);
  });

  it.each(mutations)('is not there in the subgraph: %s', async (query) => {
    const response = await fetch(`${gateway.url}/subgraph`, {
      method: 'POST',
      headers: { authorization: authorization(), 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const { data, errors } = (await response.json()) as Answer<object>;
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(gateway.sandbox.transcript()).toEqual([]);
  });

  it.each([
    { 'sec-fetch-site': 'cross-site', origin: 'https://stranger.example' },
    { 'sec-fetch-site': 'same-site', origin: 'https://stranger.example' },
    { origin: 'https://stranger.example' },
    { origin: 'null' },
  ])('is refused from pages of other sites, with a good credential too: %j', async (headers) => {
    for (const query of mutations) {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { authorization: authorization(), 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query }),
      });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    }
    expect(gateway.sandbox.transcript()).toEqual([]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a'])(
    'cannot be a form of another site: %s',
    async (type) => {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { authorization: authorization(), 'content-type': type },
        body: JSON.stringify({ query: mutations[0] }),
      });
      expect(response.status).toBe(415);
      expect(gateway.sandbox.transcript()).toEqual([]);
    },
  );

  it.each([
    ['where they are off in the sandbox', { settings: { writes: false } }],
    ['where nobody has let them in', { isSandboxMode: false }],
  ] as const)('is refused %s, by a sentence that names the setting', async (_, options) => {
    const readOnly = await runGateway(options);
    try {
      for (const query of mutations) {
        const { data, errors } = await readOnly.ask<object, object>(query);
        expect(data ?? null).toBeNull();
        expect(errors).toMatchObject([
          { message: expect.stringContaining('ROLESCOPE_WRITES=true') as string, extensions: { code: 'FORBIDDEN' } },
        ]);
      }
      expect(readOnly.sandbox.transcript()).toEqual([]);
      // The graph tells of them all the same, so that clients are made once for both.
      const { data } = await readOnly.ask<object, object>('{ __type(name: "Mutation") { fields { name } } }');
      const { __type: type } = data as { __type: { fields: { name: string }[] } };
      expect(type.fields.map(({ name }) => name).toSorted()).toEqual([
        'assignRoles',
        'createRole',
        'deleteRole',
        'revokeRoles',
      ]);
    } finally {
      await readOnly.close();
    }
  });

  it('makes its fields one after the other, in the order in which they stand', async () => {
    const role = (name: string): string =>
      `createRole(input: { name: "${name}", displayName: "x", permissions: [] }) { role { name } }`;
    gateway.sandbox.control.setFaults([{ path: '/v2/roles', count: 1, delayMs: 50 }]);
    const { data } = await gateway.ask<object, object>(`mutation { a: ${role('first')} b: ${role('second')} }`);
    gateway.sandbox.control.setFaults([]);
    expect(Object.keys(data ?? {})).toEqual(['a', 'b']);
    const seen = gateway.sandbox.transcript();
    expect(seen.map(({ body }) => (body as { role: { name: string } }).role.name)).toEqual(['first', 'second']);
    expect(seen[1]?.atMs).toBeGreaterThanOrEqual(seen[0]?.answeredAtMs as number);
  });

  it('is let in over POST', async () => {
    const { data } = await gateway.ask<{ createRole: object }, object>(
      'mutation { createRole(input: { name: "over-post", displayName: "x", permissions: [] }) { role { name } } }',
    );
    expect(data?.createRole).toEqual({ role: { name: 'over-post' } });
  });
});
