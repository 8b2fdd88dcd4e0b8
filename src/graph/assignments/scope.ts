import { matchingRoles } from '../../assignments/list/filter.ts';
import type { GraphBuilder } from '../builder.ts';
import type { GraphConnections } from '../relay/connection-types.ts';
import { holderConnectionOf } from '../relay/connections.ts';
import { scopeTargetTypes } from '../federation/entities.ts';
import type { GraphUnions } from '../federation/entity-types.ts';
import type { GraphEnums } from './enums.ts';
import { ofObjectAlone } from '../field-facts.ts';
import { scopeId } from '../relay/ids.ts';

/** `Scope`, its components, and the connection of everyone who holds a role there. */
export const defineScope = (
  builder: GraphBuilder,
  enums: GraphEnums,
  unions: GraphUnions,
  connections: GraphConnections,
): void => {
  builder.objectType('ScopeComponent', {
    description: 'One field that upstream set on a scope.',
    fields: (t) => ({
      kind: t.expose('kind', {
        type: enums.scopeKind,
        description: 'Kind of thing that the field names.',
        extensions: ofObjectAlone,
      }),
      field: t.exposeString('field', {
        description: "Upstream's own name of the field, known to this graph or not.",
        extensions: ofObjectAlone,
      }),
      uuid: t.exposeID('uuid', { description: 'Uuid that upstream gave in the field.', extensions: ofObjectAlone }),
    }),
  });

  builder.objectType('Scope', {
    description: 'A place at which a role can hold.',
    interfaces: [builder.nodeInterfaceRef()],
    fields: (t) => ({
      id: t.id({
        description: 'Opaque, stable id: hand it to `node` to fetch the scope again.',
        extensions: ofObjectAlone,
        resolve: (scope) => scopeId(scope),
      }),
      kind: t.expose('kind', {
        type: enums.scopeKind,
        description: 'Kind of the narrowest thing that the scope names.',
        extensions: ofObjectAlone,
      }),
      uuid: t.exposeID('uuid', {
        description: 'Uuid of the narrowest thing that the scope names; empty where upstream named nothing.',
        extensions: ofObjectAlone,
      }),
      components: t.expose('components', {
        type: ['ScopeComponent'],
        description: 'Every field that upstream set, known to this graph or not. Usually one.',
        extensions: ofObjectAlone,
      }),
      subjects: t.connection(
        {
          type: 'Subject',
          nullable: true,
          description:
            'Everyone who holds a role that lists this scope (all of its components, where it has several). Costs upstream calls: its pages are read until enough are found.',
          args: {
            roleName: t.arg.string({ description: 'Only holders of a role of this name.' }),
            includeGlobal: t.arg.boolean({
              required: true,
              defaultValue: false,
              description: 'Whether to add holders of global roles: these hold here too, but do not list the scope.',
            }),
            includeNestedScopes: t.arg.boolean({
              required: true,
              defaultValue: false,
              description: 'Whether upstream shall also list the scopes nested in those of a role.',
            }),
          },
          resolve: async (scope, { roleName, includeGlobal, includeNestedScopes, ...args }, { assignments }) => {
            const filter = {
              ...(roleName === undefined || roleName === null ? {} : { name: roleName }),
              scopes: [scope.components],
              includeGlobal,
            };
            const slice = await assignments.list({ role: filter, orderBy: [], includeNestedScopes }, args);
            return holderConnectionOf(slice, (subject) => matchingRoles(subject, filter));
          },
        },
        connections.scopeSubjects,
      ),
      target: t.field({
        type: unions.scopeTarget,
        nullable: true,
        description: 'The thing that the scope names, for joining with other sources. Null where the kind is unknown.',
        resolve: ({ kind, uuid }) => (kind === 'UNKNOWN' ? null : { typeName: scopeTargetTypes[kind].typeName, uuid }),
      }),
    }),
  });
};
