import type { Census } from '../access/census/census.ts';
import { maxListPageSize } from '../model/contract.ts';
import type { Operation } from '../model/operation.ts';
import { createSubject, type Subject } from '../model/subject.ts';
import type { Upstream } from '../upstream/client.ts';
import { readSubject } from './read-subject.ts';

/** Who holds a role by a census, in its order. */
export const holdersIn = ({ subjects }: Pick<Census, 'subjects'>, roleName: string): readonly Subject[] =>
  subjects.filter((subject) => holds(subject, roleName));

export const holds = ({ roles }: Subject, roleName: string): boolean => roles.some(({ name }) => name === roleName);

export interface LookOptions {
  readonly upstream: Pick<Upstream, 'call'>;
  /** Makes one now. */
  readonly census: () => Promise<Census>;
  /** As many as the last census had. */
  readonly subjectCount: number;
  readonly operation: Operation;
}

/**
 * These subjects as they are now, past everything that is kept; without roles where upstream lists them no more. Each is read, or all of them by a census
 * where that costs fewer calls.
 */
export const lookAtSubjects = async (
  { upstream, census, subjectCount, operation }: LookOptions,
  subjects: readonly Subject[],
): Promise<readonly Subject[]> => {
  const gone = ({ reference, rawType }: Subject): Subject => createSubject(reference, rawType, []);
  if (subjects.length > Math.ceil(subjectCount / maxListPageSize)) {
    const now = await census();
    return subjects.map((subject) => now.subjects[now.rankOf(subject.reference, subject.rawType)] ?? gone(subject));
  }
  const seen: Subject[] = [];
  for (const subject of subjects) {
    const { reference: subjectReference, rawType: rawSubjectType } = subject;
    seen.push((await readSubject(upstream, { subjectReference, rawSubjectType }, operation)) ?? gone(subject));
  }
  return seen;
};
