import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { startOnFreePort } from './free-port.ts';
import { type Server, startServer } from './processes.ts';

const findProgram = (name: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });

const program = findProgram('redis-server') ?? findProgram('valkey-server');

/** Whether tests with Redis can run here. In CI they must: there it is an error where there is none. */
export const hasRedis = (() => {
  if (program === undefined && process.env['CI'] === 'true') {
    throw new Error('redis-server is not installed, and the tests with Redis must run in CI');
  }
  return program !== undefined;
})();

/** A real Redis that keeps nothing on disk. */
export interface RunningRedis {
  readonly url: string;
  /** Ends it. It can be started again at the same address. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends it for good. */
  remove(): Promise<void>;
}

/** Starts a Redis on a free port of loopback. */
export const runRedis = async (): Promise<RunningRedis> => {
  const folder = mkdtempSync(join(tmpdir(), 'rolescope-redis-'));
  let port = 0;
  let server: Server | undefined;
  const redis: RunningRedis = {
    get url() {
      return `redis://127.0.0.1:${port}`;
    },
    async start() {
      const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
      server = startServer(program ?? 'redis-server', args);
      await server.waitFor(/Ready to accept connections/);
    },
    async stop() {
      await server?.stop();
      server = undefined;
    },
    async remove() {
      await redis.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await startOnFreePort(async (free) => {
    port = free;
    await redis.start();
  });
  return redis;
};

/** Asks again and again until something is so that comes about while nobody waits for it. */
export const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  const startMs = performance.now();
  while (!(await isSo())) {
    if (performance.now() - startMs > 20_000) throw new Error('it never came to be so');
    await new Promise((resolve) => setImmediate(resolve));
  }
};
