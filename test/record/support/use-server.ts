import { afterAll, afterEach, beforeAll } from 'vitest';
import { runPostgres, type RunningPostgres } from '../../support/postgres-server.ts';

/** A database server for the suite around it, and what each of its tests opens. */
export interface UsedServer {
  /** Not there before the first test begins. */
  readonly postgres: RunningPostgres;
  /** Closed after each test, the last first. */
  readonly open: { close(): Promise<void> | void }[];
}

/** Starts a PostgreSQL server before the first test of the suite, and removes it after the last. */
export const useServer = (): UsedServer => {
  let postgres: RunningPostgres | undefined;
  const open: UsedServer['open'] = [];
  beforeAll(async () => {
    postgres = await runPostgres();
  }, 60_000);
  afterEach(async () => {
    for (const part of open.splice(0).reverse()) await part.close();
  });
  afterAll(() => postgres?.remove());
  return {
    open,
    get postgres() {
      if (postgres === undefined) throw new Error('the server is there in tests alone');
      return postgres;
    },
  };
};
