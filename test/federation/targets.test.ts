import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scopeTargetTypes } from '../../src/graph/federation/join-points.ts';
import { parseWorld } from '../../src/sandbox/world/file/world-file.ts';
import {
  askRuntime,
  type RunningSupergraph,
  runSupergraph,
  startApolloGateway,
  startHiveGateway,
  type SupergraphGateway,
} from './supergraph.ts';

const targets = Object.values(scopeTargetTypes);
const uuidOf = (field: string) => `the ${field}`;

/** Somebody with a role at one thing of every kind that a scope can name. */
const world = parseWorld({
  subjects: [
    {
      subjectReference: 'everywhere',
      subjectType: 'SUBJECT_TYPE_USER',
      roles: [{ roleName: 'admin', scopes: targets.map(({ field }) => ({ [field]: uuidOf(field) })) }],
    },
  ],
});

const fragments = targets.map(({ typeName }) => `... on ${typeName} { uuid scope { kind uuid } }`).join(' ');
const query = `{ subjects { nodes { roles { nodes { scopes { nodes { kind uuid target { __typename ${fragments} } } } } } } } }`;

/** What each kind of scope must lead to, and back. */
const expected = {
  subjects: {
    nodes: [
      {
        roles: {
          nodes: [
            {
              scopes: {
                nodes: Object.entries(scopeTargetTypes).map(([kind, { typeName, field }]) => {
                  const uuid = uuidOf(field);
                  return { kind, uuid, target: { __typename: typeName, uuid, scope: { kind, uuid } } };
                }),
              },
            },
          ],
        },
      },
    ],
  },
};

describe('what a scope names, of every kind', () => {
  let supergraph: RunningSupergraph;
  let headers: Record<string, string>;
  beforeAll(async () => {
    supergraph = await runSupergraph({ sandbox: { world }, choose: () => ({ people: [] }) });
    headers = { authorization: `Bearer ${supergraph.rolescope.sandbox.adminToken}` };
  });
  afterAll(() => supergraph?.close());

  it.each([
    ['Apollo Gateway', startApolloGateway],
    ['Hive Gateway', startHiveGateway],
  ] as const)('is told by %s over the supergraph', async (_name, start) => {
    const gateway: SupergraphGateway = await start(supergraph.supergraphSdl, {});
    const answer = await gateway.ask(query, headers);
    await gateway.close();
    expect(answer.errors).toBeUndefined();
    expect(answer.data).toEqual(expected);
  });

  it('is told by Hive Gateway in front of the whole graph', async () => {
    const runtime = createGatewayRuntime({
      proxy: { endpoint: `${supergraph.rolescope.url}/graphql` },
      logging: false,
      maskedErrors: false,
      propagateHeaders: {
        fromClientToSubgraphs: ({ request }) => ({ authorization: request.headers.get('authorization') }),
      },
    });
    const answer = await askRuntime(runtime, query, headers);
    await runtime[Symbol.asyncDispose]();
    expect(answer.errors).toBeUndefined();
    expect(answer.data).toEqual(expected);
  });
});
