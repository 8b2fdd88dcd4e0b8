import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../platform/clock.ts';

/** How often the holder says that it is there. */
const beatMs = 10_000;
/** After what silence it is taken for gone, where that cannot be seen otherwise. */
const silenceMs = 60_000;
/** The same where a process has its number: it can be another by now, or one that is held up. */
const longSilenceMs = 600_000;

interface Holder {
  readonly host: string;
  readonly pid: number;
  /** Tells it from others that had the same number: a container often has one and the same each time that it starts. */
  readonly startedMs: number;
}

const ourselves = (): Holder => ({
  host: hostname(),
  pid: process.pid,
  startedMs: Math.round(performance.timeOrigin),
});

/** Somebody else has the directory open. Time may change that. */
export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';
}

/**
 * Takes a directory for this process: the embedded database does not look whether somebody else has it open, and two at once destroy it. What a process left that
 * has been killed is found out by its number on the same machine, and by a minute of silence where the directory is shared between machines. Throws a
 * `DirectoryInUseError` where another process has it. The answer lets go of it.
 */
export const lockDirectory = (path: string, clock: Clock): (() => void) => {
  mkdirSync(path, { recursive: true });
  const file = join(path, 'lock');
  const own = JSON.stringify(ourselves());
  try {
    writeFileSync(file, own, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (!isLeftBehind(file, clock)) {
      throw new DirectoryInUseError('another process keeps its record there', { cause: error });
    }
    rmSync(file, { force: true });
    // Of several that find it left behind, one gets it.
    writeFileSync(file, own, { flag: 'wx' });
  }
  let cancel = (): void => {};
  const beat = (): void => {
    cancel = clock.after(beatMs, () => {
      const now = clock.nowMs() / 1000;
      try {
        utimesSync(file, now, now);
      } catch {
        // A full or lost disk fails the next statement as well, which is where it is told.
      }
      beat();
    });
  };
  beat();
  return () => {
    cancel();
    rmSync(file, { force: true });
  };
};

const isLeftBehind = (file: string, clock: Clock): boolean => {
  const silentForMs = ageOf(file, clock);
  const holder = readHolder(file);
  const own = ourselves();
  if (holder?.host !== own.host) return silentForMs > silenceMs;
  if (holder.pid === own.pid) return holder.startedMs !== own.startedMs;
  return !isRunning(holder.pid) || silentForMs > longSilenceMs;
};

const ageOf = (file: string, clock: Clock): number => {
  try {
    return clock.nowMs() - statSync(file).mtimeMs;
  } catch {
    return Infinity;
  }
};

/** Undefined for what is half written or gone. */
const readHolder = (file: string): Holder | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
};

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
