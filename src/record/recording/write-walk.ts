import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { SubjectPage } from '../../model/subject-list.ts';
import { lockChanges } from '../database/change-lock.ts';
import type { Tables } from '../database/tables.ts';
import { unavailable } from '../faults.ts';
import { BitSet } from './bit-set.ts';
import { addCensus, readLastCensus, timeAfter, type Written } from './census-row.ts';
import { closeVanished, countHolders } from './close-vanished.ts';
import { createDictionary } from './dictionary.ts';
import { digestBytes, digestOf, digestOfHeld, heldBy } from './held.ts';
import { addEmpty, addStaged, countEmpty, makeStage, readStaged, removeStage, type StagedEntry } from './stage.ts';
import { createTallyWriter } from './tally-writer.ts';
import { findStored, type HashedSubject, storedNamesOf, writePage } from './write-page.ts';
import { takeWriterLock } from './writer-lock.ts';

/** What the record needs of a page of an account. */
export type WalkedPage = Pick<SubjectPage, 'items' | 'fetchedAtMs'>;

/**
 * The recording of an account that is walked through, page by page. Nothing is in the record before `finish`. Every method rejects with what the database says. What it keeps in memory is
 * a bit or two for each subject.
 */
export interface WalkRecording {
  /** The session of the writer. */
  readonly session: number;
  /** Takes the next page. Entries of one subject are put together, however far apart they lie. */
  add(page: WalkedPage): Promise<void>;
  /** Records all that was shown as one census. After the last page, and once. */
  finish(): Promise<Written>;
  /** Lets go of what was put aside. */
  end(): Promise<void>;
}

/**
 * Takes the lock of the writer; undefined where somebody else has it. A page is compared with the record as it is read, and what differs is put aside in a table of the session, so that no
 * transaction is open for as long as a walk takes, and the session is free for others between two pages. As long as this session has the lock, nobody changes what was compared.
 */
export const beginWalk = async (writer: Kysely<Tables>): Promise<WalkRecording | undefined> => {
  const begun = await writer.connection().execute(async (db) => {
    const session = await takeWriterLock(db);
    if (session === undefined) return undefined;
    await makeStage(db);
    return { session, last: await readLastCensus(db) };
  });
  if (begun === undefined) return undefined;
  const { session } = begun;
  const walk = createWalked();
  return {
    session,
    add: (page) => addPage(writer, page, walk),
    finish: () =>
      writer.connection().execute(async (db) => {
        const now = await takeWriterLock(db);
        if (now === undefined) return { outcome: 'notWriter' };
        if (now !== session) throw unavailable(new Error('the session ended, and what was put aside with it'));
        return db.transaction().execute(async (transaction) => {
          await lockChanges(transaction);
          const last = await readLastCensus(transaction);
          // Whatever the clocks say: it was begun after the last one had been recorded, unless there is another by now.
          if (last?.asOf.getTime() !== begun.last?.asOf.getTime()) return { outcome: 'older' };
          const asOfMs = timeAfter(last, walk.oldestAtMs);
          const written = await writeStaged(transaction, new Date(asOfMs), walk);
          const isEqual = last !== undefined && written.granted + written.revoked === 0;
          const digest = isEqual ? last.digest : walk.digest.digest().subarray(0, digestBytes);
          return addCensus(transaction, { last, asOfMs, digest, ...written });
        });
      }),
    end: () => removeStage(writer),
  };
};

/** What is known of a walk. */
interface Walked {
  /** Ids of those who were shown and held something at the census before. */
  readonly seen: BitSet;
  /** Ids of those of whom an entry showed just what is stored. */
  readonly same: BitSet;
  /** Of all entries, in their order: equal walks have the same. */
  readonly digest: ReturnType<typeof createHash>;
  oldestAtMs: number;
}

const createWalked = (): Walked => ({
  seen: new BitSet(),
  same: new BitSet(),
  digest: createHash('sha256'),
  oldestAtMs: Infinity,
});

/** Compares a page with what is stored, and puts aside what differs. */
const addPage = async (db: Kysely<Tables>, { items, fetchedAtMs }: WalkedPage, walk: Walked): Promise<void> => {
  walk.oldestAtMs = Math.min(walk.oldestAtMs, fetchedAtMs);
  const shown = items.filter(({ roles }) => roles.length > 0);
  if (shown.length < items.length) {
    await addEmpty(db, storedNamesOf(items.filter(({ roles }) => roles.length === 0)));
  }
  if (shown.length === 0) return;
  const names = storedNamesOf(shown);
  const stored = await findStored(db, names);
  const different: StagedEntry[] = [];
  for (const [at, subject] of shown.entries()) {
    const digest = digestOfHeld(subject, heldBy(subject));
    walk.digest.update(digest);
    const { id, held = null } = stored.get(at) ?? {};
    if (id !== undefined && held !== null) walk.seen.add(id);
    if (id !== undefined && held?.equals(digest) === true) walk.same.add(id);
    else
      different.push({ reference: names.references[at] as string, rawType: names.rawTypes[at] as string, id, subject });
  }
  if (different.length > 0) await addStaged(db, different);
};

/** Writes what was put aside, and ends what those held who were not shown. */
const writeStaged = async (
  db: Kysely<Tables>,
  asOf: Date,
  { seen, same }: Walked,
): Promise<{ readonly granted: number; readonly revoked: number; readonly subjectCount: number }> => {
  const isEveryoneThere = seen.size === (await countHolders(db));
  const writer = { db, dictionary: createDictionary(db), asOf, seen, tallies: createTallyWriter(db) };
  let [granted, revoked] = [0, 0];
  for await (const staged of readStaged(db)) {
    const page = staged.map(({ id, subject }): HashedSubject => {
      const digest = digestOfHeld(subject, heldBy(subject));
      // Another entry of it showed what is stored, which is not at hand: the next census will know all of it by its digest.
      const isMore = id !== undefined && same.has(id);
      return isMore ? { subject, digest: digestOf(`more ${digest.toString('hex')}`), isMore } : { subject, digest };
    });
    const changes = await writePage(page, writer);
    granted += changes.granted;
    revoked += changes.revoked;
  }
  if (!isEveryoneThere) revoked += await closeVanished(writer);
  await writer.tallies.write();
  return { granted, revoked, subjectCount: seen.size + (await countEmpty(db)) };
};
