import DirectivesPlugin from '@pothos/plugin-directives';
import FederationPlugin from '@pothos/plugin-federation';
import type { GraphQLSchema } from 'graphql';
import { createBuilder } from '../builder.ts';
import { defineGraph } from '../schema.ts';
import { completeSubgraph, defineEntityKeys } from './subgraph.ts';

/** Builds the subgraph for federation: the graph without `node` and `nodes`, with entities. Build it once. */
export const createSubgraphSchema = (): GraphQLSchema => {
  const builder = createBuilder([DirectivesPlugin, FederationPlugin]);
  defineEntityKeys(builder, defineGraph(builder));
  return completeSubgraph(builder.toSubGraphSchema({}));
};
