import { GatewayError } from '../../model/errors.ts';
import type { AccessRecord } from '../../record/record.ts';
import { untilAborted } from '../../platform/until-aborted.ts';
import type { GraphContext } from '../context.ts';

/** What a caller may see of a record: all, or nothing. */
export type VisibleRecord = NonNullable<GraphContext['record']>;

/**
 * The record, for whoever may see it; undefined where nothing is recorded, or not what this caller sees. Throws `UNAUTHENTICATED` for strangers: no call upstream
 * would find them out.
 */
export const openRecord = ({ record, operation }: GraphContext): VisibleRecord | undefined => {
  if (record !== undefined && operation.caller === undefined) {
    throw new GatewayError(
      'UNAUTHENTICATED',
      'The record is shown to nobody unknown. Send a credential with the request.',
    );
  }
  // What is recorded comes when it comes, not when kept pages go: an answer about it is good for this once.
  if (record !== undefined) operation.report.freshUntilMs = -Infinity;
  return record;
};

/** Asks the record, for as long as the operation lasts. */
export const askRecord = <Value>(
  { operation }: GraphContext,
  { record }: VisibleRecord,
  ask: (record: AccessRecord) => Promise<Value>,
): Promise<Value> => untilAborted(ask(record), operation.signal);
