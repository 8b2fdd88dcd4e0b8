import type { Scope, ScopeComponent, ScopedRole, Subject } from '../../model/subject.ts';
import type { GraphBuilder } from '../builder.ts';
import { createJoinPointTypes } from '../federation/join-points.ts';
import { createConnectionTypes } from '../relay/connection-types.ts';
import type { RoleHandle } from '../relay/node-types.ts';
import { defineSubjectConnections } from './connections.ts';
import { defineEnums } from './enums.ts';
import { defineInputs } from './inputs.ts';

/** What the fields of the graph are made with, and what other parts add fields to. */
export type GraphParts = ReturnType<typeof createGraphParts>;

/** Makes the object types, still without fields because they lead to one another, and all that fields need beside them. */
export const createGraphParts = (builder: GraphBuilder) => {
  const types = {
    subject: builder.objectRef<Subject>('Subject'),
    scopedRole: builder.objectRef<ScopedRole>('ScopedRole'),
    scope: builder.objectRef<Scope>('Scope'),
    scopeComponent: builder.objectRef<ScopeComponent>('ScopeComponent'),
    role: builder.objectRef<RoleHandle>('Role'),
    ...createJoinPointTypes(builder),
  };
  const enums = defineEnums(builder);
  const inputs = defineInputs(builder, enums);
  const defineConnection = createConnectionTypes(builder);
  const connections = defineSubjectConnections(builder, types, defineConnection);
  return { types, enums, inputs, connections, defineConnection };
};
