import type { AccessChange } from '../../record/record.ts';
import { writeMoment } from '../access/moment.ts';
import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder } from '../builder.ts';
import { accessChangeId } from '../relay/ids.ts';
import { subjectOfRecord } from './recorded-subject.ts';

/** The types of changes, which `Record`, `Subject`, `Scope` and `Subscription` share. */
export type ChangeTypes = ReturnType<typeof defineAccessChange>;

/** `AccessChange`, its kinds and its connection. */
export const defineAccessChange = (builder: GraphBuilder, { types, defineConnection }: GraphParts) => {
  const kind = builder.enumType('ChangeKind', {
    description: 'What became of an assignment.',
    values: {
      GRANTED: { description: 'It is there, and was not at the census before.' },
      REVOKED: { description: 'It was there at the census before, and is no more.' },
    } as const,
  });
  const change = builder.objectRef<AccessChange>('AccessChange').implement({
    description:
      'An assignment that came or went: one subject, one role, and one scope or everywhere. Upstream keeps no times, so none is claimed: it happened after `notBefore` and not after `seenAt`.',
    fields: (t) => ({
      id: t.id({
        description: 'The same for ever for the same change. Not for `node`.',
        resolve: ({ id }) => accessChangeId(id),
      }),
      kind: t.expose('kind', { type: kind, description: 'Whether access was given or taken away.' }),
      subject: t.field({
        type: types.subject,
        description:
          'Who. The record knows no names, so they are those of today; and where it is asked what the subject holds, upstream is asked what it holds now.',
        resolve: ({ subject }, _args, context, info) => subjectOfRecord(subject, context, info),
      }),
      roleName: t.exposeString('roleName', { description: 'Name of the role.' }),
      scope: t.expose('scope', {
        type: types.scope,
        nullable: true,
        description: 'Where the role held. Null: everywhere.',
      }),
      seenAt: t.field({
        type: 'DateTime',
        description: '`asOf` of the census that showed it.',
        resolve: ({ seenAtMs }) => writeMoment(seenAtMs),
      }),
      notBefore: t.field({
        type: 'DateTime',
        description: '`asOf` of the last census that did not show it.',
        resolve: ({ notBeforeMs }) => writeMoment(notBeforeMs),
      }),
    }),
  });
  const { connection } = defineConnection<AccessChange>({
    name: 'AccessChange',
    node: change,
    descriptions: {
      connection: 'A page of what changed, newest first.',
      items: 'changes',
      edge: 'One change, and where it stands in the list.',
      node: 'The change.',
    },
  });
  return { kind, change, connection };
};
