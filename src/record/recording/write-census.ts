import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Census } from '../../access/census/census.ts';
import { pause, Pauses } from '../../platform/pause.ts';
import { channel } from '../database/database.ts';
import { lockChanges } from '../database/change-lock.ts';
import type { Tables } from '../database/tables.ts';
import { BitSet } from './bit-set.ts';
import { closeVanished } from './close-vanished.ts';
import { createDictionary } from './dictionary.ts';
import { digestBytes, digestOfHeld, heldBy } from './held.ts';
import { type HashedSubject, writePage } from './write-page.ts';

/** What the record needs of a census. */
export type RecordedCensus = Pick<Census, 'asOfMs' | 'subjects' | 'assignmentCount'>;

/**
 * What became of a census. `begun`: it is the first. `older`: it may be from before the last one that was recorded, so it was left out. `notWriter`: somebody
 * else records.
 */
export type Written =
  | {
      readonly outcome: 'begun' | 'different' | 'equal';
      /** The time that it is recorded with. */
      readonly asOfMs: number;
      readonly granted: number;
      readonly revoked: number;
    }
  | { readonly outcome: 'older' }
  | { readonly outcome: 'notWriter' };

/** Any number, as long as it is always this one and nobody else's. */
const writerLock = 7_265_631_104;

/** Subjects that are compared at a time. */
const pageSize = 1000;

export interface CensusWriter {
  /**
   * Writes what differs from the last census in one transaction: all of it or nothing. One that is equal costs a row. Rejects with what the database says.
   *
   * Censuses have to be given in the order in which they were read, each begun after the one before had ended.
   */
  write(census: RecordedCensus): Promise<Written>;
}

/**
 * Records as long as its session has the lock that only one can have. A census that comes after one that this session has recorded, or has left out, is newer
 * whatever the clock says: where that has gone backwards, it counts as a millisecond after the last. Of the first it cannot be known whether another process has
 * recorded since, so there the time decides.
 */
export const createCensusWriter = (writer: Kysely<Tables>): CensusWriter => {
  let lastSession: number | undefined;
  return {
    async write(census) {
      const hashed = await hashCensus(census);
      return writer.connection().execute(async (db) => {
        const { rows } = await sql<{ session: number; isWriter: boolean }>`
          select pg_backend_pid() as session, pg_try_advisory_lock(${writerLock}::bigint) as "isWriter"
        `.execute(db);
        const [{ session, isWriter } = { session: 0, isWriter: false }] = rows;
        if (!isWriter) {
          lastSession = undefined;
          return { outcome: 'notWriter' };
        }
        const isNewer = lastSession === session;
        lastSession = session;
        return db.transaction().execute((transaction) => writeHashed({ census, ...hashed, isNewer }, transaction));
      });
    },
  };
};

interface Hashed {
  /** Of each subject, one after the other. */
  readonly digests: Buffer;
  readonly digest: Buffer;
}

const hashCensus = async ({ subjects }: RecordedCensus): Promise<Hashed> => {
  const digests = Buffer.alloc(subjects.length * digestBytes);
  const whole = createHash('sha256');
  const pauses = new Pauses(1000);
  for (const [at, subject] of subjects.entries()) {
    const held = heldBy(subject);
    if (held.size > 0) {
      const digest = digestOfHeld(subject, held);
      digest.copy(digests, at * digestBytes);
      whole.update(digest);
    }
    if (pauses.isDue(1)) await pause();
  }
  return { digests, digest: whole.digest().subarray(0, digestBytes) };
};

const writeHashed = async (
  { census, digests, digest, isNewer }: Hashed & { readonly census: RecordedCensus; readonly isNewer: boolean },
  db: Kysely<Tables>,
): Promise<Written> => {
  await lockChanges(db);
  const last = await db
    .selectFrom('census')
    .select(['as_of', 'digest'])
    .orderBy('as_of', 'desc')
    .limit(1)
    .executeTakeFirst();
  const lastMs = last?.as_of.getTime() ?? -Infinity;
  const ownMs = Math.trunc(census.asOfMs);
  if (ownMs <= lastMs && !isNewer) return { outcome: 'older' };
  const asOfMs = Math.max(ownMs, lastMs + 1);
  const asOf = new Date(asOfMs);
  const isEqual = last?.digest.equals(digest) === true;
  const { granted, revoked } = isEqual ? { granted: 0, revoked: 0 } : await writeDifference(census, digests, asOf, db);
  await db
    .insertInto('census')
    .values({
      as_of: asOf,
      previous: last?.as_of ?? null,
      digest,
      subject_count: census.subjects.length,
      assignment_count: census.assignmentCount,
      is_different: !isEqual,
    })
    .execute();
  // Told when the transaction is there for all to see, and not before.
  if (!isEqual) await sql`select pg_notify(${channel}, '')`.execute(db);
  return { outcome: last === undefined ? 'begun' : isEqual ? 'equal' : 'different', asOfMs, granted, revoked };
};

const writeDifference = async (
  { subjects }: RecordedCensus,
  digests: Buffer,
  asOf: Date,
  db: Kysely<Tables>,
): Promise<{ readonly granted: number; readonly revoked: number }> => {
  const seen = new BitSet();
  const writer = { db, dictionary: createDictionary(db), asOf, seen };
  const before = await db
    .selectFrom('subject')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('held', 'is not', null)
    .executeTakeFirstOrThrow();
  let [granted, revoked, known] = [0, 0, 0];
  for (let start = 0; start < subjects.length; start += pageSize) {
    const page: HashedSubject[] = [];
    for (let at = start; at < Math.min(start + pageSize, subjects.length); at++) {
      const subject = subjects[at];
      if (subject === undefined || subject.roles.length === 0) continue;
      page.push({ subject, digest: digests.subarray(at * digestBytes, (at + 1) * digestBytes) });
    }
    const changes = await writePage(page, writer);
    granted += changes.granted;
    revoked += changes.revoked;
    known += changes.known;
  }
  if (known < before.count) revoked += await closeVanished(writer);
  return { granted, revoked };
};
