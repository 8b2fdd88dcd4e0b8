import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, GatewayError } from '../model/errors.ts';
import { systemClock } from '../platform/clock.ts';
import { systemRandom } from '../platform/random.ts';
import { diffReviews, type ReviewDiff } from '../review/diff.ts';
import { readNdjson } from '../review/read-ndjson.ts';
import type { ReviewRequest } from '../review/review-request.ts';
import { type DiffFormat, diffFormats, writeDiff } from '../review/write-diff.ts';
import type { Config } from '../settings/read.ts';
import { filterOf, openAccount } from './account.ts';
import { run } from './export.ts';
import { createStdoutWriter } from './stdout-writer.ts';

/**
 * `rolescope diff OLD [NEW]`: what was granted and revoked between two ndjson exports, or between one and the account as it is now; `rolescope diff --since TIME`: since a moment, as the record has it. The exit status is 0 where
 * nothing was, 1 where something was, and 2 (by `main.ts`) where it cannot be told.
 */
export const diffAccess = async (config: Config, [oldFile, newFile]: readonly string[]): Promise<void> => {
  const { format = 'text', raw } = config;
  if (!isDiffFormat(format))
    throw new ConfigError(`--format of diff must be text, json or csv, got ${JSON.stringify(format)}`);
  const filter = filterOf(config);
  if (config.since !== undefined) {
    if (oldFile !== undefined) throw new ConfigError('--since asks the record: leave out the files, or --since');
    const diff = await (await import('./record/diff-since.ts')).diffSince(config, config.since, filter);
    await tell(diff, { format, raw });
    return;
  }
  if (oldFile === undefined)
    throw new ConfigError('diff needs OLD [NEW]: files to read; or --since TIME, to ask the record');
  if (newFile !== undefined) {
    if (filter.type !== undefined || filter.role !== undefined) {
      throw new ConfigError('--type, --role and --scope say what to read of the account: two files are compared whole');
    }
    await compare([oldFile, newFile], { format, raw });
    return;
  }
  // Read more than once, as files are. Gone at the end, whatever that is.
  const folder = await mkdtemp(join(tmpdir(), 'rolescope-diff-'));
  try {
    const current = join(folder, 'now.ndjson');
    await exportTo(current, config, {
      format: 'ndjson',
      filter,
      names: config.names,
      effective: false,
      raw: true,
      asOf: new Date(systemClock.nowMs()).toISOString(),
    });
    await compare([oldFile, current], { format, raw });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const isDiffFormat = (format: string): format is DiffFormat => (diffFormats as readonly string[]).includes(format);

const compare = async (
  [oldFile, newFile]: readonly [string, string],
  options: { readonly format: DiffFormat; readonly raw: boolean },
): Promise<void> => {
  const diff = await diffReviews(
    () => readNdjson(oldFile),
    () => readNdjson(newFile),
    { salt: systemRandom.uuid() },
  );
  await tell(diff, options);
};

const tell = async (
  diff: ReviewDiff,
  options: { readonly format: DiffFormat; readonly raw: boolean },
): Promise<void> => {
  const hasColours = process.stdout.isTTY && process.stdout.hasColors();
  await createStdoutWriter().write(
    writeDiff(diff, {
      ...options,
      ...(hasColours && { colour: (kind, text) => `\u001b[${kind === 'GRANTED' ? 32 : 31}m${text}\u001b[39m` }),
    }),
  );
  if (diff.changes.length > 0) process.exitCode = 1;
};

const exportTo = async (file: string, config: Config, request: ReviewRequest): Promise<void> => {
  const account = await openAccount(config);
  const stream = createWriteStream(file, { mode: 0o600 });
  try {
    await run({
      account,
      config,
      request,
      sink: {
        write: (text) =>
          new Promise((resolve, reject) => {
            stream.write(text, (error) => (error === undefined || error === null ? resolve() : reject(error)));
          }),
      },
    });
    await new Promise<void>((resolve, reject) => {
      stream.once('error', reject);
      stream.end(() => resolve());
    });
  } catch (error) {
    if (error instanceof GatewayError || error instanceof ConfigError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new ConfigError(`the account cannot be written to a file to compare with: ${message}`, { cause: error });
  } finally {
    stream.destroy();
    await account.close();
  }
};
