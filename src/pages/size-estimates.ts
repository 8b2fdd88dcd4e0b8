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
  // Made when there is something to remember, and bounded by size: with `max` it would take room for all at once, and every operation has one.
  let sizes: LRUCache<string, number> | undefined;
  const keyOf = (credentialKey: string, question: Question) => keyPart(credentialKey) + groupKey(question);
  return {
    note(credentialKey, question, totalSize) {
      if (!isComplete(question)) return;
      sizes ??= new LRUCache({
        ...atMost(maxLists),
        ttl: lifetimeMs,
        ttlResolution: 0,
        perf: { now: () => clock.nowMs() },
      });
      sizes.set(keyOf(credentialKey, question), totalSize);
    },
    of: (credentialKey, question) => sizes?.get(keyOf(credentialKey, question)),
  };
};
