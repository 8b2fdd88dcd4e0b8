import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { atMost } from '../platform/at-most.ts';
import type { Clock } from '../platform/clock.ts';
import { keyPart } from '../platform/key-part.ts';
import type { Caller, Operation } from '../model/operation.ts';
import type { Freshness } from '../pages/create-pages.ts';

/** An answer as it was sent. */
interface CachedAnswer {
  readonly body: readonly Uint8Array[];
  readonly fromCache: number;
  readonly oldestPageAtMs: number | undefined;
}

/** Answers kept whole, for the question that comes again. */
interface ResponseCache {
  /** The entry of a question of a caller. To be looked up before the question is worked on. Undefined: a question too long to be kept. */
  entryFor(caller: Caller, question: string): CacheEntry | undefined;
}

export interface CacheEntry {
  readonly answer: CachedAnswer | undefined;
  /** Keeps a copy of an answer without errors, if it came from kept pages alone, none of which has come or gone since, and is not the first one. */
  keep(operation: Operation, body: CachedAnswer['body']): void;
}

interface ResponseCacheOptions {
  readonly freshness: Freshness;
  readonly clock: Clock;
  /** Memory that answers and their questions may take, about. The least recently used go first. */
  readonly maxBytes: number;
}

/** Questions that are remembered as asked once: an answer is kept from the second time on, so that those who page through a list pay nothing. */
const maxAskedOnce = 1000;

/** How many that are of no use any more go with each that is kept: more than one, so that none of them stays while there are others. */
const maxDroppedAtOnce = 2;

/** Longer questions are not kept: they have long variables, which hardly anybody sends twice. */
const maxQuestionLength = 4096;

interface Kept extends CachedAnswer {
  readonly credentialKey: string;
  readonly version: number;
  /** Until when everything in it is fresh. */
  readonly freshUntilMs: number;
  readonly sizeBytes: number;
}

/**
 * An answer made without an upstream call follows from caller, question and the caller's kept pages. It is given again to the same caller and
 * question while none of these pages has come or gone and all that it used are fresh: then making it again would make the same.
 */
export const createResponseCache = ({ freshness, clock, maxBytes }: ResponseCacheOptions): ResponseCache => {
  const answers = new LRUCache<string, Kept>({
    maxSize: maxBytes,
    sizeCalculation: ({ sizeBytes }, key) => sizeBytes + 2 * key.length + 200,
  });
  const isGood = ({ credentialKey, version, freshUntilMs }: Kept): boolean =>
    version === freshness.versionOf(credentialKey) && clock.nowMs() < freshUntilMs;
  /** Those that nobody can be given any more would stay until there are `maxBytes` of answers. */
  const dropUseless = (): void => {
    let dropped = 0;
    for (const key of answers.rkeys()) {
      const kept = answers.peek(key);
      if (dropped === maxDroppedAtOnce || (kept !== undefined && isGood(kept))) return;
      answers.delete(key);
      dropped++;
    }
  };
  // Known by a hash, so that a thousand of them are bounded whatever was asked.
  const admissions = new LRUCache<string, true>(atMost(maxAskedOnce));
  return {
    entryFor(caller, question) {
      if (question.length > maxQuestionLength) return undefined;
      const key = keyOf(caller, question);
      const version = freshness.versionOf(caller.credentialKey);
      const kept = answers.get(key);
      return {
        answer: kept !== undefined && isGood(kept) ? kept : undefined,
        keep({ report, bypassCache }, sent) {
          if (report.freshUntilMs <= clock.nowMs()) return;
          if (bypassCache || report.calls > 0 || freshness.versionOf(caller.credentialKey) !== version) return;
          const hash = createHash('sha256').update(key).digest('base64');
          if (!admissions.delete(hash)) {
            admissions.set(hash, true);
            return;
          }
          const { fromCache, oldestPageAtMs, freshUntilMs } = report;
          // Those that are sent may be lent.
          const body = sent.map((piece) => Buffer.from(piece));
          const sizeBytes = body.reduce((sum, piece) => sum + piece.length, 0);
          const { credentialKey } = caller;
          dropUseless();
          answers.set(key, { body, fromCache, oldestPageAtMs, credentialKey, freshUntilMs, version, sizeBytes });
        },
      };
    },
  };
};

/** Unlike for callers who differ in anything: those who share a credential may still be told different things about themselves. */
const keyOf = ({ credentialKey, reference, name }: Caller, question: string): string =>
  keyPart(credentialKey) + keyPart(reference) + keyPart(name) + question;
