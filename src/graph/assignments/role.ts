import { matchingRoles } from '../../assignments/list/filter.ts';
import type { GraphBuilder } from '../builder.ts';
import { listCost } from '../field-facts.ts';
import { connectionWithFacts } from '../relay/connections.ts';
import { roleId } from '../relay/ids.ts';
import { roleFilterOf } from './inputs.ts';
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
          'Everyone who holds a role of this name. Costs upstream calls: its pages are read until enough are found.',
        args: {
          ...t.arg.connectionArgs(),
          scope: t.arg({
            type: inputs.scope,
            description: 'Only holders whose role lists this scope. A global role lists none and does not match.',
          }),
          includeNestedScopes: t.arg.boolean({
            required: true,
            defaultValue: false,
            description: 'Whether upstream shall also list the scopes nested in those of a role.',
          }),
        },
        resolve: async ({ roleName }, { scope, includeNestedScopes, ...args }, { assignments }) => {
          const filter = { ...roleFilterOf(roleName, scope && [scope]) };
          const slice = await assignments.list({ role: filter, orderBy: [], includeNestedScopes }, args);
          return connectionWithFacts(slice, (subject) => matchingRoles(subject, filter));
        },
      }),
    }),
  });
};
