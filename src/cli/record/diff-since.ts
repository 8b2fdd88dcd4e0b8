import { createSubject, type Subject } from '../../model/subject.ts';
import { Aborter } from '../../platform/abort.ts';
import type { RecordKeeper } from '../../record/create-record.ts';
import { netChanges } from '../../record/net-changes.ts';
import type { AccessChange } from '../../record/record.ts';
import { inOrder, type ReviewChange, type ReviewDiff, reviewedChange } from '../../review/diff.ts';
import { heldThatMatch } from '../../review/filter.ts';
import type { ReviewFilter } from '../../review/review-request.ts';
import type { Config } from '../../settings/read.ts';
import { warnOfNames } from '../export.ts';
import { openRecordedAccount } from './recorded-account.ts';
import { withRecord } from './with-record.ts';

/** Changes whose names are looked up at a time. */
const pageSize = 1000;

/**
 * What the last census shows otherwise than the one that held at a moment: what came and went in between is no difference. Memory grows with what has changed. Fails as
 * `withRecord` does.
 */
export const diffSince = (config: Config, since: string, filter: ReviewFilter): Promise<ReviewDiff> =>
  withRecord(config, async (record) => {
    const oldAsOfMs = await record.asOfAt(Date.parse(since));
    const newAsOfMs = await record.asOfAt(Number.MAX_SAFE_INTEGER);
    const roleName = filter.role?.name;
    const net = await netChanges(record, {
      sinceMs: oldAsOfMs + 1,
      untilMs: newAsOfMs + 1,
      ...(roleName !== undefined && { roleName }),
    });
    const changes = net
      .map((change): Told => ({ kind: change.kind, subject: subjectOf(change) }))
      .filter(({ subject }) => heldThatMatch(subject, filter).length > 0);
    return {
      oldAsOf: new Date(oldAsOfMs).toISOString(),
      newAsOf: new Date(newAsOfMs).toISOString(),
      changes: inOrder(await withNames(changes, record, config)),
    };
  });

interface Told {
  readonly kind: AccessChange['kind'];
  /** Holds what was granted or revoked, and nothing else. */
  readonly subject: Subject;
}

const subjectOf = ({ subject: { reference, rawType }, roleName, scope }: AccessChange): Subject =>
  createSubject(reference, rawType, [{ name: roleName, scopes: scope === null ? [] : [scope] }]);

const withNames = async (
  changes: readonly Told[],
  record: RecordKeeper,
  config: Config,
): Promise<readonly ReviewChange[]> => {
  const account = await openRecordedAccount(config, { name: 'record', subjects: record.subjectsAt(0) });
  const { signal } = new Aborter();
  const named: ReviewChange[] = [];
  let untoldNames = 0;
  try {
    for (let start = 0; start < changes.length; start += pageSize) {
      const page = changes.slice(start, start + pageSize);
      const { names, untold } = await account.namesOf(
        page.map(({ subject }) => subject),
        signal,
      );
      untoldNames += untold;
      named.push(...page.flatMap(({ kind, subject }) => reviewedChange(kind, subject, names)));
    }
  } finally {
    await account.close();
  }
  warnOfNames(untoldNames);
  return named;
};
