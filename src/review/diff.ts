import { assignmentsOf, type ReviewedAssignment, subjectKey } from './assignment-keys.ts';
import { findCandidates, type FindCandidatesOptions, type MayDiffer, type ReadSubjects } from './candidates.ts';
import type { Subject } from '../model/subject.ts';
import { heldBy } from './held.ts';
import type { Names } from './names.ts';
import { type ReviewedSubject, reviewedScope } from './ndjson.ts';

export interface ReviewChange {
  readonly kind: 'GRANTED' | 'REVOKED';
  readonly subject: ReviewedSubject;
  readonly assignment: ReviewedAssignment;
}

export interface ReviewDiff {
  /** When each export was begun; null where it does not say, or has no line. */
  readonly oldAsOf: string | null;
  readonly newAsOf: string | null;
  /** By subject, role and scope. */
  readonly changes: readonly ReviewChange[];
}

/** One side of what differs. */
interface Side {
  readonly subjects: ReadonlyMap<
    string,
    { readonly subject: ReviewedSubject; readonly held: ReadonlyMap<string, ReviewedAssignment> }
  >;
  readonly asOf: string | null;
}

/**
 * What was granted and revoked between two exports. Memory grows with what differs: only that is held. Each is read two or three times. Fails as reading does.
 */
export const diffReviews = async (
  readOld: ReadSubjects,
  readNew: ReadSubjects,
  options: FindCandidatesOptions,
): Promise<ReviewDiff> => {
  const mayDiffer = await findCandidates(readOld, readNew, options);
  const [before, after] = [await gather(readOld, mayDiffer), await gather(readNew, mayDiffer)];
  return {
    oldAsOf: before.asOf,
    newAsOf: after.asOf,
    changes: inOrder([...changesOf(before, after, 'REVOKED'), ...changesOf(after, before, 'GRANTED')]),
  };
};

/** Changes as they are told: by subject, role and scope. */
export const inOrder = (changes: readonly ReviewChange[]): readonly ReviewChange[] =>
  changes.toSorted(bySubjectAndRole);

/** What a subject holds as changes, one for each assignment. */
export const reviewedChange = (kind: ReviewChange['kind'], subject: Subject, names: Names): readonly ReviewChange[] => {
  const { reference, type, rawType } = subject;
  const displayName = names.ofSubject(subject)?.displayName;
  return heldBy(subject).map(({ role: { name }, scope }) => {
    const reviewed = scope && reviewedScope(scope, names);
    return {
      kind,
      subject: { reference, type, rawType, ...(displayName && { displayName }), roles: [] },
      assignment: {
        role: { name, isGlobal: reviewed === undefined, scopes: reviewed === undefined ? [] : [reviewed] },
        ...(reviewed !== undefined && { scope: reviewed }),
      },
    };
  });
};

/** All that each subject holds that may differ, of all its lines together. */
const gather = async (read: ReadSubjects, mayDiffer: MayDiffer): Promise<Side> => {
  const subjects = new Map<string, { subject: ReviewedSubject; held: Map<string, ReviewedAssignment> }>();
  let asOf: string | null = null;
  for await (const subject of read()) {
    asOf ??= subject.asOf ?? null;
    if (!mayDiffer(subject)) continue;
    const key = subjectKey(subject);
    const known = subjects.get(key);
    const held = new Map([...(known?.held ?? []), ...assignmentsOf(subject)]);
    subjects.set(key, { subject: known?.subject ?? subject, held });
  }
  return { subjects, asOf };
};

/** What one side has and the other has not. */
const changesOf = (side: Side, other: Side, kind: ReviewChange['kind']): ReviewChange[] =>
  [...side.subjects].flatMap(([key, { subject, held }]) => {
    const beside = other.subjects.get(key);
    return [...held]
      .filter(([assignment]) => beside?.held.has(assignment) !== true)
      .map(([, assignment]) => ({ kind, subject: withName(subject, beside?.subject), assignment }));
  });

const withName = (subject: ReviewedSubject, beside: ReviewedSubject | undefined): ReviewedSubject =>
  subject.displayName === undefined && beside?.displayName !== undefined
    ? { ...subject, displayName: beside.displayName }
    : subject;

const bySubjectAndRole = (one: ReviewChange, other: ReviewChange): number => {
  const [a, b] = [one, other].map(sortKeys) as [string[], string[]];
  for (const [index, text] of a.entries()) {
    const beside = b[index] ?? '';
    if (text !== beside) return text < beside ? -1 : 1;
  }
  return 0;
};

const sortKeys = ({ subject, assignment: { role, scope }, kind }: ReviewChange): string[] => [
  subject.type,
  subject.rawType,
  subject.reference,
  role.name,
  scope?.kind ?? '',
  scope?.uuid ?? '',
  kind,
];
