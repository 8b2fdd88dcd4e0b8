import type { ConnectionArgs } from '../../assignments/assignments.ts';
import { listName } from '../../access/keyed-list.ts';
import type { AccessChange, ChangesFilter } from '../../record/record.ts';
import type { GraphContext } from '../context.ts';
import { connectionOf, type Connection } from '../relay/connections.ts';
import { askRecord, type VisibleRecord } from './open-record.ts';
import { changeKeys, sliceOfRecord } from './record-slice.ts';

/** A page of the changes that meet a filter. */
export const listChanges = async (
  context: GraphContext,
  visible: VisibleRecord,
  filter: ChangesFilter,
  args: ConnectionArgs,
): Promise<Connection<AccessChange>> => {
  const { subject, scope = [], kinds } = filter;
  const name = listName(
    'record changes',
    subject?.reference,
    subject?.type,
    subject?.rawType,
    filter.roleName,
    filter.scope && scope.length,
    ...scope.flatMap(({ field, uuid }) => [field, uuid]),
    kinds?.length,
    ...(kinds ?? []),
    filter.sinceMs,
    filter.untilMs,
  );
  const read = (window: Parameters<typeof visible.record.changes>[1]) =>
    askRecord(context, visible, (record) => record.changes(filter, window));
  return connectionOf(await sliceOfRecord({ name, keys: changeKeys, read }, args));
};
