import { type Kysely, sql } from 'kysely';
import type { Tables } from './tables.ts';

/** Any number, as long as it is always this one and nobody else's. */
const changeLock = 7_265_631_105;

/**
 * Waits until nobody else changes the record, and keeps others out until the transaction ends: what letting go takes away must not be what a census is about to
 * refer to. The lock of the writer does not do that, because a command lets go while a gateway keeps it.
 */
export const lockChanges = async (transaction: Kysely<Tables>): Promise<void> => {
  await sql`select pg_advisory_xact_lock(${changeLock}::bigint)`.execute(transaction);
};
