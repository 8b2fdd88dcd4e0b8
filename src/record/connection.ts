import { ConfigError, GatewayError } from '../model/errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { RecordDatabase } from './database/database.ts';
import { openDatabase } from './database/open-database.ts';
import { codeOfFault, isOfDatabase, unavailable } from './faults.ts';
import type { RecordLocation } from './location.ts';
import type { OpenRecord } from './open-record.ts';

export interface Opened {
  readonly database: RecordDatabase;
  readonly record: OpenRecord;
}

interface ConnectionOptions {
  readonly location: RecordLocation;
  /** False: only what is there is opened. */
  readonly isMade: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The database of a record, opened when it is needed and again when it was lost. */
export interface RecordConnection {
  readonly isReachable: boolean;
  /** Opens it. Rejects with a `ConfigError` where it will never open; resolves also where it cannot be reached now. */
  ready(): Promise<void>;
  /** Does something with the open database. Rejects with a `GatewayError`. */
  use<Value>(work: (opened: Opened) => Promise<Value>): Promise<Value>;
  /** Ends it, after what has begun. Never fails. */
  close(): Promise<void>;
}

/** After a failure, how long nobody tries again: questions are told at once. */
const pauseMs = 1000;

export const createRecordConnection = ({ location, isMade, clock, logger }: ConnectionOptions): RecordConnection => {
  let opening: Promise<Opened> | undefined;
  let failure: { readonly error: Error; readonly atMs: number } | undefined;
  let isReachable = true;
  let isClosed = false;

  const open = async (): Promise<Opened> => {
    const database = await openDatabase({ location, isMade, clock });
    // Needs the database's libraries as well, and does not say what to install where they are missing.
    const { openRecord } = await import('./open-record.ts');
    return { database, record: openRecord(database) };
  };

  const opened = (): Promise<Opened> => {
    if (isClosed) return Promise.reject(new Error('the record is closed'));
    if (failure !== undefined && clock.nowMs() - failure.atMs < pauseMs) return Promise.reject(failure.error);
    if (opening === undefined) {
      const attempt = open();
      opening = attempt;
      attempt.then(
        () => (failure = undefined),
        (error: Error) => {
          failure = { error, atMs: clock.nowMs() };
          if (opening === attempt) opening = undefined;
        },
      );
    }
    return opening;
  };

  const closeQuietly = async (attempt: Promise<Opened> | undefined): Promise<void> => {
    try {
      await (await attempt)?.database.close();
    } catch {
      // It was lost already, or has never been open.
    }
  };

  const tell = (isGood: boolean, error?: unknown): void => {
    if (isGood === isReachable) return;
    isReachable = isGood;
    if (isGood) logger.info({}, 'the record can be reached again');
    else logger.warn({ code: codeOfFault(error) }, 'the record cannot be reached');
  };

  return {
    get isReachable() {
      return isReachable;
    },
    async ready() {
      try {
        await opened();
      } catch (error) {
        if (error instanceof ConfigError) throw error;
        tell(false, error);
      }
    },
    async use(work) {
      const attempt = opened();
      try {
        const value = await work(await attempt);
        tell(true);
        return value;
      } catch (error) {
        if (error instanceof GatewayError) throw error;
        if (isOfDatabase(error)) {
          tell(false, error);
          const recovers = await attempt.then(({ database }) => database.recovers).catch(() => true);
          if (!recovers && opening === attempt) {
            opening = undefined;
            await closeQuietly(attempt);
          }
        } else {
          logger.error({ code: codeOfFault(error) }, 'a statement of the record failed');
        }
        throw unavailable(error);
      }
    },
    async close() {
      isClosed = true;
      const last = opening;
      opening = undefined;
      await closeQuietly(last);
    },
  };
};
