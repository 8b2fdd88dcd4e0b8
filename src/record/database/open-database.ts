import type { Clock } from '../../platform/clock.ts';
import { ConfigError } from '../../model/errors.ts';
import type { RecordLocation } from '../location.ts';
import type { RecordDatabase } from './database.ts';

/**
 * Opens the database of a record. Its libraries are loaded here and by nobody else: who keeps no record does without them. Rejects with a `ConfigError` where they are
 * not installed, or the database is of a later version; with anything else where it may work at another time.
 */
export const openDatabase = async (location: RecordLocation, clock: Clock): Promise<RecordDatabase> => {
  if (location.kind === 'server') {
    const { openServer } = await installed(import('./server.ts'), 'pg@8 kysely@0.28');
    return openServer(location.url);
  }
  const { openDirectory } = await installed(import('./directory.ts'), '@electric-sql/pglite@0.5 pg@8 kysely@0.28');
  return openDirectory(location.path, clock);
};

const installed = async <Module>(loading: Promise<Module>, packages: string): Promise<Module> => {
  try {
    return await loading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new ConfigError(
      `ROLESCOPE_RECORD needs a database library, which is installed apart: npm install ${packages}`,
      {
        cause: error,
      },
    );
  }
};
