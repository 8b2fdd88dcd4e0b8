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

  it('is let in over POST', async () => {
    const { data } = await gateway.ask<{ createRole: object }, object>(
      'mutation { createRole(input: { name: "over-post", displayName: "x", permissions: [] }) { role { name } } }',
    );
    expect(data?.createRole).toEqual({ role: { name: 'over-post' } });
  });
});
