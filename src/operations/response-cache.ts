import { LRUCache } from 'lru-cache';
import type { Clock } from '../platform/clock.ts';
import { keyPart } from '../platform/key-part.ts';
import type { Caller, Operation } from '../model/operation.ts';
import type { Freshness } from '../pages/create-pages.ts';

/** An answer as it was sent. */
export interface KeptAnswer {
  readonly body: Buffer;
  /** What the client calls its operation. */
  readonly operationName: string | undefined;
  readonly fromCache: number;
  readonly oldestPageAtMs: number | undefined;
}

/** Answers kept whole, for the question that comes again. */
export interface KeptAnswers {
  /** The place of the answer to a question. To be looked up before the question is worked on. */
  placeOf(caller: Caller, question: string): AnswerPlace;
}

export interface AnswerPlace {
  readonly answer: KeptAnswer | undefined;
  /** Keeps an answer without errors, if it came from kept pages alone, none of which has come or gone since, and is not the first one. */
  keep(operation: Operation, answer: Pick<KeptAnswer, 'body' | 'operationName'>): void;
}

export interface KeptAnswersOptions {
  readonly freshness: Freshness;
  readonly clock: Clock;
  /** Memory that answers and their questions may take, about. The least recently used go first. */
  readonly maxBytes: number;
}

/** Questions that are remembered as asked once: an answer is kept from the second time on, so that those who page through a list pay nothing. */
const maxAskedOnce = 1000;

interface Entry extends KeptAnswer {
  readonly stamp: number;
  /** Until when everything in it is fresh. */
  readonly freshUntilMs: number;
}

/**
 * An answer made without an upstream call follows from caller, question and the caller's kept pages. It is given again to the same caller and
 * question while none of these pages has come or gone and all that it used are fresh: then making it again would make the same.
 */
export const createKeptAnswers = ({ freshness, clock, maxBytes }: KeptAnswersOptions): KeptAnswers => {
  const answers = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    sizeCalculation: ({ body }, key) => body.length + 2 * key.length + 200,
  });
  const askedOnce = new LRUCache<string, true>({ max: maxAskedOnce });
  return {
    placeOf(caller, question) {
      const key = keyOf(caller, question);
      const stamp = freshness.stampOf(caller.credentialKey);
      const entry = answers.get(key);
      const isGood = entry !== undefined && entry.stamp === stamp && clock.nowMs() < entry.freshUntilMs;
      return {
        answer: isGood ? entry : undefined,
        keep({ report, bypassCache }, { body, operationName }) {
          if (bypassCache || report.calls > 0 || freshness.stampOf(caller.credentialKey) !== stamp) return;
          if (!askedOnce.delete(key)) {
            askedOnce.set(key, true);
            return;
          }
          const { fromCache, oldestPageAtMs, freshUntilMs } = report;
          answers.set(key, { body, operationName, fromCache, oldestPageAtMs, freshUntilMs, stamp });
        },
      };
    },
  };
};

/** Unlike for callers who differ in anything: those who share a credential may still be told different things about themselves. */
const keyOf = ({ credentialKey, reference, name }: Caller, question: string): string =>
  keyPart(credentialKey) + keyPart(reference) + keyPart(name) + question;
