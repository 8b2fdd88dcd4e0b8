import { sql } from 'kysely';
import { GatewayError } from '../model/errors.ts';
import type { SubjectPage } from '../model/subject-list.ts';
import type { RecordDatabase } from './database/database.ts';
import { assignmentsTable } from './reading/assignments-at.ts';
import { changesTable } from './reading/changes.ts';
import { timeOf } from './reading/conditions.ts';
import { readWindow } from './reading/window.ts';
import { readSubjectsAt, type SubjectsAtRequest } from './reading/subjects-at.ts';
import type { AccessRecord, RecordStatus, RecordSummary } from './record.ts';
import { type CensusWriter, createCensusWriter } from './recording/write-census.ts';
import { prune, type Pruned } from './retention.ts';

/** A record whose database is open. What it rejects with is what the database says, or a `GatewayError` for a question that has no answer. */
export interface OpenRecord extends Pick<AccessRecord, 'summary' | 'changes' | 'assignmentsAt'>, CensusWriter {
  /** The census that tells what held at a time: the last one until then. Rejects with `BAD_USER_INPUT` for a time before the first. */
  asOfAt(timeMs: number): Promise<number>;
  /** A page of those who held something at the time of a census, whole. Rejects with `BAD_USER_INPUT` where that has been let go of. */
  subjectsAt(asOfMs: number, request: SubjectsAtRequest): Promise<SubjectPage>;
  status(): Promise<RecordStatus>;
  prune(beforeMs: number): Promise<Pruned>;
}

/** Questions and recording over an open database. */
export const openRecord = ({ db, writer }: RecordDatabase): OpenRecord => {
  const summary = async (): Promise<RecordSummary | null> => {
    const { rows } = await sql<{ since: Date | null; latest: Date | null; revisions: number }>`
      select min(as_of) as since, max(as_of) as latest,
        count(*) filter (where is_different and as_of > (select min(as_of) from census)) as revisions
      from census
    `.execute(db);
    const { since = null, latest = null, revisions = 0 } = rows[0] ?? {};
    if (since === null || latest === null) return null;
    return { sinceMs: since.getTime(), latestMs: latest.getTime(), revisionCount: revisions };
  };

  /** What is before the record begins is not nothing: nobody knows it. */
  const refuseBeforeStart = async (timeMs: number): Promise<void> => {
    const known = await summary();
    if (known !== null && timeMs >= known.sinceMs) return;
    const begins = known === null ? 'has not begun yet' : `begins at ${new Date(known.sinceMs).toISOString()}`;
    throw new GatewayError('BAD_USER_INPUT', `The record ${begins}: ask for a later time.`);
  };

  return {
    ...createCensusWriter(writer),
    summary,
    changes: (filter, window) => readWindow(changesTable(db, filter), window),
    async assignmentsAt(timeMs, filter, window) {
      await refuseBeforeStart(timeMs);
      return readWindow(assignmentsTable(db, timeMs, filter), window);
    },
    async asOfAt(timeMs) {
      await refuseBeforeStart(timeMs);
      const { asOf } = await db
        .selectFrom('census')
        .select((of) => of.fn.max('as_of').as('asOf'))
        .where('as_of', '<=', timeOf(timeMs))
        .executeTakeFirstOrThrow();
      return asOf.getTime();
    },
    async subjectsAt(asOfMs, request) {
      const page = await readSubjectsAt(db, asOfMs, request);
      // After reading: what was let go of meanwhile is missing in it.
      await refuseBeforeStart(asOfMs);
      return page;
    },
    async status() {
      const { rows } = await sql<{ censuses: number; assignments: number; subjects: number; bytes: number }>`
        select (select count(*) from census) as censuses, (select count(*) from assignment) as assignments,
          (select count(*) from subject) as subjects, pg_database_size(current_database()) as bytes
      `.execute(db);
      const { censuses = 0, assignments = 0, subjects = 0, bytes = 0 } = rows[0] ?? {};
      return { summary: await summary(), censuses, assignments, subjects, sizeBytes: bytes };
    },
    prune: (beforeMs) => prune(writer, beforeMs),
  };
};
