import { GatewayError } from '../../model/errors.ts';
import type { AccessChange } from '../../record/record.ts';
import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder } from '../builder.ts';
import type { ChangeTypes } from './access-change.ts';
import { openRecord } from './open-record.ts';
import { recordFilterOf } from './record-filter.ts';

/** `Subscription`: of the graph alone, never of the subgraph. */
export const defineSubscription = (builder: GraphBuilder, { inputs }: GraphParts, { change }: ChangeTypes): void => {
  builder.subscriptionType({
    description:
      'What is told as it happens, over server-sent events: send `Accept: text/event-stream` (GraphQL over SSE, distinct connections mode).',
  });
  builder.subscriptionField('accessChanges', (t) =>
    t.field({
      type: change,
      description:
        'Who gets or loses what, from now on, as each census shows it, oldest first. Several arguments all have to be met. Refused with NOT_FOUND where nothing is recorded: `ROLESCOPE_RECORD` says where to keep a record. A subscriber that reads too slowly is ended, and reads `record.changes` instead.',
      args: {
        subject: t.arg({ type: inputs.subject, description: 'Only what this subject gets or loses.' }),
        roleName: t.arg.string({ description: 'Only the role of this name.' }),
        scope: t.arg({
          type: inputs.scope,
          description:
            'Only what is given or taken at this scope. What holds everywhere has no scope, and is not told.',
        }),
      },
      subscribe: (_root, args, context): AsyncIterable<AccessChange> => {
        const visible = openRecord(context);
        if (visible === undefined) throw new GatewayError('NOT_FOUND', nothingRecorded);
        return visible.feed.subscribe(recordFilterOf(args));
      },
      resolve: (told) => told,
    }),
  );
};

const nothingRecorded =
  'Nothing is recorded here that this caller may see, so there is nothing to tell. Whoever runs the gateway can set ROLESCOPE_RECORD to keep a record.';
