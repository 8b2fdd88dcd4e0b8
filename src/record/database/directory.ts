import { PGlite } from '@electric-sql/pglite';
import { join } from 'node:path';
import { sql } from 'kysely';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import type { Clock } from '../../platform/clock.ts';
import type { RecordDatabase } from './database.ts';
import { lockDirectory } from './directory-lock.ts';
import { migrate } from './migrate.ts';
import { openSessions } from './sessions.ts';

/**
 * Opens a record in a directory, which is made where there is none. The embedded PostgreSQL has one session, which questions and recording take in turns. Nobody
 * else may have the directory open. Throws a `DirectoryInUseError` where somebody has.
 */
export const openDirectory = async (path: string, clock: Clock): Promise<RecordDatabase> => {
  const unlock = lockDirectory(path, clock);
  try {
    const database = await openEmbedded(join(path, 'data'));
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

const openEmbedded = async (path: string): Promise<RecordDatabase> => {
  const embedded = new PGlite(path);
  await embedded.waitReady;
  const db = openSessions(Object.assign({ max: 1, idleTimeoutMillis: 0 }, createPgConfig(embedded)));
  const close = async (): Promise<void> => {
    await db.destroy();
    await embedded.close();
  };
  try {
    await migrate(db);
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
