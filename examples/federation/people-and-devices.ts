import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLSchema, parse } from 'graphql';

export interface Person {
  readonly uuid: string;
  readonly name: string;
}

export interface Machine {
  readonly uuid: string;
  readonly hostname: string;
  /** Uuid of the person who works with it. */
  readonly ownerUuid: string;
}

/** The subgraph of a company directory and an inventory. It knows nothing of roles: the keys of `User` and `Device` are all that joins them. */
export const createPeopleAndDevices = (people: readonly Person[], machines: readonly Machine[]): GraphQLSchema => {
  const personBy = new Map(people.map((person) => [person.uuid, person]));
  const machineBy = new Map(machines.map((machine) => [machine.uuid, machine]));
  return buildSubgraphSchema({
    typeDefs: parse(typeDefs),
    resolvers: {
      Query: {
        people: () => people,
        devices: (_root: unknown, { first }: { first: number }) => ({
          nodes: machines.slice(0, first),
          pageInfo: { hasNextPage: machines.length > first, hasPreviousPage: false },
        }),
        node: (_root: unknown, { id }: { id: string }) => personBy.get(id) ?? machineBy.get(id) ?? null,
      },
      Node: { __resolveType: (node: Person | Machine) => ('name' in node ? 'User' : 'Device') },
      User: {
        __resolveReference: ({ uuid }: Pick<Person, 'uuid'>) => personBy.get(uuid) ?? null,
        id: ({ uuid }: Person) => uuid,
        devices: ({ uuid }: Person) => machines.filter(({ ownerUuid }) => ownerUuid === uuid),
      },
      Device: {
        __resolveReference: ({ uuid }: Pick<Machine, 'uuid'>) => machineBy.get(uuid) ?? null,
        id: ({ uuid }: Machine) => uuid,
        owner: ({ ownerUuid }: Machine) => personBy.get(ownerUuid) ?? null,
      },
    },
  });
};

const typeDefs = /* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key", "@shareable"])

  type Query {
    people: [User!]!
    devices(first: Int! = 50): DevicePage!
    node(id: ID!): Node
  }

  interface Node {
    id: ID!
  }

  # Roles can lead to users and devices that this source does not know, so all it says of them is nullable.
  type User implements Node @key(fields: "uuid") {
    id: ID!
    uuid: ID!
    name: String
    devices: [Device!]
  }

  type Device implements Node @key(fields: "uuid") {
    id: ID!
    uuid: ID!
    hostname: String
    owner: User
  }

  type DevicePage {
    nodes: [Device!]!
    pageInfo: PageInfo!
  }

  type PageInfo @shareable {
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
    endCursor: String
  }
`;
