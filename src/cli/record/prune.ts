import { systemClock } from '../../platform/clock.ts';
import type { Config } from '../../settings/read.ts';
import { print } from '../output.ts';
import { withRecord } from './with-record.ts';

const dayMs = 24 * 3600 * 1000;

/**
 * `rolescope record prune`: lets go at once of what has been kept long enough, which a gateway does by itself each hour. Fails as `withRecord` does, and then
 * nothing is let go of.
 */
export const pruneRecord = (config: Config): Promise<void> =>
  withRecord(config, async (record) => {
    const { assignments, censuses } = await record.prune(systemClock.nowMs() - config.recordDays * dayMs);
    const summary = await record.summary();
    const begins =
      summary === null ? 'It has not begun yet' : `It begins at ${new Date(summary.sinceMs).toISOString()}`;
    const [assignmentCount, censusCount] = [assignments, censuses].map((count) => count.toLocaleString('en-US'));
    print(
      `The record has let go of ${assignmentCount} assignments that had ended, and of ${censusCount} censuses. ${begins}.`,
    );
  });
