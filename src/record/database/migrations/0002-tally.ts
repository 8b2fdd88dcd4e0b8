import { type Kysely, type Migration, sql } from 'kysely';

/** Counts of the last census, which were made by going through all assignments. */
export const tally: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('tally')
      .addColumn('role_id', 'integer', (column) => column.notNull())
      .addColumn('scope_id', 'bigint', (column) => column.notNull())
      .addColumn('holders', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('tally_of', ['role_id', 'scope_id'])
      .execute();
    await db.schema
      .createTable('type_tally')
      .addColumn('raw_type', sql`text collate "C"`, (column) => column.primaryKey())
      .addColumn('subjects', 'bigint', (column) => column.notNull())
      .execute();
    // -1 is everywhere, 0 any scope, and any role. Grouped twice, because distinct ones of millions take four times as long to count.
    await sql`
      insert into tally
      select role_id, coalesce(scope_id, -1), count(*) from assignment where valid_to is null group by 1, 2
    `.execute(db);
    await sql`
      insert into tally
      select role_id, 0, count(*) from (
        select role_id from assignment where valid_to is null group by subject_id, role_id
      ) as each group by role_id
    `.execute(db);
    await sql`
      insert into tally
      select 0, scope_id, count(*) from (
        select scope_id from assignment where valid_to is null and scope_id is not null group by subject_id, scope_id
      ) as each group by scope_id
    `.execute(db);
    await sql`
      insert into type_tally select raw_type, count(*) from subject where held is not null group by raw_type
    `.execute(db);
  },
};
