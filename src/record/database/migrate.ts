import { type Kysely, type Migration, Migrator } from 'kysely';
import { ConfigError } from '../../model/errors.ts';
import { begin } from './migrations/0001-begin.ts';
import type { Tables } from './tables.ts';

/** In the order in which they run. A name that has been released never changes, nor does what it does. */
export const migrations: Readonly<Record<string, Migration>> = { '0001-begin': begin };

/**
 * Brings the schema up to date: forwards only, all in one transaction, under a lock, so that replicas that start together do it once and one that fails half-way
 * leaves what was there. Throws a `ConfigError` where a later version of this program has been at the database.
 */
export const migrate = async (db: Kysely<Tables>, steps = migrations): Promise<void> => {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...steps }) },
    migrationTableName: 'record_migration',
    migrationLockTableName: 'record_migration_lock',
  });
  const done = (await migrator.getMigrations()).filter(({ executedAt }) => executedAt !== undefined);
  const known = new Set(Object.keys(steps));
  if (done.some(({ name }) => !known.has(name))) throw new ConfigError(tooNew);
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
};

const tooNew =
  'ROLESCOPE_RECORD was written by a later version of rolescope: start that version, or name another database';
