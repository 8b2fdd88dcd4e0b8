import { createAssignments } from '../../src/assignments/create-assignments.ts';
import type { SubjectPageSource } from '../../src/model/subject-list.ts';
import { openUncached, type SubjectCache } from '../pages/subject-cache.ts';

/** Answers over a source of which nothing is kept, but for what an operation remembers. */
export const assignmentsOver = (
  source: SubjectPageSource,
  maxCensusCalls?: number,
): ReturnType<typeof createAssignments> => {
  const { source: read, remember, walks } = openUncached(source, maxCensusCalls);
  return createAssignments(read, { remember, walks });
};

/** Answers over kept pages. */
export const assignmentsKeptIn = (cache: SubjectCache): ReturnType<typeof createAssignments> =>
  createAssignments(cache, { known: cache, walks: cache.walks, readAhead: true });
