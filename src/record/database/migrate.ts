import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import { ConfigError } from '../../model/errors.ts';
import { begin } from './migrations/0001-begin.ts';
import { tally } from './migrations/0002-tally.ts';
import type { Tables } from './tables.ts';

/** In the order in which they run. A name that has been released never changes, nor does what it does. */
export const migrations: Readonly<Record<string, Migration>> = { '0001-begin': begin, '0002-tally': tally };

/**
 * Brings the schema up to date: forwards only, all in one transaction, under a lock, so that replicas that start together do it once and one that fails half-way
 * leaves what was there. Throws a `ConfigError` where a later version of this program has been at the database.
 */
export const migrate = async (db: Kysely<Tables>, steps = migrations): Promise<void> => {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...steps }) },
    migrationTableName: tableName,
    migrationLockTableName: 'record_migration_lock',
  });
  const known = new Set(Object.keys(steps));
  if ((await doneBefore(db)).some((name) => !known.has(name))) throw new ConfigError(tooNew);
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
};

/** Changes nothing. Throws a `ConfigError` where there is no record, or one of another version. */
export const requireRecord = async (db: Kysely<Tables>): Promise<void> => {
  const done = new Set(await doneBefore(db));
  if (done.size === 0) throw new ConfigError(noRecord);
  if ([...done].some((name) => !Object.hasOwn(migrations, name))) throw new ConfigError(tooNew);
  if (Object.keys(migrations).some((name) => !done.has(name))) throw new ConfigError(tooOld);
};

const tableName = 'record_migration';

/** Names of the steps that have been made. */
const doneBefore = async (db: Kysely<Tables>): Promise<readonly string[]> => {
  const { rows } = await sql<{ isThere: boolean }>`select to_regclass(${tableName}) is not null as "isThere"`.execute(
    db,
  );
  if (rows[0]?.isThere !== true) return [];
  const done = await sql<{ name: string }>`select name from ${sql.table(tableName)}`.execute(db);
  return done.rows.map(({ name }) => name);
};

/** Said where a record is looked for, and there is none. */
export const noRecord =
  'there is no record at ROLESCOPE_RECORD: it names another place than the one that `rolescope serve` records to, or nothing has been recorded yet';
const tooOld =
  'ROLESCOPE_RECORD was written by an earlier version of rolescope: start `rolescope serve` once, which brings it up to date';
const tooNew =
  'ROLESCOPE_RECORD was written by a later version of rolescope: start that version, or name another database';
