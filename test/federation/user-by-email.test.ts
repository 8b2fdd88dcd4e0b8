import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../support/running-gateway.ts';
import {
  type RunningSupergraph,
  runSupergraph,
  startApolloGateway,
  startHiveGateway,
  type SupergraphGateway,
} from './supergraph.ts';

interface Employee {
  readonly email: string;
  readonly salary: number;
}

/** A source that knows people by their mail alone, in whatever case somebody wrote it. */
const createPayroll = (employees: readonly Employee[]) =>
  buildSubgraphSchema({
    typeDefs: parse(/* GraphQL */ `
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key"])
      type Query {
        employees: [User!]!
      }
      type User @key(fields: "email") {
        email: String
        salary: Int
      }
    `),
    resolvers: { Query: { employees: () => employees } },
  });

interface NamedUser {
  readonly reference: string;
  readonly email: string | null;
  readonly displayName: string | null;
}

/** Users of the sandbox who have a mail address. */
const usersOf = async (rolescope: RunningGateway): Promise<readonly NamedUser[]> => {
  const { data } = await rolescope.ask<{ subjects: { nodes: readonly NamedUser[] } }, object>(
    '{ subjects(first: 200, filter: { type: USER }) { nodes { reference email displayName } } }',
  );
  return (data?.subjects.nodes ?? []).filter(({ email }) => email !== null);
};

describe.each([
  ['Apollo Gateway', startApolloGateway],
  ['Hive Gateway', startHiveGateway],
] as const)('a supergraph that joins people by mail behind %s', (_name, start) => {
  let supergraph: RunningSupergraph;
  let gateway: SupergraphGateway;
  let users: readonly NamedUser[];
  beforeAll(async () => {
    supergraph = await runSupergraph({
      settings: { subgraphUserKeys: 'uuid,email' },
      async other(rolescope) {
        users = (await usersOf(rolescope)).slice(0, 100);
        return createPayroll([
          ...users.map(({ email }, index) => ({ email: (email ?? '').toUpperCase(), salary: index })),
          { email: 'nobody@nowhere.example', salary: 0 },
        ]);
      },
    });
    gateway = await start(supergraph.supergraphSdl, {});
  });
  afterAll(async () => {
    await gateway?.close();
    await supergraph?.close();
  });

  it('gives each of them the roles of the subject that they are, for a walk of the users at most', async () => {
    supergraph.rolescope.sandbox.clearTranscript();
    const { data, errors } = await gateway.ask('{ employees { salary subject { reference displayName } } }', {
      authorization: `Bearer ${supergraph.rolescope.sandbox.adminToken}`,
    });
    expect(errors).toBeUndefined();
    const expected = users.map(({ reference, displayName }, salary) => ({
      salary,
      subject: { reference, displayName },
    }));
    const { employees } = JSON.parse(JSON.stringify(data)) as { employees: unknown[] };
    expect(employees).toEqual([...expected, { salary: 0, subject: null }]);
    const calls = supergraph.rolescope.sandbox.transcript();
    expect(calls.filter(({ domain }) => domain === 'users').length).toBeLessThanOrEqual(2);
    expect(calls.length).toBeLessThanOrEqual(6);
  });
});
