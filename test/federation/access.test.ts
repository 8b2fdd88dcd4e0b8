import { describe, expect, it } from 'vitest';
import type { GatewaySettings } from '../../src/index.ts';
import { type RunningGateway, runGateway } from '../support/running-gateway.ts';

const key = 'known only to the gateways';

const withGateway = async (
  settings: GatewaySettings,
  use: (gateway: RunningGateway) => Promise<void>,
): Promise<void> => {
  const gateway = await runGateway({ sandbox: { subjects: 10 }, settings });
  try {
    await use(gateway);
  } finally {
    await gateway.close();
  }
};

const post = (gateway: RunningGateway, query: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${gateway.url}/subgraph`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${gateway.sandbox.adminToken}`,
      ...headers,
    },
    body: JSON.stringify({ query }),
  });

const questions = {
  entities: '{ _entities(representations: [{ __typename: "Role", name: "admin" }]) { __typename } }',
  sdl: '{ _service { sdl } }',
  introspection: '{ __schema { queryType { name } } }',
  graph: '{ subjects(first: 1) { nodes { reference } } }',
};

describe('the way to the subgraph', () => {
  it('is open by default', () =>
    withGateway({}, async (gateway) => {
      for (const query of Object.values(questions)) {
        const response = await post(gateway, query);
        expect(response.status).toBe(200);
        expect(await response.json()).not.toHaveProperty('errors');
      }
    }));

  it('can be taken away', () =>
    withGateway({ subgraph: false }, async (gateway) => {
      const response = await post(gateway, questions.sdl);
      expect(response.status).toBe(404);
      await response.text();
      expect((await gateway.ask(questions.graph)).errors).toBeUndefined();
    }));

  it('is shut to everybody without its key, whatever they ask, and costs upstream nothing', () =>
    withGateway({ subgraphKey: key }, async (gateway) => {
      const wrongKeys: Record<string, string>[] = [
        {},
        { 'x-subgraph-key': '' },
        { 'x-subgraph-key': `${key}!` },
        { 'x-api-key': key },
      ];
      for (const headers of wrongKeys) {
        for (const query of [...Object.values(questions), '{ broken']) {
          const response = await post(gateway, query, headers);
          expect(response.status).toBe(401);
          const body = (await response.json()) as { errors: { message: string; extensions: object }[] };
          expect(body).toEqual({
            errors: [
              { message: expect.stringContaining('x-subgraph-key') as string, extensions: { code: 'UNAUTHENTICATED' } },
            ],
          });
          expect(JSON.stringify(body)).not.toContain(key);
        }
      }
      expect(gateway.upstreamQueries()).toEqual([]);
    }));

  it('is open with its key, and callers still need a credential of their own', () =>
    withGateway({ subgraphKey: key }, async (gateway) => {
      const keyed = { 'x-subgraph-key': key };
      expect(await (await post(gateway, questions.graph, keyed)).json()).not.toHaveProperty('errors');
      const anonymous = await post(gateway, questions.graph, { ...keyed, authorization: '' });
      expect(await anonymous.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    }));

  it('leaves /graphql as it is when it has a key', () =>
    withGateway({ subgraphKey: key }, async (gateway) => {
      expect((await gateway.ask(questions.graph)).errors).toBeUndefined();
    }));

  it('does not lead to _entities by way of /graphql', () =>
    withGateway({}, async (gateway) => {
      for (const query of [questions.entities, questions.sdl]) {
        expect((await gateway.ask(query)).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
      }
    }));
});
