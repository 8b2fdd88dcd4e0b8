import SchemaBuilder, { type ObjectRef } from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import type { GraphQLSchema } from 'graphql';
import type { GraphContext } from './context.ts';
import { nodeTypeNameOf, type NodeValue } from './relay/node-types.ts';

/** What Pothos checks the definitions against. Types are no part of it: each is a ref that its own part of the graph makes. */
export interface GraphTypes {
  Context: GraphContext;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  Scalars: { ID: { Input: string; Output: string }; DateTime: { Input: string; Output: string } };
}

export type GraphBuilder = ReturnType<typeof createBuilder>;

/** A type of the graph, and what its fields resolve from. */
export type TypeRef<Value> = ObjectRef<PothosSchemaTypes.ExtendDefaultTypes<GraphTypes>, Value>;

/** An empty builder. Nothing is kept in modules, so that both schemas can be built side by side. */
export const createBuilder = () =>
  new SchemaBuilder<GraphTypes>({
    plugins: [RelayPlugin],
    defaultFieldNullability: false,
    relay: {
      nodeQueryOptions: false,
      nodesQueryOptions: false,
      nodeTypeOptions: {
        description: 'Anything that can be fetched again by its id.',
        resolveType: (value) => nodeTypeNameOf(value as NodeValue),
      },
      idFieldOptions: { description: 'Opaque, stable id: hand it to `node` to fetch the same thing again.' },
      firstArgOptions: {
        description: 'How many items to return from the front, 0 to 1000. Default 50; not together with `last`.',
      },
      afterArgOptions: { description: 'Return only items behind this cursor.' },
      lastArgOptions: { description: 'How many items to return from the back, 0 to 1000. Not together with `first`.' },
      beforeArgOptions: { description: 'Return only items in front of this cursor.' },
      cursorType: 'String',
    },
  });

/** What a builder was told of, in the order of the definitions: sorting makes every type a second time. `printGraph` sorts what people compare. */
export const toSchema = (builder: GraphBuilder): GraphQLSchema => builder.toSchema({ sortSchema: false });
