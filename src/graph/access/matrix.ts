import type { AccountCensus } from '../../access/account-census.ts';
import type { AccessMatrix } from '../../access/matrix.ts';
import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder, TypeRef } from '../builder.ts';

/** `Census.matrix`: how many hold which role where. */
export const defineMatrix = (
  builder: GraphBuilder,
  { types, enums }: GraphParts,
  census: TypeRef<AccountCensus>,
): void => {
  const matrix = builder.objectRef<AccessMatrix>('AccessMatrix').implement({
    description: 'How many hold which role at which scope: roles down, scopes across.',
    fields: (t) => ({
      roles: t.field({
        type: [types.role],
        description: 'The roles, in the order of the rows.',
        resolve: ({ roleNames }) => roleNames.map((roleName) => ({ roleName })),
      }),
      scopes: t.expose('scopes', { type: [types.scope], description: 'The scopes, in the order of the columns.' }),
      cells: t.field({
        type: t.listRef(t.listRef('Int')),
        description: 'For each role, and in it for each scope: how many are named there with the role.',
        resolve: ({ cells }) => cells.map((row) => [...row]),
      }),
      everywhere: t.expose('everywhere', {
        type: ['Int'],
        description: 'For each role how many hold it everywhere: they can act at each scope, and no cell counts them.',
      }),
    }),
  });
  builder.objectField(census, 'matrix', (t) =>
    t.field({
      type: matrix,
      description:
        'How many hold which role where, for the roles and scopes with most holders. What it leaves out, the `totalCount` of `roles` and `scopes` tells. At most 100,000 cells.',
      args: {
        roles: t.arg.stringList({
          description: 'Names of the roles to show, in this order. Default: those with most holders.',
        }),
        kind: t.arg({ type: enums.scopeKind, description: 'Only scopes of this kind.' }),
        firstRoles: t.arg.int({
          defaultValue: 50,
          description: 'How many roles to show at most where none are named, 0 to 1000.',
        }),
        firstScopes: t.arg.int({ defaultValue: 50, description: 'How many scopes to show at most, 0 to 1000.' }),
      },
      resolve: (parent, { roles, kind, firstRoles, firstScopes }) =>
        parent.matrix({
          roles: roles ?? undefined,
          kind: kind ?? undefined,
          firstRoles: firstRoles ?? 50,
          firstScopes: firstScopes ?? 50,
        }),
    }),
  );
};
