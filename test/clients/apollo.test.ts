import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { filter, firstValueFrom } from 'rxjs';
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
const pageInfo = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';

const lists = {
  subjects: {
    query: gql`query (${variables}) { list: subjects(${pass}) { edges { cursor node { id reference } } ${pageInfo} } }`,
    connectionIn: (data: unknown) => (data as { list: ConnectionData }).list,
    all: references,
  },
  roles: {
    query: gql`query (${variables}) {
      subject(reference: "${roleHolder}") { id list: roles(${pass}) { edges { cursor node { id name } } ${pageInfo} } }
    }`,
    connectionIn: (data: unknown) => (data as { subject: { list: ConnectionData } }).subject.list,
    all: roleNames,
  },
};

const open = async (name: keyof typeof lists, first: Record<string, unknown>) => {
  const { query, connectionIn } = lists[name];
  const client = new ApolloClient({
    cache: new InMemoryCache({
      typePolicies: {
        Query: { fields: { subjects: relayStylePagination() } },
        Subject: { fields: { roles: relayStylePagination() } },
      },
    }),
    link: new HttpLink({
      uri: `${gateway.url}/graphql`,
      headers: { authorization: `Bearer ${gateway.sandbox.adminToken}` },
    }),
  });
  const watched = client.watchQuery({ query, variables: first });
  const subscription = watched.subscribe(() => {});
  await firstValueFrom(watched.pipe(filter(({ loading }) => !loading)));
  // As the cache has put it together: observers are told of it a moment later.
  const connection = () => connectionIn(client.readQuery({ query, variables: first }));
  return {
    connection,
    next: (count: number) =>
      watched.fetchMore({
        variables: { first: count, after: connection().pageInfo.endCursor, last: null, before: null },
      }),
    previous: (count: number) =>
      watched.fetchMore({
        variables: { first: null, after: null, last: count, before: connection().pageInfo.startCursor },
      }),
    close: () => subscription.unsubscribe(),
  };
};

describe.each(['subjects', 'roles'] as const)("Apollo Client's relayStylePagination, over %s", (name) => {
  const { all } = lists[name];

  it.each([7, 50])('loads next pages of %i to the end', async (size) => {
    const { connection, next, close } = await open(name, { first: size });
    while (connection().pageInfo.hasNextPage) {
      const { length } = connection().edges;
      await next(size);
      expect(connection().edges.length).toBeGreaterThan(length);
    }
    expect(namesIn(connection())).toEqual(all);
    close();
  });

  it.each([7, 50])('loads previous pages of %i to the start', async (size) => {
    const { connection, previous, close } = await open(name, { last: size });
    while (connection().pageInfo.hasPreviousPage) {
      const { length } = connection().edges;
      await previous(size);
      expect(connection().edges.length).toBeGreaterThan(length);
    }
    expect(namesIn(connection())).toEqual(all);
    close();
  });

  it('loads both ways from the middle', async () => {
    const start = await open(name, { first: 10 });
    const { connection, next, previous, close } = await open(name, {
      first: 5,
      after: start.connection().pageInfo.endCursor,
    });
    start.close();
    expect(namesIn(connection())).toEqual(all.slice(10, 15));
    while (connection().pageInfo.hasPreviousPage) await previous(4);
    while (connection().pageInfo.hasNextPage) await next(6);
    expect(namesIn(connection())).toEqual(all);
    close();
  });
});
