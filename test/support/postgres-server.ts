import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startOnFreePort } from './free-port.ts';

const programs = '/usr/lib/postgresql';

/** Folder of the newest version that apt has installed. */
const bin = (() => {
  try {
    const [newest] = readdirSync(programs).sort((one, other) => Number(other) - Number(one));
    return newest === undefined ? undefined : join(programs, newest, 'bin');
  } catch {
    return undefined;
  }
})();

/** Whether tests with PostgreSQL can run here. In CI they must: there it is an error where there is none. */
export const hasPostgres = (() => {
  if (bin === undefined && process.env['CI'] === 'true') {
    throw new Error('postgresql is not installed, and the tests with PostgreSQL must run in CI');
  }
  return bin !== undefined;
})();

/** A real PostgreSQL in a directory of its own. */
export interface RunningPostgres {
  /** Makes an empty database, and gives its address. */
  createDatabase(): Promise<string>;
  /** Runs one statement as the owner. */
  query(statement: string): Promise<readonly Record<string, unknown>[]>;
  /** Ends it at once. It can be started again at the same address. */
  stop(): void;
  start(): void;
  /** Ends it for good. */
  remove(): void;
}

// It refuses to run as root, and so does what makes its directory.
const isRoot = process.getuid?.() === 0;

const run = (program: string, args: readonly string[]): void => {
  const command = join(bin ?? '', program);
  const [name, all] = isRoot ? ['runuser', ['-u', 'postgres', '--', command, ...args]] : [command, args];
  const { status, stderr, stdout } = spawnSync(name, all, { cwd: tmpdir(), encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} failed: ${stderr || stdout}`);
};

/** Starts a PostgreSQL on a free port of loopback. */
export const runPostgres = async (): Promise<RunningPostgres> => {
  const folder = mkdtempSync(join(tmpdir(), 'rolescope-postgres-'));
  if (isRoot) {
    const [user, group] = ['-u', '-g'].map((flag) =>
      Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout),
    );
    chownSync(folder, user ?? 0, group ?? 0);
  }
  const data = join(folder, 'data');
  run('initdb', ['-D', data, '-U', 'owner', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']);
  let port = 0;
  const urlOf = (database: string): string => `postgres://owner@127.0.0.1:${port}/${database}`;
  let databases = 0;
  const postgres: RunningPostgres = {
    async createDatabase() {
      const name = `record_${++databases}`;
      await postgres.query(`create database ${name}`);
      return urlOf(name);
    },
    async query(statement) {
      const client = new pg.Client(urlOf('postgres'));
      // It is ended by force now and then.
      client.on('error', () => {});
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(statement)).rows;
      } finally {
        await client.end();
      }
    },
    start() {
      const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
      run('pg_ctl', ['-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start']);
    },
    stop: () => run('pg_ctl', ['-D', data, '-w', '-m', 'immediate', 'stop']),
    remove() {
      try {
        postgres.stop();
      } catch {
        // It has ended.
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await startOnFreePort((free) => {
    port = free;
    postgres.start();
  });
  return postgres;
};
