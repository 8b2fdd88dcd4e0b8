import type { GraphQLSchema } from 'graphql';
import { createBuilder, type GraphBuilder } from './builder.ts';
import { defineConnections } from './relay/connection-types.ts';
import { defineEntities, defineUnions } from './federation/entity-types.ts';
import { defineEnums } from './assignments/enums.ts';
import { defineInputs } from './assignments/inputs.ts';
import { defineNodeQueries } from './relay/node.ts';
import { defineQuery } from './assignments/query.ts';
import { defineRole } from './assignments/role.ts';
import { defineScope } from './assignments/scope.ts';
import { defineScopedRole } from './assignments/scoped-role.ts';
import { defineSubject } from './assignments/subject.ts';

/** Builds the graph that we serve. Takes some tens of milliseconds: build it once. */
export const createSchema = (): GraphQLSchema => {
  const builder = createBuilder();
  defineGraph(builder);
  defineNodeQueries(builder);
  return builder.toSchema();
};

/** What the graph and the subgraph have in common: everything but `node` and `nodes`. Answers the types that other sources can refer to. */
export const defineGraph = (builder: GraphBuilder) => {
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
  return { subject, role, entities };
};
