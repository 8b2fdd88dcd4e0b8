import type { GraphQLSchema } from 'graphql';
import { createBuilder } from '../builder.ts';
import { defineGraph } from '../schema.ts';
import { addEntities } from './entities.ts';

/** Builds the subgraph for federation: the graph without `node` and `nodes`, with entities. Build it once. */
export const createSubgraphSchema = (): GraphQLSchema => {
  const builder = createBuilder();
  defineGraph(builder);
  return addEntities(builder.toSchema());
};
