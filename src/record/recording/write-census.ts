import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Census } from '../../access/census/census.ts';
import { pause, Pauses } from '../../platform/pause.ts';
import { lockChanges } from '../database/change-lock.ts';
import type { Tables } from '../database/tables.ts';
import { BitSet } from './bit-set.ts';
import { addCensus, readLastCensus, timeAfter, type Written } from './census-row.ts';
import { closeVanished, countHolders } from './close-vanished.ts';
import { createDictionary } from './dictionary.ts';
import { digestBytes, digestOfHeld, heldBy } from './held.ts';
import { createTallyWriter } from './tally-writer.ts';
import { type HashedSubject, writePage } from './write-page.ts';
import { beginWalk, type WalkRecording } from './write-walk.ts';
import { takeWriterLock } from './writer-lock.ts';

/** What the record needs of a census. */
export type RecordedCensus = Pick<Census, 'asOfMs' | 'subjects'>;

/** Subjects that are compared at a time. */
const pageSize = 1000;

export interface CensusWriter {
  /**
   * Writes what differs from the last census in one transaction: all of it or nothing. One that is equal costs a row. Rejects with what the database says.
   *
   * Censuses have to be given in the order in which they were read, each begun after the one before had ended.
   */
  write(census: RecordedCensus): Promise<Written>;
  /** Begins to record an account that is walked through, as the only writer; undefined where somebody else records. Only one at a time. */
  beginWalk(): Promise<WalkRecording | undefined>;
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
        const session = await takeWriterLock(db);
        const isNewer = session !== undefined && lastSession === session;
        lastSession = session;
        if (session === undefined) return { outcome: 'notWriter' };
        return db.transaction().execute((transaction) => writeHashed({ census, ...hashed, isNewer }, transaction));
      });
    },
    async beginWalk() {
      const walk = await beginWalk(writer);
      lastSession = walk?.session;
      return walk;
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
  const last = await readLastCensus(db);
  const asOfMs = timeAfter(last, census.asOfMs);
  if (asOfMs !== Math.trunc(census.asOfMs) && !isNewer) return { outcome: 'older' };
  const isEqual = last?.digest.equals(digest) === true;
  const changes = isEqual ? { granted: 0, revoked: 0 } : await writeDifference(census, digests, new Date(asOfMs), db);
  return addCensus(db, { last, asOfMs, digest, subjectCount: census.subjects.length, ...changes });
};

const writeDifference = async (
  { subjects }: RecordedCensus,
  digests: Buffer,
  asOf: Date,
  db: Kysely<Tables>,
): Promise<{ readonly granted: number; readonly revoked: number }> => {
  const seen = new BitSet();
  const writer = { db, dictionary: createDictionary(db), asOf, seen, tallies: createTallyWriter(db) };
  const before = await countHolders(db);
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
  if (known < before) revoked += await closeVanished(writer);
  await writer.tallies.write();
  return { granted, revoked };
};
