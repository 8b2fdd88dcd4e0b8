import { type Kysely, type Migration, sql } from 'kysely';

// Texts are ordered by code point ("C"), so that no locale of a server changes an order or an index.
const text = sql`text collate "C"`;

/** Censuses, who held what, and what can be asked of that. */
export const begin: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('census')
      .addColumn('as_of', 'timestamptz', (column) => column.primaryKey())
      .addColumn('previous', 'timestamptz')
      .addColumn('digest', 'bytea', (column) => column.notNull())
      .addColumn('subject_count', 'integer', (column) => column.notNull())
      .addColumn('assignment_count', 'integer', (column) => column.notNull())
      .addColumn('is_different', 'boolean', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('subject')
      .addColumn('id', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity())
      .addColumn('reference', text, (column) => column.notNull())
      .addColumn('raw_type', text, (column) => column.notNull())
      .addColumn('held', 'bytea')
      .addUniqueConstraint('subject_named', ['reference', 'raw_type'])
      .execute();
    await db.schema
      .createTable('role')
      .addColumn('id', 'integer', (column) => column.primaryKey().generatedAlwaysAsIdentity())
      .addColumn('name', text, (column) => column.notNull().unique())
      .execute();
    await db.schema
      .createTable('scope')
      .addColumn('id', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity())
      .addColumn('key', 'bytea', (column) => column.notNull().unique())
      .addColumn('components', 'jsonb', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('scope_component')
      .addColumn('scope_id', 'bigint', (column) => column.notNull().references('scope.id').onDelete('cascade'))
      .addColumn('field', text, (column) => column.notNull())
      .addColumn('uuid', text, (column) => column.notNull())
      .addPrimaryKeyConstraint('scope_component_of', ['uuid', 'field', 'scope_id'])
      .execute();
    await db.schema.createIndex('scope_component_scope').on('scope_component').column('scope_id').execute();
    await db.schema
      .createTable('assignment')
      .addColumn('id', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity())
      .addColumn('subject_id', 'bigint', (column) => column.notNull().references('subject.id'))
      .addColumn('role_id', 'integer', (column) => column.notNull().references('role.id'))
      .addColumn('scope_id', 'bigint', (column) => column.references('scope.id'))
      .addColumn('valid_from', 'timestamptz', (column) => column.notNull())
      .addColumn('valid_to', 'timestamptz')
      .execute();
    await db.schema.createIndex('assignment_subject').on('assignment').columns(['subject_id', 'role_id']).execute();
    await db.schema.createIndex('assignment_role').on('assignment').columns(['role_id', 'valid_from']).execute();
    await db.schema.createIndex('assignment_scope').on('assignment').columns(['scope_id', 'valid_from']).execute();
    await db.schema.createIndex('assignment_granted').on('assignment').columns(['valid_from', 'id']).execute();
    await db.schema
      .createIndex('assignment_revoked')
      .on('assignment')
      .columns(['valid_to', 'id'])
      .where(sql.ref('valid_to'), 'is not', null)
      .execute();
  },
};
