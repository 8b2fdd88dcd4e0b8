import { ConfigError, GatewayError } from '../model/errors.ts';
import { Aborter } from '../platform/abort.ts';
import { systemClock } from '../platform/clock.ts';
import type { ReviewProgress } from '../review/export-review.ts';
import type { ReviewFormat, ReviewRequest } from '../review/review-request.ts';
import type { Config } from '../settings/read.ts';
import { type Account, filterOf, openAccount } from './account.ts';
import { CommandEnd } from './command-end.ts';
import { openPartFile, type PartFile } from './part-file.ts';
import { showProgress } from './progress.ts';
import { createStdoutWriter } from './stdout-writer.ts';

/**
 * `rolescope export`: writes who has which role, where. To a file by way of `FILE.part`, from which a later `--resume` goes on, or to stdout, and then nothing
 * else goes there. Fails with a `ConfigError`, a `GatewayError` or a `CommandEnd`: it comes to its end only where every row is there.
 */
export const exportAccess = async (config: Config): Promise<void> => {
  const wanted = requestOf(config);
  const account = await openAccount(config);
  try {
    await writeExport(account, config, { wanted, begun: new Date(systemClock.nowMs()).toISOString() });
  } finally {
    await account.close();
  }
};

interface WantedExport {
  readonly wanted: ReviewRequest;
  /** The moment that its rows are of, as in RFC 3339. */
  readonly begun: string;
}

/** Writes an account to where the settings say. Fails as `exportAccess` does. */
export const writeExport = async (account: Account, config: Config, { wanted, begun }: WantedExport): Promise<void> => {
  const { output, resume } = config;
  if (output === undefined) {
    await run({
      account,
      config,
      request: { ...wanted, ...(config.asOf && { asOf: begun }) },
      sink: createStdoutWriter(),
    });
    return;
  }
  const request = JSON.stringify([account.name, wanted, config.asOf]);
  const part = await openPartFile({ file: output, request, asOf: begun, resume });
  await toFile(
    { account, config, request: { ...wanted, ...(config.asOf && { asOf: part.asOf }) }, sink: part },
    output,
  );
};

/** What the settings ask for. Throws a `ConfigError` that says what is wrong with it. */
export const requestOf = (config: Config): ReviewRequest => {
  if (config.resume && config.output === undefined)
    throw new ConfigError('--resume needs --output: there is no going on with stdout');
  const { format = 'csv', names, effective, raw } = config;
  if (!isReviewFormat(format))
    throw new ConfigError(`--format of export must be csv or ndjson, got ${JSON.stringify(format)}`);
  if (effective && format !== 'csv')
    throw new ConfigError('--effective adds rows for members to csv alone: leave it out');
  return { format, filter: filterOf(config), names, effective, raw };
};

const isReviewFormat = (format: string): format is ReviewFormat => format === 'csv' || format === 'ndjson';

/** Takes the pieces of an export. */
type ExportSink = Pick<PartFile, 'write'> & Partial<Pick<PartFile, 'reach' | 'from'>>;

export interface RunOptions {
  readonly account: Account;
  readonly config: Pick<Config, 'quiet'>;
  readonly request: ReviewRequest;
  readonly sink: ExportSink;
}

const toFile = async (options: RunOptions & { readonly sink: PartFile }, output: string): Promise<void> => {
  const { sink: part } = options;
  try {
    await run(options);
    await part.finish();
  } catch (error) {
    await part.leave();
    const { message, status } = endOf(error);
    const advice =
      error instanceof GatewayError && error.code === 'EXPIRED_CURSOR'
        ? 'Begin anew without --resume.'
        : 'Go on with the same command and --resume.';
    throw new CommandEnd(status, `${message} What there is stands in ${output}.part. ${advice}`, { cause: error });
  }
};

const endOf = (error: unknown): { readonly message: string; readonly status: number } => {
  if (error instanceof CommandEnd) return { message: `${error.message}.`, status: error.status };
  if (error instanceof GatewayError) return { message: `${error.code}: ${error.message}`, status: 1 };
  throw error;
};

const statusBySignal = { SIGINT: 130, SIGTERM: 143 } as const;

/** Exports to its end, showing how far it is. What interrupts it ends it between two pieces. */
export const run = async ({ account, config, request, sink }: RunOptions): Promise<void> => {
  const aborter = new Aborter();
  let interruption: CommandEnd | undefined;
  const stops = (['SIGINT', 'SIGTERM'] as const).map((signal) => {
    const stop = (): void => {
      interruption = new CommandEnd(statusBySignal[signal], 'the export was interrupted');
      aborter.abort(interruption);
    };
    process.once(signal, stop);
    return () => process.off(signal, stop);
  });
  const review = account.open({ request, signal: aborter.signal, from: sink.from });
  const subjectsBefore = sink.from?.subjects ?? 0;
  let reached: ReviewProgress | undefined;
  // Where rows go to the same terminal, a bar would stand in the middle of them.
  const isBar = process.stderr.isTTY && (!process.stdout.isTTY || sink.reach !== undefined);
  const lines = process.stderr.isTTY ? 'none' : 'lines';
  const progress = await showProgress({
    stream: process.stderr,
    style: config.quiet ? 'none' : isBar ? 'bar' : lines,
    clock: systemClock,
    subjectsBefore,
    state: () => ({
      subjects: reached?.subjects ?? subjectsBefore,
      total: reached?.total,
      pages: reached?.pages ?? 0,
      waitedMs: review.report.waitedMs,
      ...account.activity(),
    }),
  });
  try {
    for await (const piece of review.pieces) {
      if (interruption !== undefined) throw interruption;
      if (piece.kind === 'text') {
        await sink.write(piece.text);
        continue;
      }
      reached = piece.progress;
      if (reached.next !== undefined) await sink.reach?.(reached.next);
    }
  } catch (error) {
    throw interruption ?? error;
  } finally {
    progress.stop();
    for (const stop of stops) stop();
  }
  if (reached !== undefined) warn(reached);
};

const warn = ({ repeated, untoldNames }: ReviewProgress): void => {
  if (repeated > 0) process.stderr.write(`warning: upstream sent ${repeated} subjects twice; each is written once\n`);
  warnOfNames(untoldNames);
};

/** Says on stderr where names could not be had, and nothing where all could. */
export const warnOfNames = (untoldNames: number): void => {
  if (untoldNames === 0) return;
  process.stderr.write(
    `warning: ${untoldNames} names or paths could not be had and are empty: their source failed or is closed (rolescope doctor tells)\n`,
  );
};
