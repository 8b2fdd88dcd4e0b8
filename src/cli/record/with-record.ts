import { ConfigError, GatewayError } from '../../model/errors.ts';
import { systemClock } from '../../platform/clock.ts';
import { silentLogger } from '../../platform/logger.ts';
import { createRecord, type RecordKeeper } from '../../record/create-record.ts';
import { codeOfFault } from '../../record/faults.ts';
import { readRecordLocation } from '../../record/location.ts';
import type { Config } from '../../settings/read.ts';
import { CommandEnd } from '../command-end.ts';

/**
 * Does something with the record that the settings name, which has to be there: a command makes none, and changes no schema. Fails with a `ConfigError` or a
 * `CommandEnd` of one line that says what to do.
 */
export const withRecord = async <Value>(
  config: Config,
  work: (record: RecordKeeper) => Promise<Value>,
): Promise<Value> => {
  if (config.record === undefined) throw new ConfigError(noneNamed);
  const record = createRecord({
    location: readRecordLocation(config.record),
    retentionDays: config.recordDays,
    isMade: false,
    clock: systemClock,
    logger: silentLogger,
  });
  try {
    await record.ready();
    return await work(record);
  } catch (error) {
    throw explained(error);
  } finally {
    await record.close();
  }
};

const noneNamed =
  'no record is named: set ROLESCOPE_RECORD to what `rolescope serve` records to, such as file:./rolescope-record or a postgres:// address';

/** Only what the record itself says: what upstream says of names is told as it is. */
const explained = (error: unknown): unknown => {
  if (!(error instanceof GatewayError)) return error;
  if (error.code === 'BAD_USER_INPUT') return new ConfigError(error.message, { cause: error });
  if (error.code !== 'UPSTREAM_UNAVAILABLE' || !(error.cause instanceof Error)) return error;
  return new CommandEnd(1, reasonOf(error.cause), { cause: error });
};

const reasonOf = (cause: Error): string => {
  if (cause.name === 'DirectoryInUseError') return inUse;
  const code = codeOfFault(cause);
  const said = `the database of ROLESCOPE_RECORD`;
  if (code.startsWith('28')) return `${said} refuses the user or the password in its address (${code})`;
  if (code === '3D000') return `${said} is not there (${code}): its server has none of that name`;
  if (code === '42501') return `${said} does not let this user do that (${code})`;
  if (code.startsWith('E'))
    return `${said} cannot be reached (${code}): see that it runs, and that its address is right`;
  return `${said} does not answer as it should (${code}): see its log, and try again`;
};

const inUse =
  'another process has the directory of ROLESCOPE_RECORD open, and one at a time can: stop the gateway that keeps it, or ask that gateway (`record` in the graph). A PostgreSQL server can be asked at any time';
