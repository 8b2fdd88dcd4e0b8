import { readFileSync } from 'node:fs';
import { Client, fetchExchange, gql } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { buildSchema, introspectionFromSchema, type IntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../support/running-gateway.ts';
import { type ConnectionData, namesIn, references, roleHolder, roleNames, runPeopleGateway } from './people.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await runPeopleGateway();
});
afterAll(() => gateway.close());

const variables = '$first: Int, $after: String, $last: Int, $before: String';
const pass = 'first: $first, after: $after, last: $last, before: $before';
const connectionFields = (node: string) =>
  `__typename edges { __typename cursor node { __typename ${node} } } pageInfo { __typename hasNextPage hasPreviousPage startCursor endCursor }`;

const lists = {
  subjects: {
    query: gql`query (${variables}) { subjects(${pass}) { ${connectionFields('id reference')} } }`,
    connectionIn: (data: unknown) => (data as { subjects: ConnectionData }).subjects,
    all: references,
  },
  roles: {
    query: gql`query (${variables}) {
      subject(reference: "${roleHolder}") { __typename id roles(${pass}) { ${connectionFields('id name')} } }
    }`,
    connectionIn: (data: unknown) => (data as { subject: { roles: ConnectionData } }).subject.roles,
    all: roleNames,
  },
};

const open = (name: keyof typeof lists) => {
  const { query, connectionIn } = lists[name];
  const client = new Client({
    url: `${gateway.url}/graphql`,
    preferGetMethod: false,
    exchanges: [
      cacheExchange({ resolvers: { Query: { subjects: relayPagination() }, Subject: { roles: relayPagination() } } }),
      fetchExchange,
    ],
    fetchOptions: { headers: { authorization: `Bearer ${gateway.sandbox.adminToken}` } },
  });
  /** Answers the connection as urql's cache has put it together so far. */
  return async (args: object): Promise<ConnectionData> => {
    const { data, error } = await client.query(query, args).toPromise();
    expect(error).toBeUndefined();
    return connectionIn(data);
  };
};

describe.each(['subjects', 'roles'] as const)("urql's relayPagination, over %s", (name) => {
  const { all } = lists[name];

  it.each([7, 50])('loads next pages of %i to the end', async (size) => {
    const ask = open(name);
    let connection = await ask({ first: size });
    while (connection.pageInfo.hasNextPage) {
      const { length } = connection.edges;
      connection = await ask({ first: size, after: connection.pageInfo.endCursor });
      expect(connection.edges.length).toBeGreaterThan(length);
    }
    expect(namesIn(connection)).toEqual(all);
  });

  it.each([7, 50])('loads previous pages of %i to the start', async (size) => {
    const ask = open(name);
    let connection = await ask({ last: size });
    while (connection.pageInfo.hasPreviousPage) {
      const { length } = connection.edges;
      connection = await ask({ last: size, before: connection.pageInfo.startCursor });
      expect(connection.edges.length).toBeGreaterThan(length);
    }
    expect(namesIn(connection)).toEqual(all);
  });
});

describe("urql's normalized cache, knowing the schema", () => {
  it('keeps what a scope names, a licence subscription included', async () => {
    const sdl = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');
    const schema: IntrospectionQuery = introspectionFromSchema(buildSchema(sdl));
    const client = new Client({
      url: `${gateway.url}/graphql`,
      preferGetMethod: false,
      exchanges: [
        cacheExchange({
          schema: schema as never,
          keys: { ProductSubscription: ({ uuid }) => (typeof uuid === 'string' ? uuid : null) },
        }),
        fetchExchange,
      ],
      fetchOptions: { headers: { authorization: `Bearer ${gateway.sandbox.adminToken}` } },
    });
    const query = gql`
      {
        scope(by: { subscriptionUuid: "licence" }) {
          __typename
          id
          target {
            __typename
            ... on ProductSubscription {
              uuid
              scope {
                __typename
                id
                uuid
              }
            }
          }
        }
      }
    `;
    const first = await client.query(query, {}).toPromise();
    expect(first.error).toBeUndefined();
    expect(first.data).toMatchObject({
      scope: { target: { __typename: 'ProductSubscription', uuid: 'licence', scope: { uuid: 'licence' } } },
    });
    const again = await client.query(query, {}, { requestPolicy: 'cache-only' }).toPromise();
    expect(again.data).toEqual(first.data);
  });
});
