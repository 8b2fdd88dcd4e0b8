import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/tables.ts';
import type { BitSet } from './bit-set.ts';
import type { Place, TallyWriter } from './tally-writer.ts';

/** Subjects that are looked through at a time. */
const chunkSize = 10_000;

interface Vanished {
  readonly db: Kysely<Tables>;
  readonly asOf: Date;
  readonly seen: BitSet;
  readonly tallies: TallyWriter;
}

/** Subjects that held something when the last census was recorded. */
export const countHolders = async (db: Kysely<Tables>): Promise<number> => {
  const { rows } = await sql<{ count: number }>`
    select coalesce(sum(subjects), 0)::bigint as count from type_tally
  `.execute(db);
  return rows[0]?.count ?? 0;
};

/** Ends what those held whom a census shows no more. Answers how many assignments that were. */
export const closeVanished = async ({ db, asOf, seen, tallies }: Vanished): Promise<number> => {
  let revoked = 0;
  for (let last = 0; ;) {
    const chunk = await db
      .selectFrom('subject')
      .select(['id', 'raw_type as rawType'])
      .where('held', 'is not', null)
      .where('id', '>', last)
      .orderBy('id')
      .limit(chunkSize)
      .execute();
    const gone = chunk.filter(({ id }) => !seen.has(id));
    if (gone.length > 0) {
      const ids = gone.map(({ id }) => id);
      const { rows } = await sql<Place & { readonly subject: number }>`
        update assignment set valid_to = ${asOf} where subject_id = any(${ids}::bigint[]) and valid_to is null
        returning subject_id as subject, role_id as role, scope_id as scope
      `.execute(db);
      revoked += rows.length;
      await sql`update subject set held = null where id = any(${ids}::bigint[])`.execute(db);
      const held = new Map<number, Place[]>(ids.map((id) => [id, []]));
      for (const { subject, role, scope } of rows) held.get(subject)?.push({ role, scope });
      for (const { id, rawType } of gone) tallies.count({ rawType, before: held.get(id) ?? [], after: [] });
      await tallies.writeMuch();
    }
    if (chunk.length < chunkSize) return revoked;
    last = chunk.at(-1)?.id ?? last;
  }
};
