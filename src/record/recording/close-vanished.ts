import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/tables.ts';
import type { BitSet } from './bit-set.ts';

/** Subjects that are looked through at a time. */
const chunkSize = 10_000;

interface Vanished {
  readonly db: Kysely<Tables>;
  readonly asOf: Date;
  readonly seen: BitSet;
}

/** Subjects that held something when the last census was recorded. */
export const countHolders = async (db: Kysely<Tables>): Promise<number> => {
  const { count } = await db
    .selectFrom('subject')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('held', 'is not', null)
    .executeTakeFirstOrThrow();
  return count;
};

/** Ends what those held whom a census shows no more. Answers how many assignments that were. */
export const closeVanished = async ({ db, asOf, seen }: Vanished): Promise<number> => {
  let revoked = 0;
  for (let last = 0; ;) {
    const chunk = await db
      .selectFrom('subject')
      .select('id')
      .where('held', 'is not', null)
      .where('id', '>', last)
      .orderBy('id')
      .limit(chunkSize)
      .execute();
    const gone = chunk.map(({ id }) => id).filter((id) => !seen.has(id));
    if (gone.length > 0) {
      const { numAffectedRows } = await sql`
        update assignment set valid_to = ${asOf} where subject_id = any(${gone}::bigint[]) and valid_to is null
      `.execute(db);
      revoked += Number(numAffectedRows ?? 0n);
      await sql`update subject set held = null where id = any(${gone}::bigint[])`.execute(db);
    }
    if (chunk.length < chunkSize) return revoked;
    last = chunk.at(-1)?.id ?? last;
  }
};
