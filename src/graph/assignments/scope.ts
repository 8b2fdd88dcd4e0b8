import { matchingRoles } from '../../assignments/list/filter.ts';
import type { GraphBuilder } from '../builder.ts';
import { connectionWithFacts } from '../relay/connections.ts';
import { scopeTargetTypes } from '../federation/join-points.ts';
import { listCost, pure } from '../field-facts.ts';
import { scopeId } from '../relay/ids.ts';
import { includeGlobalOptions, includeNestedScopesOptions } from './inputs.ts';
import type { GraphParts } from './parts.ts';

/** `Scope`, its components, and the connection of everyone who holds a role there. */
export const defineScope = (builder: GraphBuilder, { types, enums, connections }: GraphParts): void => {
  builder.objectType(types.scopeComponent, {
    description: 'One field that upstream set on a scope.',
    fields: (t) => ({
      kind: t.expose('kind', {
        type: enums.scopeKind,
        description: 'Kind of thing that the field names.',
        extensions: pure,
      }),
      field: t.exposeString('field', {
        description: "Upstream's own name of the field, known to this graph or not.",
        extensions: pure,
      }),
      uuid: t.exposeID('uuid', { description: 'Uuid that upstream gave in the field.', extensions: pure }),
    }),
  });

  builder.objectType(types.scope, {
    description: 'A place at which a role can hold.',
    interfaces: [builder.nodeInterfaceRef()],
    fields: (t) => ({
      id: t.id({
        description: 'Opaque, stable id: hand it to `node` to fetch the scope again.',
        extensions: pure,
        resolve: (scope) => scopeId(scope),
      }),
      kind: t.expose('kind', {
        type: enums.scopeKind,
        description: 'Kind of the narrowest thing that the scope names.',
        extensions: pure,
      }),
      uuid: t.exposeID('uuid', {
        description: 'Uuid of the narrowest thing that the scope names; empty where upstream named nothing.',
        extensions: pure,
      }),
      components: t.expose('components', {
        type: [types.scopeComponent],
        description: 'Every field that upstream set, known to this graph or not. Usually one.',
        extensions: { ...pure, usualLength: 1 },
      }),
      subjects: t.field({
        type: connections.scopeSubjects,
        extensions: listCost,
        nullable: true,
        description:
          'Everyone who is named at this scope: who holds a role that lists it (all of its components, where it has several). Not everyone who can act here: holders of global roles count only with `includeGlobal`, and holders of roles at a scope around this one and members of groups do not count. Costs upstream calls: pages of the list are read until enough are found.',
        args: {
          ...t.arg.connectionArgs(),
          roleName: t.arg.string({ description: 'Only holders of a role of this name.' }),
          includeGlobal: t.arg.boolean(includeGlobalOptions),
          includeNestedScopes: t.arg.boolean(includeNestedScopesOptions),
        },
        resolve: async (scope, { roleName, includeGlobal, includeNestedScopes, ...args }, { assignments }) => {
          const role = {
            ...(typeof roleName === 'string' && { name: roleName }),
            scopes: [scope.components],
            includeGlobal: includeGlobal ?? false,
          };
          const question = { role, orderBy: [], includeNestedScopes: includeNestedScopes ?? false };
          const slice = await assignments.list(question, args);
          return connectionWithFacts(slice, (subject) => matchingRoles(subject, role));
        },
      }),
      target: t.field({
        type: types.scopeTarget,
        nullable: true,
        description: 'The thing that the scope names, for joining with other sources. Null where the kind is unknown.',
        resolve: ({ kind, uuid }) => (kind === 'UNKNOWN' ? null : { typeName: scopeTargetTypes[kind].typeName, uuid }),
      }),
    }),
  });
};
