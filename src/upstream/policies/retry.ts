import { sleep, type Clock } from '../../platform/clock.ts';
import type { ErrorCode } from '../../model/errors.ts';
import type { Random } from '../../platform/random.ts';
import { deadlineOf, type Call, type Policy } from '../call.ts';
import { OversizedAnswerError, UpstreamError } from '../errors.ts';

interface RetryOptions {
  readonly clock: Clock;
  readonly random: Random;
}

const maxRetries = 3;
const firstDelayMs = 500;
const maxDelayMs = 8000;

/** How often a read is tried again after which error. What is not here is final. */
const retriesByCode: ReadonlyMap<ErrorCode, number> = new Map<ErrorCode, number>([
  ['RATE_LIMITED', maxRetries],
  ['UPSTREAM_UNAVAILABLE', maxRetries],
  ['UPSTREAM_TIMEOUT', maxRetries],
  ['UPSTREAM_ERROR', 1],
  ['UPSTREAM_INVALID_RESPONSE', 1],
]);

/**
 * Tries again what may be: a read after every fault that can pass, a write only where upstream surely did not take it. At most `maxRetries` times in all, with full jitter (the delay is anything from 0 to a bound that doubles) and never
 * earlier than `Retry-After` asks. A wait that would end after the deadline is not begun: the error stands. After a 429 there is no delay
 * of its own, because the rate limit inside holds every attempt back for the pause.
 */
export const retry =
  ({ clock, random }: RetryOptions): Policy =>
  (next) =>
  async (first) => {
    let call = first;
    const seen = new Map<ErrorCode, number>();
    for (let retries = 0; ; retries++) {
      try {
        return await next(call);
      } catch (error) {
        if (!(error instanceof UpstreamError) || retries >= maxRetries || !mayRetry(call, error, seen)) throw error;
        const delayMs = delayBefore(retries, error, random);
        // What is said of a pause that leaves no time is what upstream said: its status, and its request id.
        if (clock.nowMs() + Math.max(delayMs, error.retryAfterMs ?? 0) >= deadlineOf(call)) throw error;
        if (delayMs > 0) await sleep(clock, delayMs, call.signal);
        call = nextCall(call, error);
        if (call.operation !== undefined) call.operation.report.retries++;
      }
    }
  };

const mayRetry = (call: Call, error: UpstreamError, seen: Map<ErrorCode, number>): boolean => {
  const times = seen.get(error.code) ?? 0;
  seen.set(error.code, times + 1);
  if (times >= (retriesByCode.get(error.code) ?? 0)) return false;
  if (error instanceof OversizedAnswerError) return false;
  if (call.endpoint.repeat === 'never') return isUntaken(call, error);
  // Refusals of an odd kind (405, 415, 501 …) share the code of a 500, but asking again cannot change them.
  const status = error.upstreamStatus ?? 500;
  return !(error.code === 'UPSTREAM_ERROR' && (status < 500 || status === 501));
};

/**
 * Whether sending a write again cannot carry it out twice: upstream took nothing (429, no connection), or the attempt was a poll that was lost on
 * its way. A poll names the write that it asks after, so it is none itself.
 */
const isUntaken = ({ responseId }: Call, { code, outcome, upstreamStatus }: UpstreamError): boolean =>
  code === 'RATE_LIMITED' || outcome === 'notSent' || (responseId !== undefined && upstreamStatus === undefined);

const delayBefore = (retries: number, error: UpstreamError, random: Random): number => {
  if (error.code === 'RATE_LIMITED') return 0;
  return (error.retryAfterMs ?? 0) + random.number() * Math.min(maxDelayMs, firstDelayMs * 2 ** retries);
};

/**
 * Upstream forgets a pending answer as soon as it has answered anything but 202, so the next attempt starts over. A 429 is no answer to the
 * question, and a connection that broke is none at all: the id stays.
 */
const nextCall = (call: Call, { upstreamStatus }: UpstreamError): Call =>
  call.responseId === undefined || upstreamStatus === undefined || upstreamStatus === 429
    ? call
    : { ...call, responseId: undefined };
