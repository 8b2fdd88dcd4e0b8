import type { GraphQLSchema } from 'graphql';
import { createGraphParts } from './assignments/parts.ts';
import { defineQuery } from './assignments/query.ts';
import { defineCensus } from './access/census.ts';
import { defineFindings } from './access/findings.ts';
import { defineMatrix } from './access/matrix.ts';
import { defineCheckAccess } from './access/check-access.ts';
import { defineReasons } from './access/reasons.ts';
import { defineRoleScopes } from './access/role-scopes.ts';
import { defineScopeAccess } from './access/scope-access.ts';
import { defineSearch } from './access/search.ts';
import { defineSubjectAccess } from './access/subject-access.ts';
import { defineRole } from './assignments/role.ts';
import { defineScope } from './assignments/scope.ts';
import { defineScopedRole } from './assignments/scoped-role.ts';
import { defineSubject } from './assignments/subject.ts';
import { defineDirectory } from './directory/join-points.ts';
import { defineNames } from './directory/names.ts';
import { definePermissions } from './directory/permissions.ts';
import { defineScopeTree } from './directory/scope-tree.ts';
import { defineSubjectsByEmail } from './directory/subjects-by-email.ts';
import { defineRecord } from './record/record.ts';
import { defineSubscription } from './record/subscription.ts';
import { defineMutation } from './writes/mutation.ts';
import { createBuilder, type GraphBuilder, toSchema } from './builder.ts';
import { defineJoinPoints } from './federation/join-points.ts';
import { defineNodeQueries } from './relay/node.ts';

/** Builds the graph that we serve. Takes some tens of milliseconds: build it once. */
export const createSchema = (): GraphQLSchema => {
  const builder = createBuilder();
  const { changes, ...parts } = defineGraph(builder);
  defineNodeQueries(builder);
  defineMutation(builder, parts);
  defineSubscription(builder, parts, changes);
  return toSchema(builder);
};

/** What the graph and the subgraph have in common: everything but `node`, `nodes`, what changes something, and what is told as it happens. Answers its parts, to be added to. */
export const defineGraph = (builder: GraphBuilder) => {
  const parts = createGraphParts(builder);
  defineSubject(builder, parts);
  defineScopedRole(builder, parts);
  defineScope(builder, parts);
  defineRole(builder, parts);
  defineJoinPoints(builder, parts.types);
  defineQuery(builder, parts);
  const resolution = defineNames(builder, parts);
  defineScopeTree(builder, parts);
  defineDirectory(builder, parts);
  defineSubjectsByEmail(builder, parts);
  definePermissions(builder, parts);
  const { census } = defineCensus(builder, parts);
  defineMatrix(builder, parts, census);
  defineFindings(builder, parts, census);
  defineRoleScopes(builder, parts);
  const reasons = defineReasons(builder, parts);
  defineScopeAccess(builder, parts, reasons);
  defineSubjectAccess(builder, parts, reasons);
  defineCheckAccess(builder, parts, reasons);
  defineSearch(builder, parts, resolution);
  const changes = defineRecord(builder, parts);
  return { ...parts, changes };
};
