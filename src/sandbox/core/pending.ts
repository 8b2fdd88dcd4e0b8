import { randomUUID } from 'node:crypto';
import { answerError, answerPending, type Answer } from './answer.ts';
import type { PendingTimes } from './settings.ts';

/** A question that was answered with 202. */
interface Kept {
  /** The request to the letter, and who sent it: only the very same may pick the answer up. */
  readonly identity: string;
  /** When the answer is ready, or has failed. */
  readonly settledAtMs: number;
  readonly hasFailed: boolean;
  readonly keptUntilMs: number;
}

const maxKept = 10_000;

/** The questions that are still being worked on, or whose answers wait to be picked up. */
export class PendingQuestions {
  readonly #kept = new Map<string, Kept>();

  /** Answers with 202 a question that began at `startedAtMs` and takes `takesMs` in all. */
  accept(identity: string, startedAtMs: number, takesMs: number, times: PendingTimes): Answer {
    const hasFailed = takesMs > times.giveUpAfterMs;
    const settledAtMs = startedAtMs + Math.min(takesMs, times.giveUpAfterMs);
    const responseId = randomUUID();
    this.#kept.set(responseId, { identity, settledAtMs, hasFailed, keptUntilMs: settledAtMs + times.keepMs });
    if (this.#kept.size > maxKept) this.#kept.delete(this.#kept.keys().next().value as string);
    return answerPending(responseId);
  }

  /** Answers a request that carries a `response-id`. `make` makes the answer that was promised. */
  pickUp(responseId: string, identity: string, nowMs: number, make: () => Answer): Answer {
    const kept = this.#kept.get(responseId);
    if (kept === undefined || kept.identity !== identity || nowMs >= kept.keptUntilMs) {
      if (kept !== undefined && nowMs >= kept.keptUntilMs) this.#kept.delete(responseId);
      return answerError(404, 'there is no response with this response-id for this request');
    }
    if (nowMs < kept.settledAtMs) return answerPending(responseId);
    this.#kept.delete(responseId);
    return kept.hasFailed ? answerError(504, 'the response took too long to make') : make();
  }

  /** Forgets every question. */
  reset(): void {
    this.#kept.clear();
  }
}
