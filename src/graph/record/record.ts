import { listName } from '../../access/keyed-list.ts';
import type { RecordedAssignment, RecordSummary } from '../../record/record.ts';
import { writeMoment } from '../access/moment.ts';
import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder } from '../builder.ts';
import { connectionOf } from '../relay/connections.ts';
import { type ChangeTypes, defineAccessChange } from './access-change.ts';
import { listChanges } from './list-changes.ts';
import { askRecord, openRecord, type VisibleRecord } from './open-record.ts';
import { recordFilterOf } from './record-filter.ts';
import { assignmentKeys, sliceOfRecord } from './record-slice.ts';
import { subjectOfRecord } from './recorded-subject.ts';

/** A record that can be reached, and what it holds. */
interface OpenedRecord {
  readonly visible: VisibleRecord;
  readonly summary: RecordSummary;
}

/** `Query.record`, and the history of a subject and of a scope. Answers the types of changes. */
export const defineRecord = (builder: GraphBuilder, parts: GraphParts): ChangeTypes => {
  const { types, inputs } = parts;
  const changes = defineAccessChange(builder, parts);
  const assignments = defineRecordedAssignment(builder, parts);
  const record = builder.objectRef<OpenedRecord>('Record').implement({
    description:
      'Who had which role where, and when that changed, as far as censuses have shown it. Censuses are taken at a pace, so what came and went between two is in none of them.',
    fields: (t) => ({
      since: t.field({
        type: 'DateTime',
        description:
          '`asOf` of the census where the record begins. What was there then is no change; what is older than the record is kept for is let go, and this moves.',
        resolve: ({ summary }) => writeMoment(summary.sinceMs),
      }),
      latest: t.field({
        type: 'DateTime',
        description: '`asOf` of the last census that was recorded, whether it differed or not.',
        resolve: ({ summary }) => writeMoment(summary.latestMs),
      }),
      revisionCount: t.int({
        description: 'Censuses since then that differed from the one before.',
        resolve: ({ summary }) => summary.revisionCount,
      }),
      changes: t.field({
        type: changes.connection,
        description:
          'What changed, newest first. Several arguments all have to be met. A grant that holds everywhere has no scope, so it is in no list of one.',
        args: {
          ...t.arg.connectionArgs(),
          since: t.arg({
            type: 'DateTime',
            description: 'Only what was seen then or later. Default: from the beginning.',
          }),
          until: t.arg({ type: 'DateTime', description: 'Only what was seen before that. Default: to the end.' }),
          subject: t.arg({ type: inputs.subject, description: 'Only what this subject got or lost.' }),
          roleName: t.arg.string({ description: 'Only the role of this name.' }),
          scope: t.arg({ type: inputs.scope, description: 'Only what was given or taken at this scope.' }),
          kinds: t.arg({ type: [changes.kind], description: 'Only changes of these kinds. Default: of both.' }),
        },
        resolve: ({ visible }, { since, until, subject, roleName, scope, kinds, ...args }, context) => {
          const filter = {
            ...recordFilterOf({ subject, roleName, scope }),
            ...(kinds && { kinds }),
            ...(since && { sinceMs: Date.parse(since) }),
            ...(until && { untilMs: Date.parse(until) }),
          };
          return listChanges(context, visible, filter, args);
        },
      }),
      assignmentsAt: t.field({
        type: assignments,
        description:
          'Who had which role where at a time, by reference: what the last census until then showed. A time before `since` is refused.',
        args: {
          ...t.arg.connectionArgs(),
          time: t.arg({
            type: 'DateTime',
            required: true,
            description: 'When. After `latest`: as that census showed it.',
          }),
          subject: t.arg({ type: inputs.subject, description: 'Only what this subject held.' }),
          roleName: t.arg.string({ description: 'Only the role of this name.' }),
          scope: t.arg({
            type: inputs.scope,
            description: 'Only what was held at this scope. What was held everywhere has no scope, and is not in it.',
          }),
        },
        resolve: async ({ visible }, { time, subject, roleName, scope, ...args }, context) => {
          const filter = recordFilterOf({ subject, roleName, scope });
          const timeMs = Date.parse(time);
          const { scope: components = [] } = filter;
          const name = listName(
            'record assignments',
            timeMs,
            subject?.reference,
            subject?.type,
            roleName,
            ...components.flatMap(({ field, uuid }) => [field, uuid]),
          );
          const read = (window: Parameters<typeof visible.record.assignmentsAt>[2]) =>
            askRecord(context, visible, (known) => known.assignmentsAt(timeMs, filter, window));
          return connectionOf(await sliceOfRecord({ name, keys: assignmentKeys, read }, args));
        },
      }),
    }),
  });

  builder.queryField('record', (t) =>
    t.field({
      type: record,
      nullable: true,
      description:
        'What is recorded of the account. Null where nothing is: `ROLESCOPE_RECORD` says where to keep a record. Null with an error while its database cannot be reached. Costs no call.',
      resolve: async (_root, _args, context) => {
        const visible = openRecord(context);
        if (visible === undefined) return null;
        const summary = await askRecord(context, visible, (known) => known.summary());
        // No census has ended yet.
        return summary === null ? null : { visible, summary };
      },
    }),
  );

  const historyOptions = { type: changes.connection, nullable: true } as const;
  builder.objectField(types.subject, 'history', (t) =>
    t.field({
      ...historyOptions,
      description:
        'What the subject got and lost itself, newest first, as far as the record goes. Null where nothing is recorded. What it holds by being in a group is not here.',
      args: t.arg.connectionArgs(),
      resolve: ({ reference, rawType }, args, context) => {
        const visible = openRecord(context);
        return visible === undefined ? null : listChanges(context, visible, { subject: { reference, rawType } }, args);
      },
    }),
  );
  builder.objectField(types.scope, 'history', (t) =>
    t.field({
      ...historyOptions,
      description:
        'What was given and taken at exactly this scope (all of its components, where it has several), newest first, as far as the record goes. Null where nothing is recorded.',
      args: t.arg.connectionArgs(),
      resolve: ({ components }, args, context) => {
        const visible = openRecord(context);
        const scope = components.map(({ field, uuid }) => ({ field, uuid }));
        return visible === undefined ? null : listChanges(context, visible, { scope }, args);
      },
    }),
  );
  return changes;
};

const defineRecordedAssignment = (builder: GraphBuilder, { types, defineConnection }: GraphParts) => {
  const assignment = builder.objectRef<RecordedAssignment>('RecordedAssignment').implement({
    description: 'An assignment as it was: one subject, one role, and one scope or everywhere.',
    fields: (t) => ({
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
      from: t.field({
        type: 'DateTime',
        description:
          '`asOf` of the first census that showed it. Where the record begins, it may have been there long before.',
        resolve: ({ fromMs }) => writeMoment(fromMs),
      }),
      until: t.field({
        type: 'DateTime',
        nullable: true,
        description: '`asOf` of the census that showed it no more. Null: it is still there.',
        resolve: ({ untilMs }) => (untilMs === null ? null : writeMoment(untilMs)),
      }),
    }),
  });
  return defineConnection<RecordedAssignment>({
    name: 'RecordedAssignment',
    node: assignment,
    descriptions: {
      connection: 'A page of what was held at a time.',
      items: 'assignments',
      edge: 'One assignment, and where it stands in the list.',
      node: 'The assignment.',
    },
  }).connection;
};
