import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';

/**
 * A schema as text, in alphabetical order. Defines `@oneOf` as well, which GraphQL's own printer takes for known: tools of before 2025 know only directives
 * that are defined, and those that know it take the definition.
 */
export const printGraph = (schema: GraphQLSchema): string =>
  `${printSchema(lexicographicSortSchema(schema))}\n\n${oneOfDefinition}\n`;

/** GraphQL's definition of `@oneOf`. */
const oneOfDefinition = `"""
Indicates exactly one field must be supplied and this field must not be \`null\`.
"""
directive @oneOf on INPUT_OBJECT`;
