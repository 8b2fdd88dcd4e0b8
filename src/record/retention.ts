import { type Kysely, sql } from 'kysely';
import { lockChanges } from './database/change-lock.ts';
import type { Tables } from './database/tables.ts';

/** What was let go of. */
export interface Pruned {
  readonly assignments: number;
  readonly censuses: number;
}

/**
 * Lets go of what no question about `beforeMs` or later needs, in one transaction: assignments that had ended by then, censuses before the one that held then, and
 * whoever is left with nothing. The last census always stays.
 */
export const prune = (db: Kysely<Tables>, beforeMs: number): Promise<Pruned> =>
  db.transaction().execute(async (transaction) => {
    await lockChanges(transaction);
    const base = await transaction
      .selectFrom('census')
      .select('as_of')
      .where('as_of', '<=', new Date(Math.max(0, beforeMs)))
      .orderBy('as_of', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (base === undefined) return { assignments: 0, censuses: 0 };
    const censuses = await transaction.deleteFrom('census').where('as_of', '<', base.as_of).executeTakeFirst();
    const assignments = await transaction
      .deleteFrom('assignment')
      .where('valid_to', '<=', base.as_of)
      .executeTakeFirst();
    if (assignments.numDeletedRows > 0n) {
      // References are personal data: they go with the last thing that is known of them.
      await sql`
        delete from subject s where held is null and not exists (select from assignment a where a.subject_id = s.id)
      `.execute(transaction);
      await sql`delete from role r where not exists (select from assignment a where a.role_id = r.id)`.execute(
        transaction,
      );
      await sql`delete from scope p where not exists (select from assignment a where a.scope_id = p.id)`.execute(
        transaction,
      );
    }
    return { assignments: Number(assignments.numDeletedRows), censuses: Number(censuses.numDeletedRows) };
  });
