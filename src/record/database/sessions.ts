import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Tables } from './tables.ts';

/** Where sessions come from: an address, or a connection to an embedded database. */
export type SessionConfig = pg.PoolConfig;

/** Whole numbers are numbers here: ids and counts stay far under 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pg.types.builtins.INT8 ? Number : (pg.types.getTypeParser(oid, format) as unknown),
};

/** Sessions of a database, and statements for them. This is the one door to `pg`. */
export const openSessions = (config: SessionConfig): Kysely<Tables> => {
  const pool = new pg.Pool({ ...config, types });
  // A session that ends while nobody uses it is no failure of anything: the next statement opens another. One that ends in use fails the statement; that it says so
  // besides would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
};

/** One session by itself, to hear notifications. Rejects where the database cannot be reached. */
export const openListener = async (
  config: SessionConfig,
  channel: string,
  { onNotified, onLost }: { readonly onNotified: () => void; readonly onLost: () => void },
): Promise<() => void> => {
  const client = new pg.Client(config);
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    client.end().catch(() => {});
  };
  const lose = (): void => {
    if (isOver) return;
    end();
    onLost();
  };
  client.on('error', lose);
  client.on('end', lose);
  client.on('notification', onNotified);
  try {
    await client.connect();
    await client.query(`listen ${pg.escapeIdentifier(channel)}`);
  } catch (error) {
    end();
    throw error;
  }
  return end;
};
