import { composeServices as composeWithApollo } from '@apollo/composition';
import { composeServices as composeWithGuild } from '@theguild/federation-composition';
import { buildSchema, type DocumentNode, execute, type GraphQLSchema, parse } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPeopleAndDevices } from '../../examples/federation/people-and-devices.ts';
import { createSubgraphSchema } from '../../src/graph/federation/subgraph-schema.ts';

const sdlOf = async (schema: GraphQLSchema): Promise<DocumentNode> => {
  const { data } = await execute({ schema, document: parse('{ service: _service { sdl } }') });
  return parse((data as { service: { sdl: string } }).service.sdl);
};

interface Service {
  readonly name: string;
  readonly url: string;
  readonly typeDefs: DocumentNode;
}

const composers: readonly [
  string,
  (services: Service[]) => { errors?: readonly Error[] | undefined; supergraphSdl?: string | undefined },
][] = [
  ['@apollo/composition', composeWithApollo],
  ['@theguild/federation-composition', composeWithGuild],
];

describe.each(composers)('%s', (_name, compose) => {
  let rolescope: Service;
  let people: Service;
  beforeAll(async () => {
    rolescope = { name: 'rolescope', url: 'http://rolescope.example', typeDefs: await sdlOf(createSubgraphSchema()) };
    people = { name: 'people', url: 'http://people.example', typeDefs: await sdlOf(createPeopleAndDevices([], [])) };
  });

  it('takes the subgraph alone', () => {
    const { errors, supergraphSdl } = compose([rolescope]);
    expect(errors ?? []).toEqual([]);
    expect(supergraphSdl).toContain('type Subject');
  });

  it('joins it with a subgraph that has a User, a Device, a PageInfo and a Node of its own', () => {
    const { errors, supergraphSdl = '' } = compose([rolescope, people]);
    expect(errors ?? []).toEqual([]);
    const fieldsOf = (type: string): string[] => {
      const found = parse(supergraphSdl).definitions.flatMap((definition) =>
        'fields' in definition && 'name' in definition && definition.name?.value === type
          ? (definition.fields ?? []).map((field) => field.name.value)
          : [],
      );
      return found.toSorted();
    };
    expect(fieldsOf('User')).toEqual(['devices', 'eset', 'id', 'name', 'scope', 'subject', 'uuid']);
    expect(fieldsOf('Device')).toEqual(['eset', 'hostname', 'id', 'owner', 'scope', 'subject', 'uuid']);
    expect(fieldsOf('PageInfo')).toEqual(['endCursor', 'hasNextPage', 'hasPreviousPage', 'startCursor']);
    expect(fieldsOf('Node')).toEqual(['id']);
    expect(fieldsOf('Query')).toContain('node');
  });

  it('joins it with a subgraph that only refers to subjects and roles', () => {
    const tickets: Service = {
      name: 'tickets',
      url: 'http://tickets.example',
      typeDefs: parse(/* GraphQL */ `
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key"])
        type Query {
          tickets: [Ticket!]!
        }
        type Ticket {
          about: Subject
          wantedRole: Role
        }
        type Subject @key(fields: "reference", resolvable: false) {
          reference: String!
        }
        type Role @key(fields: "name", resolvable: false) {
          name: String!
        }
      `),
    };
    const { errors, supergraphSdl } = compose([rolescope, people, tickets]);
    expect(errors ?? []).toEqual([]);
    expect(supergraphSdl).toContain('wantedRole');
  });

  it('joins it with a subgraph whose User has a name and a mail address of its own', () => {
    const payroll: Service = {
      name: 'payroll',
      url: 'http://payroll.example',
      typeDefs: parse(/* GraphQL */ `
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key"])
        type Query {
          employees: [User!]!
        }
        type User @key(fields: "uuid") {
          uuid: ID!
          displayName: String!
          email: String!
        }
      `),
    };
    const { errors, supergraphSdl } = compose([rolescope, payroll]);
    expect(errors ?? []).toEqual([]);
    expect(supergraphSdl).toContain('eset: EsetUser');
  });

  it('joins it with a subgraph that knows people by mail alone, where the second key is offered', async () => {
    const typeDefs = await sdlOf(createSubgraphSchema(['uuid', 'email']));
    const payroll: Service = {
      name: 'payroll',
      url: 'http://payroll.example',
      typeDefs: parse(/* GraphQL */ `
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key"])
        type Query {
          employees: [User!]!
        }
        type User @key(fields: "email") {
          email: String
          displayName: String!
        }
      `),
    };
    const { errors, supergraphSdl } = compose([{ ...rolescope, typeDefs }, payroll]);
    expect(errors ?? []).toEqual([]);
    expect(supergraphSdl).toContain('type User');
  });

  it('joins it with a subgraph that has subscriptions', () => {
    const news: Service = {
      name: 'news',
      url: 'http://news.example',
      typeDefs: parse(/* GraphQL */ `
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key"])
        type Query {
          news: [String!]!
        }
        type Subscription {
          news: String!
        }
        type ProductSubscription @key(fields: "uuid") {
          uuid: ID!
          endsAt: String
        }
      `),
    };
    const { errors, supergraphSdl = '' } = compose([rolescope, people, news]);
    expect(errors ?? []).toEqual([]);
    const rootFields = buildSchema(supergraphSdl, { assumeValidSDL: true }).getSubscriptionType()?.getFields();
    expect(Object.keys(rootFields ?? {})).toEqual(['news']);
  });

  it('finds what does not fit, so that the tests above can fail', () => {
    const unshared: Service = {
      ...people,
      name: 'unshared',
      typeDefs: parse('type Query { page: PageInfo! } type PageInfo { hasNextPage: Boolean! }'),
    };
    expect(compose([rolescope, people, unshared]).errors?.length).toBeGreaterThan(0);
  });
});
