import { PGlite } from '@electric-sql/pglite';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import type { Clock } from '../../platform/clock.ts';
import { ConfigError } from '../../model/errors.ts';
import type { RecordDatabase } from './database.ts';
import { lockDirectory } from './directory-lock.ts';
import { migrate, noRecord, requireRecord } from './migrate.ts';
import { openSessions } from './sessions.ts';

/**
 * Opens a record in a directory, which is made where there is none. The embedded PostgreSQL has one session, which questions and recording take in turns. Nobody
 * else may have the directory open. Throws a `DirectoryInUseError` where somebody has.
 */
export const openDirectory = async (
  path: string,
  { isMade, clock }: { readonly isMade: boolean; readonly clock: Clock },
): Promise<RecordDatabase> => {
  if (!isMade && !existsSync(join(path, 'data'))) throw new ConfigError(noRecord);
  const unlock = lockDirectory(path, clock);
  try {
    const database = await openEmbedded(join(path, 'data'), isMade);
    return {
      ...database,
      async close() {
        await database.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
};

const openEmbedded = async (path: string, isMade: boolean): Promise<RecordDatabase> => {
  const embedded = new PGlite(path);
  await embedded.waitReady;
  const db = openSessions(Object.assign({ max: 1, idleTimeoutMillis: 0 }, createPgConfig(embedded)));
  const close = async (): Promise<void> => {
    await db.destroy();
    await embedded.close();
  };
  try {
    await (isMade ? migrate(db) : requireRecord(db));
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
  return {
    db,
    writer: db,
    recovers: false,
    async tidy() {
      await sql`vacuum analyze`.execute(db);
    },
    // There is nobody else who could record.
    listen(onRecorded) {
      onRecorded();
      return Promise.resolve(() => {});
    },
    close,
  };
};
