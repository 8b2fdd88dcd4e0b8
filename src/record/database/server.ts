import { sql } from 'kysely';
import { ConfigError } from '../../model/errors.ts';
import { channel, type RecordDatabase } from './database.ts';
import { migrate, requireRecord } from './migrate.ts';
import { openListener, openSessions, type SessionConfig } from './sessions.ts';

/** How long a server may take to be reached. */
const connectTimeoutMs = 5000;
/** How long it may take over one statement: of a question, and of what is recorded. */
const questionTimeoutMs = 20_000;
const recordingTimeoutMs = 120_000;
/** Questions that run at the same time. What else comes waits. */
const maxSessions = 5;

/** In a session that may take as long as it takes: a step can go through all that is recorded. */
const migrateAtLeisure = async (config: SessionConfig): Promise<void> => {
  const sessions = openSessions({ ...config, max: 1 });
  try {
    await migrate(sessions);
  } finally {
    await sessions.destroy();
  }
};

/** Opens a record on a PostgreSQL server. Rejects with what the driver says where it cannot be reached. */
export const openServer = async (url: string, { isMade }: { readonly isMade: boolean }): Promise<RecordDatabase> => {
  const config: SessionConfig = {
    connectionString: url,
    application_name: 'rolescope',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
  const db = openSessions({
    ...config,
    max: maxSessions,
    query_timeout: questionTimeoutMs + 2000,
    statement_timeout: questionTimeoutMs,
  });
  const writer = openSessions({
    ...config,
    max: 1,
    // The lock of the writer ends with its session.
    idleTimeoutMillis: 0,
    query_timeout: recordingTimeoutMs + 5000,
    statement_timeout: recordingTimeoutMs,
    // A writer that has gone without a word must not hold others up: its session, and the lock with it, end within a minute.
    idle_in_transaction_session_timeout: recordingTimeoutMs,
    options: '-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3',
  });
  const close = async (): Promise<void> => {
    await Promise.all([db.destroy(), writer.destroy()]);
  };
  try {
    const { rows } = await sql<{ encoding: string }>`select current_setting('server_encoding') as encoding`.execute(db);
    if (rows[0]?.encoding !== 'UTF8') {
      throw new ConfigError('ROLESCOPE_RECORD needs a database whose encoding is UTF8: create one with ENCODING UTF8');
    }
    await (isMade ? migrateAtLeisure(config) : requireRecord(db));
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
  return {
    db,
    writer,
    recovers: true,
    async tidy() {
      await sql`analyze census, subject, role, scope, scope_component, assignment, tally`.execute(writer);
    },
    async listen(onRecorded, onLost) {
      const end = await openListener(config, channel, { onNotified: onRecorded, onLost });
      onRecorded();
      return end;
    },
    close,
  };
};
