import type { Config } from '../settings/read.ts';
import { ConfigError } from '../model/errors.ts';
import type { Caller } from '../model/operation.ts';
import { createRecord, type RecordKeeper } from '../record/create-record.ts';
import { readRecordLocation } from '../record/location.ts';
import { createPassthroughIdentify } from '../http/authentication.ts';
import type { Platform } from './platform.ts';

/** A record, and whose account it is of. */
export interface KeptRecord {
  readonly keeper: RecordKeeper;
  /** Who reads the censuses that are recorded. */
  readonly caller: Caller;
  /** From the beginning of one census to the next, in milliseconds. */
  readonly everyMs: number;
  /** Whether somebody sees upstream what is recorded. */
  isSeenBy(caller: Caller | undefined): boolean;
}

interface RecordParts {
  /** Service mode: who asks for what nobody has asked for. */
  readonly callerInBackground: Caller | undefined;
  /** Sandbox mode: a token that sees everything. */
  readonly sandboxToken: string | undefined;
}

/** Where it is not said how often: an account of 100,000 takes 100 calls each time. */
const usualPaceMs = 300_000;
/** The sandbox costs nobody anything, and whoever tries it does not want to wait. */
const sandboxPaceMs = 10_000;

/** Absent where none is to be kept. Throws a `ConfigError` where there is no one account to record, or no way to know it whole. */
export const composeRecord = (
  config: Config,
  { clock, logger }: Platform,
  { callerInBackground, sandboxToken }: RecordParts,
): KeptRecord | undefined => {
  if (config.record === undefined) return undefined;
  const location = readRecordLocation(config.record);
  const caller =
    callerInBackground ??
    (sandboxToken === undefined ? undefined : createPassthroughIdentify()({ authorization: `Bearer ${sandboxToken}` }));
  if (caller === undefined || caller instanceof Promise) throw new ConfigError(noAccount);
  if (config.maxCensusCalls === 0) throw new ConfigError(noCensus);
  const usualMs = callerInBackground === undefined ? sandboxPaceMs : usualPaceMs;
  return {
    keeper: createRecord({ location, retentionDays: config.recordDays, clock, logger }),
    caller,
    everyMs: config.censusEveryMs > 0 ? config.censusEveryMs : usualMs,
    isSeenBy: (asking) => callerInBackground !== undefined || asking?.credentialKey === caller.credentialKey,
  };
};

const noAccount =
  'ROLESCOPE_RECORD needs ROLESCOPE_AUTH=service: where every caller brings a credential there is no one account to record';
const noCensus = 'ROLESCOPE_RECORD needs ROLESCOPE_MAX_CENSUS_CALLS above 0: what is recorded are censuses';
