import type { AccessReason } from '../../access/reasons.ts';
import type { Scope, Subject } from '../../model/subject.ts';
import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder } from '../builder.ts';
import { createAsksForNames } from '../directory/names-asked.ts';
import { listCost } from '../field-facts.ts';
import { Connection } from '../relay/connections.ts';
import { type AboutAccess, asOfOf, asOfOptions, gapsDescription, type ReasonTypes } from './reasons.ts';

/** `Scope.access`: everyone who can act at a scope, and why. */
export const defineScopeAccess = (
  builder: GraphBuilder,
  { types, enums, defineConnection }: GraphParts,
  { reason, reasonKind, gap }: ReasonTypes,
): void => {
  const access = defineConnection<Subject, readonly AccessReason[], AboutAccess>({
    name: 'ScopeAccess',
    node: types.subject,
    descriptions: {
      connection: 'A page of everyone who can act at a scope.',
      items: 'subjects',
      edge: 'A subject that can act at the scope, and why.',
      node: 'The subject. A member of a group who holds nothing itself has no roles of its own.',
    },
  });
  builder.objectField(access.edge, 'reasons', (t) =>
    t.field({
      type: [reason],
      description:
        'Every reason that meets the arguments, the cheapest explanation first: direct, inherited, global, and of each the own before that of a group.',
      resolve: ({ facts }) => facts,
    }),
  );
  builder.objectFields(access.connection, (t) => ({
    asOf: t.field({ ...asOfOptions, resolve: ({ about }) => asOfOf(about) }),
    gaps: t.field({ type: [gap], description: gapsDescription, resolve: ({ about }) => about.gaps }),
  }));
  const asksForNames = createAsksForNames();
  builder.objectField(types.scope, 'access', (t) =>
    t.field({
      type: access.connection,
      nullable: true,
      description:
        'Everyone who can act at this scope, each once and with every reason: who holds a role that lists it, a role at a scope that it lies in, or a role that holds everywhere, and the members of user groups that do. `subjects` lists only who is named here. Costs a census, as `Query.census` does, the tree of groups, and a call for each group among the holders, or the list of users where that costs less.',
      extensions: listCost,
      args: {
        ...t.arg.connectionArgs(),
        roleName: t.arg.string({ description: 'Only who holds a role of this name.' }),
        subjectType: t.arg({ type: enums.subjectType, description: 'Only subjects of this type.' }),
        reasons: t.arg({ type: [reasonKind], description: 'Only who can act in any of these ways. Default: in any.' }),
      },
      resolve: async (scope: Scope, { roleName, subjectType, reasons, ...args }, context, info) => {
        const question = {
          roleName: roleName ?? undefined,
          subjectType: subjectType ?? undefined,
          reasons: reasons ?? undefined,
          areNamesAsked: asksForNames(context, info),
        };
        const { slice, asOfMs, gaps, reasonsOf } = await context.access.atScope(scope, question, args);
        return new Connection(slice, reasonsOf, { asOfMs, gaps });
      },
    }),
  );
};
