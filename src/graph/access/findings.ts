import { explain } from '../../access/finding-explanations.ts';
import { sliceOfKeyed } from '../../access/keyed-list.ts';
import type { Finding } from '../../access/finding-kinds.ts';
import type { AccountCensus } from '../../access/account-census.ts';
import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder, TypeRef } from '../builder.ts';
import { lookupCost } from '../field-facts.ts';
import { connectionOf } from '../relay/connections.ts';
import { findingId } from '../relay/ids.ts';

/** `Census.findings`: what looks wrong. */
export const defineFindings = (
  builder: GraphBuilder,
  { types, defineConnection }: GraphParts,
  census: TypeRef<AccountCensus>,
): void => {
  const findingKind = builder.enumType('FindingKind', {
    description: 'What looks wrong.',
    values: {
      GLOBAL_GRANT: { description: 'A role is held everywhere.' },
      BROAD_GRANT: { description: 'A role is held at a tenant or an MSP, and so at all that lies in it.' },
      MISSING_SUBJECT: { description: 'Who holds roles is not in the directory: it was probably deleted.' },
      MISSING_SCOPE: { description: 'Where a role is held is not in the directory: it was probably deleted.' },
      REDUNDANT_GRANT: {
        description:
          'The subject holds the same role everywhere, or at a scope around this one: the grant adds nothing.',
      },
      GRANT_THROUGH_UNREADABLE_GROUP: {
        description: 'A user group holds a role, and its members cannot be read: nobody can tell who has it.',
      },
      WITHOUT_ROLES: { description: 'A subject is listed and holds no role.' },
      UNKNOWN_KIND: {
        description: 'The type of a subject, or a field of a scope, is one that this version does not know.',
      },
    } as const,
  });
  const severity = builder.enumType('Severity', {
    description: 'How much a finding matters.',
    values: {
      HIGH: { description: 'Look at it now.' },
      MEDIUM: { description: 'Look at it at the next review.' },
      LOW: { description: 'Tidy it up.' },
    } as const,
  });
  const finding = builder.objectRef<Finding>('Finding').implement({
    description: 'Something that somebody should look at.',
    fields: (t) => ({
      id: t.id({
        description:
          'The same from census to census for the same finding, so that it can be marked as accepted elsewhere. Not for `node`.',
        resolve: findingId,
      }),
      kind: t.expose('kind', { type: findingKind, description: 'What looks wrong.' }),
      severity: t.expose('severity', { type: severity, description: 'How much it matters.' }),
      subject: t.expose('subject', { type: types.subject, description: 'Whom it is about.' }),
      scopedRole: t.expose('scopedRole', {
        type: types.scopedRole,
        nullable: true,
        description: 'The grant that it is about. Null where it is about the subject itself.',
      }),
      scope: t.expose('scope', {
        type: types.scope,
        nullable: true,
        description: 'The scope that it is about. Null where it is about no scope, or about everywhere.',
      }),
      explanation: t.string({
        description: 'What is wrong, and what to do about it.',
        resolve: (found) => explain(found),
      }),
    }),
  });
  const findings = defineConnection<Finding>({
    name: 'Finding',
    node: finding,
    descriptions: {
      connection: 'A page of what looks wrong.',
      items: 'findings',
      edge: 'One finding, and where it stands in the list.',
      node: 'The finding.',
    },
  });
  builder.objectField(census, 'findings', (t) =>
    t.field({
      type: findings.connection,
      nullable: true,
      description:
        'What looks wrong, the most severe first. One finding for each grant and scope that it is about, or for the subject. What is missing, redundant or unreadable is told by the directory, which costs calls where such kinds are asked for; where the directory is closed or fails, nothing is called missing.',
      extensions: lookupCost,
      args: {
        ...t.arg.connectionArgs(),
        kinds: t.arg({ type: [findingKind], description: 'Only findings of these kinds. Default: of all.' }),
        minSeverity: t.arg({ type: severity, description: 'Only findings at least as severe. Default: all.' }),
      },
      resolve: async (parent, { kinds, minSeverity, ...args }, { access }) => {
        const list = await access.findings(parent, {
          kinds: kinds ?? undefined,
          minSeverity: minSeverity ?? undefined,
        });
        return connectionOf(sliceOfKeyed(list, args));
      },
    }),
  );
};
