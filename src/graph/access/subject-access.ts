import { sliceOfKeyed } from '../../access/keyed-list.ts';
import type { ReachedRole } from '../../access/subject-access.ts';
import type { Subject } from '../../model/subject.ts';
import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder } from '../builder.ts';
import { lookupCost } from '../field-facts.ts';
import { Connection } from '../relay/connections.ts';
import type { RoleHandle } from '../relay/node-types.ts';
import { nodesOf } from './census.ts';
import { type AboutAccess, asOfOf, asOfOptions, gapsDescription, type ReasonTypes } from './reasons.ts';

/** `Subject.access`: what somebody can reach, and why. */
export const defineSubjectAccess = (
  builder: GraphBuilder,
  { types, enums, defineConnection }: GraphParts,
  { reason, gap }: ReasonTypes,
): void => {
  const access = defineConnection<RoleHandle, ReachedRole, AboutAccess>({
    name: 'SubjectAccess',
    node: types.role,
    descriptions: {
      connection: 'A page of what a subject can reach.',
      items: 'roles',
      edge: 'A role that the subject can act under, where, and why.',
      node: 'The role.',
    },
  });
  builder.objectFields(access.edge, (t) => ({
    scope: t.field({
      type: types.scope,
      nullable: true,
      description: 'Where: the scope that a grant lists. Null: everywhere.',
      resolve: ({ facts }) => facts.scope,
    }),
    reasons: t.field({
      type: [reason],
      description: 'Every grant that gives the role there, the own before those of groups.',
      resolve: ({ facts }) => facts.reasons,
    }),
  }));
  builder.objectFields(access.connection, (t) => ({
    asOf: t.field({ ...asOfOptions, resolve: ({ about }) => asOfOf(about) }),
    gaps: t.field({ type: [gap], description: gapsDescription, resolve: ({ about }) => about.gaps }),
  }));
  builder.objectField(types.subject, 'access', (t) =>
    t.field({
      type: access.connection,
      nullable: true,
      description:
        'What the subject can reach: its own roles and those of the user groups that it is a member of, each at the scopes that it was granted at. By role, everywhere first. The scopes that lie in these are not listed: `checkAccess` and `Scope.access` know them. Costs a lookup of the user and of its groups.',
      extensions: lookupCost,
      args: {
        ...t.arg.connectionArgs(),
        kind: t.arg({
          type: enums.scopeKind,
          description: 'Only what is granted at scopes of this kind; what holds everywhere has no kind.',
        }),
        roleName: t.arg.string({ description: 'Only the role of this name.' }),
      },
      resolve: async (subject: Subject, { kind, roleName, ...args }, { access: answers }) => {
        const question = { kind: kind ?? undefined, roleName: roleName ?? undefined };
        const { list, gaps } = await answers.ofSubject(subject, question);
        const slice = sliceOfKeyed(list, args);
        return new Connection(
          nodesOf(slice, (reached) => ({ roleName: reached.roleName })),
          (_node, index) => slice.items[index] as ReachedRole,
          { asOfMs: list.asOfMs, gaps },
        );
      },
    }),
  );
};
