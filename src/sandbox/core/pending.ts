import { randomUUID } from 'node:crypto';
import { answerError, answerPending, type Answer } from './http/answer.ts';
import type { PendingTimes } from './settings.ts';

/** Carries a request out, at a moment of the sandbox's clock. */
export type Execute = (nowMs: number) => Answer;

/** A request that was answered with 202. */
interface Kept {
  /** The request to the letter, and who sent it: only the very same may pick the answer up. */
  readonly identity: string;
  readonly settlesAtMs: number;
  readonly keptUntilMs: number;
  /** Undefined until the request has settled. */
  answer: Answer | undefined;
}

interface Due {
  readonly atMs: number;
  readonly settle: (nowMs: number) => void;
}

const maxKept = 10_000;

/**
 * The requests that are still being worked on, or whose answers wait to be picked up. Each is carried out exactly once, when it
 * settles: never by a poll, and whether or not anybody polls. Settling needs no timer, because nobody can look without a call:
 * `settle` is called before every look.
 */
export class PendingRequests {
  readonly #kept = new Map<string, Kept>();
  #due: Due[] = [];
  #nextDueMs = Infinity;

  /** Answers with 202 a request that began at `startedAtMs` and takes `takesMs` in all. */
  accept(request: {
    readonly identity: string;
    readonly startedAtMs: number;
    readonly takesMs: number;
    readonly times: PendingTimes;
    /** Gives the answer; `isGivenUp` where that is 504. */
    readonly execute: (nowMs: number, isGivenUp: boolean) => Answer;
  }): Answer {
    const { identity, startedAtMs, takesMs, times, execute } = request;
    const isGivenUp = takesMs > times.giveUpAfterMs;
    const settlesAtMs = startedAtMs + Math.min(takesMs, times.giveUpAfterMs);
    const responseId = randomUUID();
    const kept: Kept = { identity, settlesAtMs, keptUntilMs: settlesAtMs + times.keepMs, answer: undefined };
    this.#kept.set(responseId, kept);
    if (this.#kept.size > maxKept) this.#kept.delete(this.#kept.keys().next().value as string);
    this.executeAt(settlesAtMs, (nowMs) => {
      kept.answer = execute(nowMs, isGivenUp);
    });
    return answerPending(responseId);
  }

  /** Has something done at a later moment: the request of a caller that did not wait. */
  executeAt(atMs: number, settle: (nowMs: number) => void): void {
    this.#due.push({ atMs, settle });
    this.#nextDueMs = Math.min(this.#nextDueMs, atMs);
  }

  /** Carries out what is due, in the order in which it fell due. */
  settle(nowMs: number): void {
    if (nowMs < this.#nextDueMs) return;
    const due = this.#due.filter(({ atMs }) => atMs <= nowMs).toSorted((a, b) => a.atMs - b.atMs);
    this.#due = this.#due.filter(({ atMs }) => atMs > nowMs);
    this.#nextDueMs = this.#due.reduce((next, { atMs }) => Math.min(next, atMs), Infinity);
    for (const { atMs, settle } of due) settle(atMs);
    for (const [id, { keptUntilMs }] of this.#kept) if (keptUntilMs <= nowMs) this.#kept.delete(id);
  }

  /** Answers a request that carries a `response-id`: once with the result, which is then gone. */
  pickUp(responseId: string, identity: string, nowMs: number): Answer {
    const kept = this.#kept.get(responseId);
    if (kept === undefined || kept.identity !== identity || nowMs >= kept.keptUntilMs) {
      return answerError(404, 'there is no response with this response-id for this request');
    }
    if (kept.answer === undefined) return answerPending(responseId);
    this.#kept.delete(responseId);
    return kept.answer;
  }

  /** Forgets every request. What was not carried out yet never is. */
  reset(): void {
    this.#kept.clear();
    this.#due = [];
    this.#nextDueMs = Infinity;
  }
}
