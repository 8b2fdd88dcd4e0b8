import { createHash } from 'node:crypto';
import { sleep, type Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../model/errors.ts';
import { keyPart } from '../../platform/key-part.ts';
import { deadlineOf, type Answer, type Call, type PendingAnswer, type Policy, type Send } from '../call.ts';
import type { PendingStore } from '../pending/store.ts';
import { untilAborted } from '../../platform/until-aborted.ts';
import { isLostAnswer, lostAnswer, UpstreamError } from '../errors.ts';
import { RenewedMap } from '../../platform/renewed.ts';

interface PollOptions {
  readonly clock: Clock;
  /** Where handles wait for the next identical question. */
  readonly store: PendingStore;
}

const firstDelayMs = 1000;
const maxDelayMs = 5000;

/** How a wait ended, for those who shared it. Undefined: the one who polled had to stop, and somebody else may go on. */
type End<Value> = { readonly answer: Answer<Value> } | { readonly error: UpstreamError } | undefined;

/**
 * Waits for pending answers: sends the identical call with the `response-id` that it was given, after 1, 2, 4 and then every 5 seconds, until something
 * else than 202 comes. A 404 on such a call means "start over", once for a read and never for a write, which may have been carried out. Where the deadline comes first the error is
 * `UPSTREAM_PENDING`, and the handle is kept, so that the next identical call of the credential picks the answer up. One handle has one
 * poller: identical calls wait for what it gets, and one of them goes on when it has to stop.
 */
export const poll =
  ({ clock, store }: PollOptions): Policy =>
  <Value>(next: Send<Value>): Send<Value> => {
    const polling = new RenewedMap<string, Promise<End<Value>>>();

    /** Registers the work under its question for as long as it lasts. */
    const share = (key: string, work: Promise<Answer<Value>>): Promise<Answer<Value>> => {
      const over = (end: End<Value>): End<Value> => {
        polling.delete(key);
        return end;
      };
      polling.set(
        key,
        work.then(
          (answer) => over({ answer }),
          (error: Error) => over(error instanceof UpstreamError ? { error } : undefined),
        ),
      );
      return work;
    };

    /** Polls until there is an answer. `delayMs`: before the first call. */
    const pursue = async (
      call: Call,
      key: string,
      firstId: string | undefined,
      delayMs: number,
    ): Promise<Answer<Value>> => {
      let responseId = firstId;
      let waitMs = delayMs;
      let backoffMs = Math.max(firstDelayMs, 2 * delayMs);
      let hasStartedOver = false;
      call.operation?.onPending?.();
      try {
        for (;;) {
          if (clock.nowMs() + waitMs >= deadlineOf(call)) throw stillPending(waitMs);
          if (waitMs > 0) await sleep(clock, waitMs, call.signal);
          try {
            const answer = await next({ ...call, responseId });
            if (!answer.isPending) return answer;
            responseId = handleOf(answer, call);
            waitMs = Math.max(Math.min(maxDelayMs, backoffMs), answer.retryAfterMs ?? 0);
            backoffMs *= 2;
          } catch (error) {
            if (!isLostAnswer(error) || hasStartedOver || call.endpoint.repeat === 'never') throw error;
            hasStartedOver = true;
            responseId = undefined;
            waitMs = 0;
          }
        }
      } catch (error) {
        if (responseId === undefined || isAnswer(error)) throw error;
        await store.put(key, responseId);
        throw isOutOfTime(error, call, clock) ? stillPending() : error;
      }
    };

    return async (call) => {
      const key = questionKey(call);
      for (;;) {
        const shared = polling.get(key);
        if (shared === undefined) {
          const taken = store.take(key);
          const kept = taken instanceof Promise ? await taken : taken;
          if (kept !== undefined) return await share(key, pursue(call, key, kept, 0));
          const answer = await next(call);
          if (!answer.isPending) return answer;
          const waitMs = Math.max(firstDelayMs, answer.retryAfterMs ?? 0);
          if (!polling.has(key)) return await share(key, pursue(call, key, handleOf(answer, call), waitMs));
        } else {
          const end = await untilAborted(shared, call.signal).catch((error: unknown) => {
            throw isOutOfTime(error, call, clock) ? stillPending() : error;
          });
          if (end !== undefined && 'error' in end) throw end.error;
          if (end !== undefined) return end.answer;
        }
      }
    };
  };

/** Length-prefixed, so that no credential and question can be read as another pair. Two bodies are two questions. */
const questionKey = ({ credentialKey, endpoint, path, body }: Call): string =>
  keyPart(credentialKey) +
  keyPart(endpoint.name) +
  keyPart(path) +
  (body === undefined ? '' : createHash('sha256').update(body.text).digest('base64url'));

/** What to ask after the answer with. A read without one is asked again from the start; a write that way would be a second one. */
const handleOf = ({ responseId, requestId }: PendingAnswer, { endpoint }: Call): string | undefined => {
  if (responseId === undefined && endpoint.repeat === 'never') throw lostAnswer({ requestId });
  return responseId;
};

/** Upstream answered the question, and thereby forgot the handle. A refused token or a 429 is no answer to it. */
const isAnswer = (error: unknown): boolean =>
  error instanceof UpstreamError &&
  error.upstreamStatus !== undefined &&
  error.upstreamStatus !== 401 &&
  error.upstreamStatus !== 429;

/** Whether the wait had to stop because of the deadline: by abort, by the shortened last attempt, or because no slot came in time. */
const isOutOfTime = (error: unknown, call: Call, clock: Clock): boolean =>
  error instanceof GatewayError
    ? !(error instanceof UpstreamError) && (error.code === 'UPSTREAM_TIMEOUT' || error.code === 'RATE_LIMITED')
    : call.signal.aborted && clock.nowMs() >= deadlineOf(call);

/** What an operation is told that must stop waiting for a pending answer. */
export const stillPending = (retryAfterMs = maxDelayMs): GatewayError =>
  new GatewayError(
    'UPSTREAM_PENDING',
    'ESET Connect is still working on the answer. Ask the same question again within ten minutes: the work is picked up and not started over.',
    { retryAfterMs },
  );
