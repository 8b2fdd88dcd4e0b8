import { GatewayError } from '../../model/errors.ts';
import type { Operation } from '../../model/operation.ts';
import { maxListPageSize } from '../../model/contract.ts';
import type { SubjectListQuestion, SubjectPageSource } from '../../model/subject-list.ts';
import { subjectTypeOf } from '../../model/subject.ts';
import type { Lookup } from './lookup.ts';
import { createWalk } from '../list/walk.ts';

/** A question about one subject, and the lookups that its answer serves. */
interface SingleLookup {
  readonly question: SubjectListQuestion;
  readonly lookups: readonly Lookup[];
}

/**
 * The fewest questions that answer the lookups, which share a nested flag: one for each reference and type. A reference
 * that is also asked for without a type needs only that one.
 */
export const singleLookups = (lookups: readonly Lookup[]): readonly SingleLookup[] => {
  const byReference = new Map<string, Map<string | undefined, Lookup[]>>();
  for (const lookup of lookups) {
    const { reference } = lookup.key;
    const byType = byReference.get(reference) ?? new Map<string | undefined, Lookup[]>();
    byReference.set(reference, byType);
    const type = askableType(lookup);
    byType.set(type, [...(byType.get(type) ?? []), lookup]);
  }
  const questions: SingleLookup[] = [];
  for (const byType of byReference.values()) {
    const groups = byType.has(undefined) ? [[...byType.values()].flat()] : byType.values();
    for (const group of groups) questions.push({ question: questionOf(group), lookups: group });
  }
  return questions;
};

/** Upstream has no word for the types that we do not know, and takes "unspecified" for no type at all. */
const askableType = ({ key: { rawType } }: Lookup): string | undefined => {
  const type = rawType === undefined ? 'UNKNOWN' : subjectTypeOf(rawType);
  return type === 'UNKNOWN' || type === 'UNSPECIFIED' ? undefined : rawType;
};

const questionOf = (lookups: readonly Lookup[]): SubjectListQuestion => {
  const [first] = lookups as [Lookup];
  const { reference: subjectReference, includeNestedScopes } = first.key;
  const types = new Set(lookups.map(askableType));
  const [subjectType] = types;
  return {
    subjectReference,
    includeNestedScopes,
    ...(types.size === 1 && subjectType !== undefined && { subjectType }),
  };
};

/** Answers the lookups with all that upstream says of the subject. Never rejects: an error fails them, `NOT_FOUND` is an answer. */
export const lookUp = async (
  { question, lookups }: SingleLookup,
  source: SubjectPageSource,
  operation: Operation,
): Promise<void> => {
  try {
    const walk = createWalk(source, operation, question, { pageToken: undefined, ordinal: 0 });
    for (let view = await walk.next(maxListPageSize); view !== undefined; view = await walk.next(maxListPageSize)) {
      for (const subject of view.page.items) for (const lookup of lookups) lookup.offer(subject);
    }
  } catch (error) {
    if (!(error instanceof GatewayError && error.code === 'NOT_FOUND')) {
      for (const lookup of lookups) lookup.fail(error as Error);
      return;
    }
  }
  for (const lookup of lookups) lookup.answer();
};
