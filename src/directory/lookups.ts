import { GatewayError } from '../model/errors.ts';
import type { Operation } from '../model/operation.ts';
import { type ListQuestion, maxPageSize, type PageSource } from '../model/page.ts';
import { createSubject, type Subject, subjectTypeOf, unspecifiedRawType } from '../model/subject.ts';
import { canonicalText } from './fingerprint.ts';
import { checkReference } from './list-plan.ts';
import { createLoader } from './loader.ts';
import type { Directory, SubjectKey } from './questions.ts';
import { createWalk } from './walk.ts';

/** Answers `Directory.find` for one operation: equal keys are looked up once. */
export const createFinder = (source: PageSource, operation: Operation): Directory['find'] => {
  const loader = createLoader<SubjectKey, Subject | null>(
    (keys) => Promise.all(keys.map((key) => lookUp(source, operation, key).catch(errorOf))),
    ({ reference, rawType, includeNestedScopes }) =>
      canonicalText([reference, rawType, includeNestedScopes ? '1' : '0']),
  );
  return async (key) => {
    checkReference(key.reference);
    return loader.load(key);
  };
};

const errorOf = (error: unknown): Error =>
  error instanceof Error ? error : new GatewayError('INTERNAL', 'A lookup failed.', { cause: error });

/** Asks upstream for one subject: one call, but for a subject with more than a page of entries. */
const lookUp = async (source: PageSource, operation: Operation, key: SubjectKey): Promise<Subject | null> => {
  const walk = createWalk(source, operation, lookupQuestion(key), { pageToken: undefined, ordinal: 0 });
  const entries: Subject[] = [];
  try {
    for (let view = await walk.next(maxPageSize); view !== undefined; view = await walk.next(maxPageSize)) {
      entries.push(...view.page.subjects);
    }
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
  return mergeEntries(key, entries);
};

/** What upstream is asked for a subject. Types that it may not know as its own are only checked here. */
export const lookupQuestion = ({ reference, rawType, includeNestedScopes }: SubjectKey): ListQuestion => ({
  subjectReference: reference,
  includeNestedScopes,
  ...(rawType !== undefined &&
    rawType !== unspecifiedRawType &&
    subjectTypeOf(rawType) !== 'UNKNOWN' && { subjectType: rawType }),
});

/**
 * The subject of a key with the roles of all its entries, or null where none of them is its. Where the key names no type
 * and the reference is that of several subjects, it is the first.
 */
export const mergeEntries = (key: SubjectKey, entries: readonly Subject[]): Subject | null => {
  const { reference, rawType } = key;
  const first = entries.find((entry) => entry.reference === reference && (rawType ?? entry.rawType) === entry.rawType);
  if (first === undefined) return null;
  const own = entries.filter((entry) => entry.reference === reference && entry.rawType === first.rawType);
  return own.length === 1
    ? first
    : createSubject(
        reference,
        first.rawType,
        own.flatMap((entry) => entry.roles),
      );
};
