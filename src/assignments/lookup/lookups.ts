import type { Subject } from '../../model/subject.ts';
import { canonicalText } from '../cursor/fingerprint.ts';
import { checkReference } from '../list/query-plan.ts';
import { createLoader } from './loader.ts';
import { createFindSubjects, type LookupBatchOptions } from './batch.ts';
import type { SubjectKey } from '../../model/subject-list.ts';
import type { Assignments } from '../assignments.ts';

/** Answers `Assignments.find` for one operation: what is asked for at the same time is planned together, each key once. */
export const createFinder = (options: LookupBatchOptions): Assignments['find'] => {
  const loader = createLoader<SubjectKey, Subject | null>({
    operation: options.operation,
    loadBatch: createFindSubjects(options),
    nameOf: ({ reference, rawType, includeNestedScopes }) =>
      canonicalText([reference, rawType, includeNestedScopes ? '1' : '0']),
  });
  return async (key) => {
    checkReference(key.reference);
    return loader.load(key);
  };
};
