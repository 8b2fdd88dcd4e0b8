import type { AccountCensus } from '../access/account-census.ts';
import type { SubjectPageSource } from '../model/subject-list.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { createRecordConnection } from './connection.ts';
import { codeOfFault, unavailable } from './faults.ts';
import { createListeners } from './listeners.ts';
import type { RecordLocation } from './location.ts';
import type { AccessRecord, RecordPage, RecordStatus } from './record.ts';
import type { Written } from './recording/census-row.ts';
import type { RecordedCensus } from './recording/write-census.ts';
import type { WalkedPage } from './recording/write-walk.ts';
import type { Pruned } from './retention.ts';

interface RecordOptions {
  readonly location: RecordLocation;
  /** How long what has ended is kept. */
  readonly retentionDays: number;
  /** False: a record that is not there, or of another version, is none, and nothing is made. Default: true. */
  readonly isMade?: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A record, and what keeps it. */
export interface RecordKeeper extends AccessRecord {
  /** Opens the database. Rejects with a `ConfigError` where that will never work; resolves also where it cannot be reached now. */
  ready(): Promise<void>;
  /**
   * Records a census, unless somebody else records. Rejects with a `GatewayError` where it could not. Censuses have to come in the order in which they were read,
   * each begun after the one before had ended.
   */
  record(census: RecordedCensus): Promise<Written>;
  /** The same in the background: returns at once and never fails. Of those that come while one is being recorded only the last is. */
  offer(census: RecordedCensus): void;
  /**
   * Records an account while it is walked through, from its first page to its last, for one that has no room in memory: what it holds meanwhile does not grow with the account but for a bit or two
   * for each subject. Where somebody else records no page is asked for. Rejects with what the pages reject with, or as `record` does; then nothing is recorded. The walk has to
   * begin when the first page is asked for. Only one at a time.
   */
  recordWalk(pages: AsyncIterable<WalkedPage>): Promise<Written>;
  status(): Promise<RecordStatus>;
  /** The census that tells what held at a time: the last one until then, in milliseconds. Rejects with `BAD_USER_INPUT` for a time before the first. */
  asOfAt(timeMs: number): Promise<number>;
  /**
   * Who held something at the time of a census, whole, in the order that upstream has for `subjectType,subjectReference`; what else is asked of it is not looked at. Pages reject with
   * `BAD_USER_INPUT` where that time has been let go of.
   */
  subjectsAt(asOfMs: number): SubjectPageSource;
  /**
   * The whole account as the last recorded census showed it, to be asked about; undefined before the first. Roles and scopes are read once for a census however many ask. Rejects with `UPSTREAM_UNAVAILABLE` while the database cannot be reached.
   */
  census(): Promise<AccountCensus | undefined>;
  /** Lets go of what had ended by then, in milliseconds, and of what nothing is left of. */
  prune(beforeMs: number): Promise<Pruned>;
  /** Ends, after the census that is being recorded: a walk has to be ended by who walks. Never fails. */
  close(): Promise<void>;
}

/** When the recording of a census began, and the census' own time. */
interface Timed {
  readonly startMs: number;
  readonly ownMs: number;
}

const dayMs = 24 * 3600 * 1000;
/** How often it is looked for what is too old. */
const pruneEveryMs = 3600 * 1000;

/** The record at a place. Opens nothing before it is needed. */
export const createRecord = ({
  location,
  retentionDays,
  isMade = true,
  clock,
  logger,
}: RecordOptions): RecordKeeper => {
  const connection = createRecordConnection({ location, isMade, clock, logger });
  const listeners = createListeners({ connection, clock, latestMs: () => (isWriter ? lastRecordedMs : null) });
  let isWriter = false;
  let lastRecordedMs: number | null = null;
  let failures = 0;
  let prunedAtMs = -Infinity;
  let waiting: RecordedCensus | undefined;
  let recording: Promise<void> | undefined;
  let walking: Promise<void> | undefined;
  let isClosed = false;
  let lastCensus: AccountCensus | undefined;
  let counting: Promise<AccountCensus | undefined> | undefined;

  const pruneNow = (beforeMs: number): Promise<Pruned> => connection.use(({ record }) => record.prune(beforeMs));

  /** `isFirst`: the database knows nothing yet of what it has been filled with. */
  const pruneInTime = async (asOfMs: number, isFirst: boolean): Promise<void> => {
    const nowMs = clock.nowMs();
    if (!isFirst && nowMs >= prunedAtMs && nowMs - prunedAtMs < pruneEveryMs) return;
    prunedAtMs = nowMs;
    const pruned = await pruneNow(asOfMs - retentionDays * dayMs);
    if (pruned.censuses > 0) logger.info(pruned, 'what the record has kept long enough is let go');
    await connection.use(({ database }) => database.tidy());
  };

  /** What follows from what became of a census. `ownMs`: its own time. */
  const tell = async (written: Written, { startMs, ownMs }: Timed): Promise<Written> => {
    if (isWriter !== (written.outcome !== 'notWriter')) {
      isWriter = !isWriter;
      logger.info({}, isWriter ? 'this replica keeps the record now' : 'another replica keeps the record');
    }
    if (written.outcome === 'notWriter') return written;
    if (written.outcome === 'older') {
      logger.warn({}, 'a census was not recorded, because the last one that was has a later time');
      return written;
    }
    const { outcome, asOfMs, granted, revoked } = written;
    lastRecordedMs = asOfMs;
    if (asOfMs > ownMs) logger.warn({}, 'the clock has gone back: a census is recorded as just after the last one');
    if (outcome !== 'equal') {
      logger.info({ outcome, granted, revoked, durationMs: clock.nowMs() - startMs }, 'a census is recorded');
      listeners.look();
    }
    // The census is there, whatever becomes of this.
    await pruneInTime(asOfMs, outcome === 'begun').catch(() => {});
    return written;
  };

  const record = async (census: RecordedCensus): Promise<Written> => {
    const startMs = clock.nowMs();
    const written = await connection.use((opened) => opened.record.write(census));
    return tell(written, { startMs, ownMs: census.asOfMs });
  };

  const recordWalk = async (pages: AsyncIterable<WalkedPage>): Promise<Written> => {
    // What is in memory comes first: it was read before.
    await recording;
    const startMs = clock.nowMs();
    let ownMs = Infinity;
    const { opened, walk } = await connection.use(async (now) => ({ opened: now, walk: await now.record.beginWalk() }));
    if (walk === undefined) return tell({ outcome: 'notWriter' }, { startMs, ownMs });
    const use = <Value>(work: () => Promise<Value>): Promise<Value> =>
      connection.use((now) => (now === opened ? work() : Promise.reject(unavailable(new Error('it was opened anew')))));
    try {
      // The database is not held between two pages: nobody waits for the walk.
      for await (const page of pages) {
        ownMs = Math.min(ownMs, page.fetchedAtMs);
        await use(() => walk.add(page));
      }
      return await tell(await use(() => walk.finish()), { startMs, ownMs });
    } finally {
      await use(() => walk.end()).catch(() => {});
    }
  };

  const recordWaiting = async (): Promise<void> => {
    while (waiting !== undefined) {
      const census = waiting;
      waiting = undefined;
      try {
        await record(census);
      } catch (error) {
        failures++;
        logger.error(
          { code: codeOfFault(error instanceof Error ? (error.cause ?? error) : error) },
          'a census could not be recorded: the record goes on with the next one',
        );
      }
    }
  };

  const readCensus = async (): Promise<AccountCensus | undefined> => {
    // Its libraries are there only where a record is.
    const { askRecordedCensus } = await connection.use(() => import('./census/recorded-census.ts'));
    lastCensus = await askRecordedCensus((work) => connection.use(({ database }) => work(database.db)), lastCensus);
    return lastCensus;
  };

  /** The rest of a part of a list is asked for later, and can fail by itself. */
  const guarded = <Item>(page: RecordPage<Item>): RecordPage<Item> => ({
    items: page.items,
    hasNext: () => connection.use(() => page.hasNext()),
    hasPrevious: () => connection.use(() => page.hasPrevious()),
    total: () => connection.use(() => page.total()),
  });

  return {
    ready: () => connection.ready(),
    record,
    recordWalk(pages) {
      const walk = recordWalk(pages);
      walking = walk.then(
        () => {},
        () => {},
      );
      return walk;
    },
    offer(census) {
      if (isClosed) return;
      waiting = census;
      recording ??= recordWaiting().finally(() => (recording = undefined));
    },
    summary: () => connection.use((opened) => opened.record.summary()),
    changes: async (filter, window) => guarded(await connection.use((opened) => opened.record.changes(filter, window))),
    assignmentsAt: async (timeMs, filter, window) =>
      guarded(await connection.use((opened) => opened.record.assignmentsAt(timeMs, filter, window))),
    listen: (onChanges) => listeners.add(onChanges),
    status: () => connection.use((opened) => opened.record.status()),
    asOfAt: (timeMs) => connection.use((opened) => opened.record.asOfAt(timeMs)),
    subjectsAt: (asOfMs) => ({
      fetchPage: (request) => connection.use((opened) => opened.record.subjectsAt(asOfMs, request)),
    }),
    census: () => (counting ??= readCensus().finally(() => (counting = undefined))),
    prune: pruneNow,
    state: () => ({ isReachable: connection.isReachable, isWriter, lastRecordedMs, failures }),
    async close() {
      isClosed = true;
      waiting = undefined;
      listeners.close();
      await recording;
      await walking;
      await connection.close();
    },
  };
};
