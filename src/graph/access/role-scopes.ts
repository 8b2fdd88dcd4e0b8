import type { RoleAtScope } from '../../access/census-scopes.ts';
import type { Scope } from '../../model/subject.ts';
import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder } from '../builder.ts';
import { listCost } from '../field-facts.ts';
import { Connection } from '../relay/connections.ts';
import type { RoleHandle } from '../relay/node-types.ts';
import { nodesOf } from './census.ts';
import { type AboutAccess, asOfOf, asOfOptions } from './reasons.ts';

/** `Role.scopes`: where a role is held. */
export const defineRoleScopes = (builder: GraphBuilder, { types, enums, defineConnection }: GraphParts): void => {
  const scopes = defineConnection<Scope, RoleAtScope, Pick<AboutAccess, 'asOfMs'>>({
    name: 'RoleScope',
    node: types.scope,
    descriptions: {
      connection: 'A page of the scopes at which a role is held.',
      items: 'scopes',
      edge: 'One scope at which the role is held, by how many, and where it stands in the list.',
      node: 'The scope.',
    },
  });
  builder.objectField(scopes.edge, 'holderCount', (t) =>
    t.int({
      description: 'Subjects that hold the role at this scope: their role lists it.',
      resolve: ({ facts }) => facts.holderCount,
    }),
  );
  builder.objectField(scopes.connection, 'asOf', (t) =>
    t.field({ ...asOfOptions, resolve: ({ about }) => asOfOf(about) }),
  );
  builder.objectField(types.role, 'scopes', (t) =>
    t.field({
      type: scopes.connection,
      nullable: true,
      description:
        'Where this role is held: every scope that a role of this name lists, those with most holders first. Who holds it everywhere lists no scope and does not count here. Costs a census, as `Query.census` does.',
      extensions: listCost,
      args: {
        ...t.arg.connectionArgs(),
        kind: t.arg({ type: enums.scopeKind, description: 'Only scopes of this kind.' }),
      },
      resolve: async ({ roleName }: RoleHandle, { kind, ...args }, { access }) => {
        const census = await access.census(false);
        const slice = await census.scopesOf({ roleName, kind: kind ?? undefined }, args);
        return new Connection(
          nodesOf(slice, ({ scope }) => scope),
          (_node, index) => slice.items[index] as RoleAtScope,
          { asOfMs: census.asOfMs },
        );
      },
    }),
  );
};
