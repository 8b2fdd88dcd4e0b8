import { sliceOf } from '../../assignments/in-memory-list.ts';
import type { GraphBuilder } from '../builder.ts';
import { connectionOf } from '../relay/connections.ts';
import { scopedRoleId } from '../relay/ids.ts';
import { scopeCursorKeys } from './cursor-keys.ts';
import type { GraphParts } from './parts.ts';

/** `ScopedRole` and its connection of scopes. */
export const defineScopedRole = (builder: GraphBuilder, { types, enums, connections }: GraphParts): void => {
  builder.objectType(types.scopedRole, {
    description: 'A role that a subject holds, and where it holds.',
    interfaces: [builder.nodeInterfaceRef()],
    fields: (t) => ({
      id: t.id({
        description: 'Opaque, stable id: hand it to `node` to fetch the scoped role again.',
        resolve: (scopedRole) => scopedRoleId(scopedRole),
      }),
      name: t.exposeString('name', { description: 'Name of the role, as upstream gives it: a word or a uuid.' }),
      role: t.field({
        type: types.role,
        description: 'The role itself, to ask who else holds it.',
        resolve: ({ name }) => ({ roleName: name }),
      }),
      subject: t.expose('subject', { type: types.subject, description: 'Who holds the role.' }),
      isGlobal: t.boolean({
        description: 'True where upstream sent no scopes at all: the role holds everywhere.',
        resolve: ({ scopes }) => scopes.length === 0,
      }),
      scopes: t.field({
        type: connections.scopes,
        description: 'Where the role holds. Empty where the role is global.',
        args: {
          ...t.arg.connectionArgs(),
          kind: t.arg({ type: enums.scopeKind, description: 'Only scopes of this kind.' }),
        },
        // The arguments are handed on as they are: taking ours out of them costs more than all the rest here.
        resolve: (scopedRole, args) => {
          const { kind } = args;
          const scopes = kind ? scopedRole.scopes.filter((scope) => scope.kind === kind) : scopedRole.scopes;
          const list = { items: scopes, names: scopeCursorKeys, owner: scopedRole, ownArguments: kind ?? '' };
          return connectionOf(sliceOf(list, args));
        },
      }),
    }),
  });
};
