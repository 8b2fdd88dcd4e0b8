import type { CheckAnswer } from '../../access/check-access.ts';
import { includeNestedScopesOptions, scopeOf } from '../assignments/inputs.ts';
import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder } from '../builder.ts';
import { lookupCost } from '../field-facts.ts';
import { asOfOf, asOfOptions, gapsDescription, type ReasonTypes } from './reasons.ts';

/** `Query.checkAccess`: whether somebody holds a role somewhere, and why. */
export const defineCheckAccess = (
  builder: GraphBuilder,
  { inputs }: GraphParts,
  { reason, gap }: ReasonTypes,
): void => {
  const check = builder.objectRef<CheckAnswer & { readonly asOfMs: number }>('AccessCheck').implement({
    description: 'Whether somebody holds a role somewhere, and why.',
    fields: (t) => ({
      isAllowed: t.exposeBoolean('isAllowed', {
        nullable: true,
        description:
          'True: it does. False: it does not. Null: not as far as is known, and `gaps` says what is not known: not a proof.',
      }),
      reasons: t.expose('reasons', {
        type: [reason],
        description:
          'Every reason why it does, the cheapest explanation first: direct, inherited, global, and of each the own before that of a group.',
      }),
      gaps: t.field({ type: [gap], description: gapsDescription, resolve: ({ gaps }) => gaps }),
      asOf: t.field({ ...asOfOptions, resolve: asOfOf }),
    }),
  });
  builder.queryField('checkAccess', (t) =>
    t.field({
      type: check,
      nullable: true,
      description:
        'Whether a subject holds a role, itself or through a user group, at a scope, at one that this lies in, or everywhere. Costs lookups and no census: the subject, its groups, and what the scope lies in. What the role permits, upstream does not tell.',
      extensions: lookupCost,
      args: {
        subject: t.arg({ type: inputs.subject, required: true, description: 'Who.' }),
        roleName: t.arg.string({ required: true, description: 'Name of the role.' }),
        at: t.arg({ type: inputs.scope, description: 'Where. Default: anywhere.' }),
        includeNestedScopes: t.arg.boolean(includeNestedScopesOptions),
      },
      resolve: (_root, { subject, roleName, at, includeNestedScopes }, { access }) =>
        access.check({
          reference: subject.reference,
          type: subject.type ?? undefined,
          roleName,
          at: at ? scopeOf(at) : undefined,
          includeNestedScopes: includeNestedScopes ?? false,
        }),
    }),
  );
};
