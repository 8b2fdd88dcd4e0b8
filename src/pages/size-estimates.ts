import { LRUCache } from 'lru-cache';
import { atMost } from '../platform/at-most.ts';
import type { Clock } from '../platform/clock.ts';
import { keyPart } from '../platform/key-part.ts';
import type { PagedList } from './paged-list.ts';

/**
 * Remembers how many items a caller's list has, longer than pages are fresh: for choosing between plans, never for an answer. Complete lists of
 * one group have one size, in whatever order; others say nothing.
 */
export interface SizeEstimates<Question> {
  note(credentialKey: string, question: Question, totalSize: number): void;
  of(credentialKey: string, question: Question): number | undefined;
}

const lifetimeMs = 60 * 60_000;
/** Some hundred kilobytes of them. */
const maxLists = 4096;

export const createSizeEstimates = <Question>(
  { groupKey, isComplete }: Pick<PagedList<Question, never>, 'groupKey' | 'isComplete'>,
  clock: Clock,
): SizeEstimates<Question> => {
  const sizes = new LRUCache<string, number>({
    ...atMost(maxLists),
    ttl: lifetimeMs,
    ttlResolution: 0,
    perf: { now: () => clock.nowMs() },
  });
  const keyOf = (credentialKey: string, question: Question) => keyPart(credentialKey) + groupKey(question);
  return {
    note(credentialKey, question, totalSize) {
      if (isComplete(question)) sizes.set(keyOf(credentialKey, question), totalSize);
    },
    of: (credentialKey, question) => sizes.get(keyOf(credentialKey, question)),
  };
};

/** The same for one operation, which has one caller, ends soon, and asks for no more lists than it may make calls. */
export const createOwnSizeEstimates = <Question>({
  groupKey,
  isComplete,
}: Pick<PagedList<Question, never>, 'groupKey' | 'isComplete'>): SizeEstimates<Question> => {
  let sizes: Map<string, number> | undefined;
  return {
    note(_credentialKey, question, totalSize) {
      if (isComplete(question)) (sizes ??= new Map()).set(groupKey(question), totalSize);
    },
    of: (_credentialKey, question) => sizes?.get(groupKey(question)),
  };
};
