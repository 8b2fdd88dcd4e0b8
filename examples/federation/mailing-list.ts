import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLSchema, parse } from 'graphql';

/** A third source, which knows people by their mail alone. */
export const createMailingList = (emails: readonly string[]): GraphQLSchema =>
  buildSubgraphSchema({
    typeDefs: parse(/* GraphQL */ `
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key"])

      type Query {
        subscribers: [User!]!
      }

      type User @key(fields: "email") {
        email: String
        readsNews: Boolean
      }
    `),
    resolvers: { Query: { subscribers: () => emails.map((email) => ({ email, readsNews: true })) } },
  });
