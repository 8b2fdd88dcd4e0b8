import type { Subject } from '../model/subject.ts';
import { canonicalText } from './fingerprint.ts';
import { checkReference } from './list-plan.ts';
import { createLoader } from './loader.ts';
import { createFindSubjects, type LookupBatchOptions } from './lookup-batch.ts';
import type { Directory, SubjectKey } from './questions.ts';

/** Answers `Directory.find` for one operation: what is asked for at the same time is planned together, each key once. */
export const createFinder = (options: LookupBatchOptions): Directory['find'] => {
  const loader = createLoader<SubjectKey, Subject | null>(
    createFindSubjects(options),
    ({ reference, rawType, includeNestedScopes }) =>
      canonicalText([reference, rawType, includeNestedScopes ? '1' : '0']),
  );
  return async (key) => {
    checkReference(key.reference);
    return loader.load(key);
  };
};
