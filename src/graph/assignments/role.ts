import { matchingRoles } from '../../assignments/list/filter.ts';
import type { GraphBuilder } from '../builder.ts';
import { listCost } from '../field-facts.ts';
import { connectionWithFacts } from '../relay/connections.ts';
import { roleId } from '../relay/ids.ts';
import { includeGlobalOptions, includeNestedScopesOptions, roleFilterOf } from './inputs.ts';
import type { GraphParts } from './parts.ts';

/** `Role` and the connection of everyone who holds it. */
export const defineRole = (builder: GraphBuilder, { types, inputs, connections }: GraphParts): void => {
  builder.objectType(types.role, {
    description: 'A named set of permissions. Upstream does not let roles be read back: the name is all that is known.',
    interfaces: [builder.nodeInterfaceRef()],
    fields: (t) => ({
      id: t.id({
        description: 'Opaque, stable id: hand it to `node` to fetch the role again.',
        resolve: ({ roleName }) => roleId(roleName),
      }),
      name: t.string({
        description: 'Name of the role: a word such as `admin`, or a uuid.',
        resolve: ({ roleName }) => roleName,
      }),
      subjects: t.field({
        type: connections.roleSubjects,
        extensions: listCost,
        nullable: true,
        description:
          'Everyone who is listed with a role of this name, at the scope where one is named. Members of a group that holds it are not counted, but the group is. Costs upstream calls: pages of the list are read until enough are found.',
        args: {
          ...t.arg.connectionArgs(),
          scope: t.arg({
            type: inputs.scope,
            description:
              'Only holders whose role lists this scope. A global role lists none, so it counts only with `includeGlobal`.',
          }),
          includeGlobal: t.arg.boolean(includeGlobalOptions),
          includeNestedScopes: t.arg.boolean(includeNestedScopesOptions),
        },
        resolve: async ({ roleName }, { scope, includeGlobal, includeNestedScopes, ...args }, { assignments }) => {
          const role = { ...roleFilterOf({ scopes: scope && [scope], includeGlobal }), name: roleName };
          const question = { role, orderBy: [], includeNestedScopes: includeNestedScopes ?? false };
          const slice = await assignments.list(question, args);
          return connectionWithFacts(slice, (subject) => matchingRoles(subject, role));
        },
      }),
    }),
  });
};
