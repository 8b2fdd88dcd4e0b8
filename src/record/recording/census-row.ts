import { type Kysely, sql } from 'kysely';
import { channel } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';

/**
 * What became of a census. `begun`: it is the first. `older`: it may be from before the last one that was recorded, so it was left out. `notWriter`: somebody
 * else records.
 */
export type Written =
  | {
      readonly outcome: 'begun' | 'different' | 'equal';
      /** The time that it is recorded with. */
      readonly asOfMs: number;
      readonly granted: number;
      readonly revoked: number;
    }
  | { readonly outcome: 'older' }
  | { readonly outcome: 'notWriter' };

/** The census that was recorded last. */
export interface LastCensus {
  readonly asOf: Date;
  readonly digest: Buffer;
  readonly assignmentCount: number;
}

/** Undefined where there is none yet. */
export const readLastCensus = (db: Kysely<Tables>): Promise<LastCensus | undefined> =>
  db
    .selectFrom('census')
    .select(['as_of as asOf', 'digest', 'assignment_count as assignmentCount'])
    .orderBy('as_of', 'desc')
    .limit(1)
    .executeTakeFirst();

/** Its own time, or just after the last one where that is later. */
export const timeAfter = (last: LastCensus | undefined, ownMs: number): number =>
  Math.max(Math.trunc(ownMs), (last?.asOf.getTime() ?? -Infinity) + 1);

interface NewCensus {
  readonly last: LastCensus | undefined;
  readonly asOfMs: number;
  readonly digest: Buffer;
  readonly subjectCount: number;
  readonly granted: number;
  readonly revoked: number;
}

/** The row of a census whose changes are written, in the same transaction as these. It is told when all can see it. */
export const addCensus = async (
  db: Kysely<Tables>,
  { last, asOfMs, digest, subjectCount, granted, revoked }: NewCensus,
): Promise<Written> => {
  const isDifferent = last === undefined || granted + revoked > 0;
  await db
    .insertInto('census')
    .values({
      as_of: new Date(asOfMs),
      previous: last?.asOf ?? null,
      digest,
      subject_count: subjectCount,
      assignment_count: (last?.assignmentCount ?? 0) + granted - revoked,
      is_different: isDifferent,
    })
    .execute();
  // Told when the transaction is there for all to see, and not before.
  if (isDifferent) await sql`select pg_notify(${channel}, '')`.execute(db);
  return { outcome: last === undefined ? 'begun' : isDifferent ? 'different' : 'equal', asOfMs, granted, revoked };
};
