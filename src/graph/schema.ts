import type { GraphQLSchema } from 'graphql';
import { createBuilder, type SchemaKind } from './builder.ts';
import { defineConnections } from './connection-types.ts';
import { defineEntities, defineUnions } from './entity-types.ts';
import { defineEnums } from './enums.ts';
import { defineInputs } from './inputs.ts';
import { defineNodeQueries } from './node.ts';
import { defineQuery } from './query.ts';
import { defineRole } from './role.ts';
import { defineScope } from './scope.ts';
import { defineScopedRole } from './scoped-role.ts';
import { completeSubgraph, defineEntityKeys } from './subgraph.ts';
import { defineSubject } from './subject.ts';

/** Builds the executable schema of either kind. Takes some tens of milliseconds: build each once. */
export const createSchema = (kind: SchemaKind): GraphQLSchema => {
  const builder = createBuilder();
  const enums = defineEnums(builder);
  const inputs = defineInputs(builder, enums);
  const unions = defineUnions(builder);
  const connections = defineConnections(builder);
  const entities = defineEntities(builder);
  const subject = defineSubject(builder, enums, inputs, unions, connections);
  defineScopedRole(builder, enums, connections);
  defineScope(builder, enums, unions, connections);
  const role = defineRole(builder, inputs, connections);
  defineQuery(builder, enums, inputs, connections);
  if (kind === 'subgraph') {
    defineEntityKeys(builder, { subject, role, entities });
    return completeSubgraph(builder.toSubGraphSchema({}));
  }
  defineNodeQueries(builder);
  return builder.toSchema();
};
