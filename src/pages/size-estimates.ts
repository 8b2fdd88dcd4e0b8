import type { Clock } from '../platform/clock.ts';
import type { ListQuestion } from '../model/page.ts';

/**
 * Remembers how many subjects a caller sees, longer than pages are fresh: for choosing between plans, never for an answer.
 * The order of a list is all one to its size; a lookup's list says nothing.
 */
export interface LikelySizes {
  note(credentialKey: string, question: ListQuestion, totalSize: number): void;
  of(credentialKey: string, question: ListQuestion): number | undefined;
}

const lifetimeMs = 60 * 60_000;
const maxLists = 4096;

const sizeKey = (credentialKey: string, { includeNestedScopes }: ListQuestion): string =>
  `${includeNestedScopes ? 1 : 0}${credentialKey}`;

export const createLikelySizes = (clock: Clock): LikelySizes => {
  const sizes = new Map<string, { readonly totalSize: number; readonly atMs: number }>();
  return {
    note(credentialKey, question, totalSize) {
      if (question.subjectReference !== undefined) return;
      const key = sizeKey(credentialKey, question);
      sizes.delete(key);
      sizes.set(key, { totalSize, atMs: clock.nowMs() });
      if (sizes.size <= maxLists) return;
      for (const oldest of sizes.keys()) {
        sizes.delete(oldest);
        return;
      }
    },
    of(credentialKey, question) {
      const known = sizes.get(sizeKey(credentialKey, question));
      return known !== undefined && clock.nowMs() - known.atMs < lifetimeMs ? known.totalSize : undefined;
    },
  };
};
