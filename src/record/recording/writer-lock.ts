import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/tables.ts';

/** Any number, as long as it is always this one and nobody else's. */
const writerLock = 7_265_631_104;

/**
 * Takes the lock that only one session can have, or has it already: as long as the session lasts. Answers the number of the session; undefined where another has the lock. `db` has to be one session.
 */
export const takeWriterLock = async (db: Kysely<Tables>): Promise<number | undefined> => {
  const { rows } = await sql<{ session: number; isWriter: boolean }>`
    select pg_backend_pid() as session, pg_try_advisory_lock(${writerLock}::bigint) as "isWriter"
  `.execute(db);
  return rows[0]?.isWriter === true ? rows[0].session : undefined;
};
