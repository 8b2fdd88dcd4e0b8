import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecord, type RecordKeeper } from '../../../src/record/create-record.ts';
import type { RecordLocation } from '../../../src/record/location.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { madeOnce } from '../../support/made-once.ts';
import { hasPostgres, runPostgres, type RunningPostgres } from '../../support/postgres-server.ts';

/** Where records can be kept. The same tests run over all of them. */
export interface TestDatabases {
  /** An empty place. */
  make(): Promise<RecordLocation>;
  close(): Promise<void>;
}

export const keep = (location: RecordLocation, options: { readonly retentionDays?: number } = {}): RecordKeeper =>
  createRecord({ location, retentionDays: 400, clock: systemClock, logger: silentLogger, ...options });

/** An empty record in a directory, to be copied: making one takes seconds and much memory. */
export const emptyDirectory = (): Promise<string> =>
  madeOnce('empty-record', async (path) => {
    const record = keep({ kind: 'directory', path });
    await record.ready();
    await record.close();
  });

const openDirectories = async (): Promise<TestDatabases> => {
  const folder = mkdtempSync(join(tmpdir(), 'rolescope-record-'));
  const template = await emptyDirectory();
  let count = 0;
  return {
    make() {
      const path = join(folder, String(++count));
      cpSync(template, path, { recursive: true });
      return Promise.resolve({ kind: 'directory', path });
    },
    close() {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
};

const openServers = async (): Promise<TestDatabases & { readonly postgres: RunningPostgres }> => {
  const postgres = await runPostgres();
  return {
    postgres,
    make: async () => ({ kind: 'server', url: await postgres.createDatabase() }),
    close() {
      postgres.remove();
      return Promise.resolve();
    },
  };
};

export const databaseKinds = [
  { name: 'a directory', isMissing: false, open: openDirectories },
  { name: 'a PostgreSQL server', isMissing: !hasPostgres, open: openServers },
] as const;
