import { matchingRoles } from '../../assignments/list/filter.ts';
import { sliceOf } from '../../assignments/in-memory-list.ts';
import type { GraphBuilder } from '../builder.ts';
import { connectionOf } from '../relay/connections.ts';
import { principalTypeNames } from '../federation/join-points.ts';
import { roleCursorKeys } from './cursor-keys.ts';
import { subjectId } from '../relay/ids.ts';
import { roleFilterOf } from './inputs.ts';
import type { GraphParts } from './parts.ts';

/** `Subject` and its connection of scoped roles. */
export const defineSubject = (builder: GraphBuilder, { types, enums, inputs, connections }: GraphParts): void => {
  builder.objectType(types.subject, {
    description: 'Someone or something that can hold roles: a user, a device, a group or another identity.',
    interfaces: [builder.nodeInterfaceRef()],
    fields: (t) => ({
      id: t.id({
        description: 'Opaque, stable id: hand it to `node` to fetch the subject again.',
        resolve: (subject) => subjectId(subject),
      }),
      reference: t.exposeString('reference', {
        description:
          "What upstream identifies the subject by: a user's uuid, a token's `sub`, or whatever else it chose.",
      }),
      type: t.expose('type', { type: enums.subjectType, description: 'What kind of thing the subject is.' }),
      rawType: t.exposeString('rawType', {
        description: 'The type as upstream wrote it, also where this graph does not know it.',
      }),
      roles: t.field({
        type: connections.scopedRoles,
        description: 'The roles that the subject holds, in the order in which upstream lists them.',
        args: {
          ...t.arg.connectionArgs(),
          name: t.arg.string({ description: 'Only roles of this name.' }),
          scope: t.arg({
            type: inputs.scope,
            description: 'Only roles that list this scope. A global role lists none and does not match.',
          }),
        },
        // The arguments are handed on as they are: taking ours out of them costs more than all the rest here.
        resolve: (subject, args) => {
          const { name, scope } = args;
          const filter = roleFilterOf(name, scope && [scope]);
          const roles = filter === undefined ? subject.roles : matchingRoles(subject, filter);
          const ownArguments = filter === undefined ? '' : JSON.stringify(filter);
          return connectionOf(sliceOf({ items: roles, names: roleCursorKeys, owner: subject, ownArguments }, args));
        },
      }),
      hasRole: t.boolean({
        description:
          'Whether the subject holds a role of this name: anywhere or, where a scope is given, at this scope. A global role holds at every scope.',
        args: {
          name: t.arg.string({ required: true, description: 'Name of the role.' }),
          scope: t.arg({ type: inputs.scope, description: 'Where the role has to hold. Default: anywhere.' }),
        },
        resolve: (subject, { name, scope }) =>
          matchingRoles(subject, { ...roleFilterOf(name, scope && [scope]), includeGlobal: true }).length > 0,
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
