import type { Clock } from '../../platform/clock.ts';
import { ConfigError } from '../../model/errors.ts';
import type { RecordLocation } from '../location.ts';
import type { RecordDatabase } from './database.ts';

interface OpenDatabaseOptions {
  readonly location: RecordLocation;
  /** False: only a record that is there, and of this version, is opened. */
  readonly isMade: boolean;
  readonly clock: Clock;
}

/**
 * Opens the database of a record. Its libraries are loaded here and by nobody else: who keeps no record does without them. Rejects with a `ConfigError` where they are
 * not installed, the database is of a later version, or there is none and none is to be made; with anything else where it may work at another time.
 */
export const openDatabase = async ({ location, isMade, clock }: OpenDatabaseOptions): Promise<RecordDatabase> => {
  if (location.kind === 'server') {
    const { openServer } = await installed(import('./server.ts'), 'pg@8 kysely@0.28');
    return openServer(location.url, { isMade });
  }
  const { openDirectory } = await installed(import('./directory.ts'), '@electric-sql/pglite@0.5 pg@8 kysely@0.28');
  return openDirectory(location.path, { isMade, clock });
};

/** The one code is of an import, the other of what the bundled command does in its place. */
const isNotInstalled = (error: unknown): boolean =>
  ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes((error as NodeJS.ErrnoException).code ?? '');

const installed = async <Module>(loading: Promise<Module>, packages: string): Promise<Module> => {
  try {
    return await loading;
  } catch (error) {
    if (!isNotInstalled(error)) throw error;
    throw new ConfigError(
      `ROLESCOPE_RECORD needs a database library, which is installed apart: npm install ${packages}`,
      {
        cause: error,
      },
    );
  }
};
