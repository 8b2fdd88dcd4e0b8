import { buildSchema, type GraphQLSchema } from 'graphql';
import type { Machine, Person } from '../federation/people-and-devices.ts';

/** A company directory and an inventory, as any GraphQL source may have them: no federation, and nothing of roles. */
export const createPeopleAndDevices = (
  people: readonly Person[],
  machines: readonly Machine[],
  emails: readonly string[] = [],
): GraphQLSchema => {
  const schema = buildSchema(/* GraphQL */ `
    type Query {
      people(first: Int! = 100): [Person!]!
      machines(first: Int! = 10): [Machine!]!
      contacts(first: Int! = 100): [Contact!]!
    }
    type Person {
      uuid: ID!
      name: String!
    }
    type Contact {
      email: String!
    }
    type Machine {
      uuid: ID!
      hostname: String!
    }
  `);
  const {
    people: peopleField,
    machines: machinesField,
    contacts: contactsField,
  } = schema.getQueryType()?.getFields() ?? {};
  if (peopleField !== undefined) peopleField.resolve = (_root, { first }: { first: number }) => people.slice(0, first);
  if (machinesField !== undefined)
    machinesField.resolve = (_root, { first }: { first: number }) => machines.slice(0, first);
  if (contactsField !== undefined)
    contactsField.resolve = (_root, { first }: { first: number }) => emails.slice(0, first).map((email) => ({ email }));
  return schema;
};
