import { sliceOf } from '../../assignments/in-memory-list.ts';
import type { GraphBuilder } from '../builder.ts';
import type { FieldFacts } from '../field-facts.ts';
import { connectionOf } from '../relay/connections.ts';
import { principalTypeNames } from '../federation/join-points.ts';
import { roleCursorKeys } from './cursor-keys.ts';
import { subjectId } from '../relay/ids.ts';
import { includeGlobalOptions, roleFilterOf, rolesMeeting } from './inputs.ts';
import type { GraphParts } from './parts.ts';
import { writeIdDirectly, writeReferenceDirectly, writeRolesDirectly, writeTypeDirectly } from './write-directly.ts';

/** `Subject` and its connection of scoped roles. */
export const defineSubject = (builder: GraphBuilder, { types, enums, inputs, connections }: GraphParts): void => {
  builder.objectType(types.subject, {
    description: 'Someone or something that can hold roles: a user, a device, a group or another identity.',
    interfaces: [builder.nodeInterfaceRef()],
    fields: (t) => ({
      id: t.id({
        description: 'Opaque, stable id: hand it to `node` to fetch the subject again.',
        extensions: { writeDirectly: writeIdDirectly } satisfies FieldFacts,
        resolve: (subject) => subjectId(subject),
      }),
      reference: t.exposeString('reference', {
        description:
          "What upstream identifies the subject by: a user's uuid, a token's `sub`, or whatever else it chose.",
        extensions: { writeDirectly: writeReferenceDirectly } satisfies FieldFacts,
      }),
      type: t.expose('type', {
        type: enums.subjectType,
        description: 'What kind of thing the subject is.',
        extensions: { writeDirectly: writeTypeDirectly } satisfies FieldFacts,
      }),
      rawType: t.exposeString('rawType', {
        description: 'The type as upstream wrote it, also where this graph does not know it.',
      }),
      roles: t.field({
        type: connections.scopedRoles,
        description:
          'The roles that the subject holds itself, in the order in which upstream lists them. What it holds by being in a group is not here.',
        args: {
          ...t.arg.connectionArgs(),
          name: t.arg.string({ description: 'Only roles of this name.' }),
          scope: t.arg({
            type: inputs.scope,
            description:
              'Only roles that list this scope. A global role lists none, so it counts only with `includeGlobal`.',
          }),
          includeGlobal: t.arg.boolean(includeGlobalOptions),
        },
        extensions: { writeDirectly: writeRolesDirectly } satisfies FieldFacts,
        // The arguments are handed on as they are: taking ours out of them costs more than all the rest here.
        resolve: (subject, args) => {
          const { scope } = args;
          const filter = roleFilterOf({ name: args.name, scopes: scope && [scope], includeGlobal: args.includeGlobal });
          const items = rolesMeeting(subject, filter);
          const ownArguments = filter === undefined ? '' : JSON.stringify(filter);
          return connectionOf(sliceOf({ items, names: roleCursorKeys, owner: subject, ownArguments }, args));
        },
      }),
      hasRole: t.boolean({
        description:
          'Whether the subject itself holds a role of this name: anywhere or, where a scope is given, there. A global role holds at every scope, so this is true exactly where `roles` with the same arguments and `includeGlobal: true` has an item. Roles at a scope around the one asked about, and roles of groups, do not count.',
        args: {
          name: t.arg.string({ required: true, description: 'Name of the role.' }),
          scope: t.arg({ type: inputs.scope, description: 'Where the role has to hold. Default: anywhere.' }),
        },
        resolve: (subject, { name, scope }) =>
          rolesMeeting(subject, roleFilterOf({ name, scopes: scope && [scope], includeGlobal: true })).length > 0,
      }),
      principal: t.field({
        type: types.principal,
        nullable: true,
        description:
          'The thing that the subject is, for joining with other sources. Null where the type is unspecified or unknown.',
        resolve: ({ type, reference }) =>
          type === 'UNSPECIFIED' || type === 'UNKNOWN' ? null : { typeName: principalTypeNames[type], uuid: reference },
      }),
    }),
  });
};
