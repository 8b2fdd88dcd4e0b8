import type { GraphQLSchema } from 'graphql';
import { andThen } from '../../platform/maybe-promise.ts';
import { createBuilder, toSchema } from '../builder.ts';
import { lookupCost } from '../field-facts.ts';
import { defineGraph } from '../schema.ts';
import { addEntities, type UserKey } from './entities.ts';

/**
 * Builds the subgraph for federation: the graph without `node`, `nodes` and mutations, with entities. `userKeys`: by what other subgraphs can refer to a `User`; by
 * mail only where that is asked for, so that everywhere else a `User` of another source keeps an `email` of its own. Build it once.
 */
export const createSubgraphSchema = (userKeys: readonly UserKey[] = ['uuid']): GraphQLSchema => {
  const builder = createBuilder();
  const { joinPoints } = defineGraph(builder).types;
  if (userKeys.includes('email')) {
    builder.objectField(joinPoints.User, 'email', (t) =>
      t.string({
        nullable: true,
        description: 'The primary mail address, by which other subgraphs can refer to the user.',
        extensions: lookupCost,
        resolve: ({ uuid }, _args, { directory }) => andThen(directory.user(uuid), ({ value }) => value?.email ?? null),
      }),
    );
  }
  return addEntities(toSchema(builder), userKeys);
};
