import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { ConfigError } from '../model/errors.ts';
import type { ReviewPlace } from '../review/read-subjects.ts';
import { CommandEnd } from './command-end.ts';

/** Where an export to a file ended. Kept beside it, in `FILE.part.json`, until all of it is there. */
interface PartState {
  /** What was asked for, and of whom: going on with anything else would make a file of two halves. */
  readonly request: string;
  readonly asOf: string;
  /** How much of the part is whole pages. */
  readonly bytes: number;
  readonly place: ReviewPlace;
}

interface PartFileOptions {
  readonly file: string;
  /** Equal for equal exports. */
  readonly request: string;
  /** When this one is begun, where it does not go on. */
  readonly asOf: string;
  readonly resume: boolean;
}

/** A file that is written beside its place, and put there when it is whole. What fails is a `CommandEnd` that says what to do. */
export interface PartFile {
  readonly asOf: string;
  /** Where to go on; absent: at the start. */
  readonly from?: ReviewPlace;
  write(text: string): Promise<void>;
  /** All that was written until now is whole, and goes on at the place. */
  reach(place: ReviewPlace): Promise<void>;
  /** The file is whole: puts it in its place. */
  finish(): Promise<void>;
  /** Leaves the part as it is. */
  leave(): Promise<void>;
}

/** What is exported is personal data: nobody else's to read, unless its owner says so. */
const mode = 0o600;

/** Begins a file, or goes on with one. Throws a `ConfigError` where there is nothing to go on with, or it is of another export. */
export const openPartFile = async ({ file, request, asOf, resume }: PartFileOptions): Promise<PartFile> => {
  const [part, stateFile] = [`${file}.part`, `${file}.part.json`];
  const state = resume ? await readState(part, stateFile, request) : undefined;
  if (state === undefined) await guard(part, () => rm(stateFile, { force: true }));
  const handle = await guard(part, () => open(part, state === undefined ? 'w' : 'r+', mode));
  // What was written of a page that is not whole is written again.
  if (state !== undefined) await guard(part, () => handle.truncate(state.bytes));
  let bytes = state?.bytes ?? 0;
  return {
    asOf: state?.asOf ?? asOf,
    ...(state !== undefined && { from: state.place }),
    async write(text) {
      let rest = Buffer.from(text);
      while (rest.length > 0) {
        const piece = rest;
        const { bytesWritten } = await guard(part, () => handle.write(piece, 0, piece.length, bytes));
        bytes += bytesWritten;
        rest = piece.subarray(bytesWritten);
      }
    },
    async reach(place) {
      // In this order: a place without the bytes before it would leave a hole.
      await guard(part, () => handle.datasync());
      const reached: PartState = { request, asOf: state?.asOf ?? asOf, bytes, place };
      await guard(stateFile, async () => {
        await writeFile(`${stateFile}.new`, JSON.stringify(reached), { mode });
        await rename(`${stateFile}.new`, stateFile);
      });
    },
    async finish() {
      await guard(part, async () => {
        await handle.sync();
        await handle.close();
        await rename(part, file);
      });
      await rm(stateFile, { force: true });
    },
    leave: () => handle.close().catch(() => {}),
  };
};

const readState = async (part: string, stateFile: string, request: string): Promise<PartState | undefined> => {
  const size = await stat(part).then(
    ({ size }) => size,
    () => undefined,
  );
  if (size === undefined) throw new ConfigError(`there is nothing to go on with: ${part} is not there`);
  const text = await readFile(stateFile, 'utf8').catch(() => undefined);
  // It ended before its first page was whole.
  if (text === undefined) return undefined;
  const state = parseState(text);
  if (state === undefined || state.bytes > size) {
    throw new ConfigError(`${part} does not fit ${stateFile}: begin anew without --resume`);
  }
  if (state.request !== request) {
    throw new ConfigError(`${part} was begun with other flags, or for another account: use the same, or begin anew`);
  }
  return state;
};

const parseState = (text: string): PartState | undefined => {
  try {
    const state = JSON.parse(text) as Partial<PartState> | null;
    const { request, asOf, bytes, place } = state ?? {};
    if (typeof request !== 'string' || typeof asOf !== 'string' || !Number.isSafeInteger(bytes)) return undefined;
    return typeof place?.pageToken === 'string' && Number.isSafeInteger(place.subjects)
      ? (state as PartState)
      : undefined;
  } catch {
    return undefined;
  }
};

const guard = async <Value>(file: string, work: () => Promise<Value>): Promise<Value> => {
  try {
    return await work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new CommandEnd(1, `${file} cannot be written: ${reasons[code] ?? code}`, { cause: error });
  }
};

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no space left on the disk (ENOSPC)',
  EDQUOT: 'there is no space left for this user (EDQUOT)',
  EFBIG: 'it grew larger than a file may be (EFBIG)',
  EACCES: 'this user may not write there (EACCES)',
  ENOENT: 'its folder is not there (ENOENT)',
  EISDIR: 'it is a folder (EISDIR)',
  EROFS: 'the disk is for reading only (EROFS)',
};
