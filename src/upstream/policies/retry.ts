import { sleep, type Clock } from '../../platform/clock.ts';
import type { ErrorCode } from '../../model/errors.ts';
import type { Random } from '../../platform/random.ts';
import { deadlineOf, type Call, type Policy } from '../call.ts';
import { UpstreamError } from '../errors.ts';

export interface RetryOptions {
  readonly clock: Clock;
  readonly random: Random;
}

const maxRetries = 3;
const firstDelayMs = 500;
const maxDelayMs = 8000;

/** How often what DESIGN §5 lists is tried again. What is not here is final. */
const retriesByCode: ReadonlyMap<ErrorCode, number> = new Map<ErrorCode, number>([
  ['RATE_LIMITED', maxRetries],
  ['UPSTREAM_UNAVAILABLE', maxRetries],
  ['UPSTREAM_TIMEOUT', maxRetries],
  ['UPSTREAM_ERROR', 1],
  ['UPSTREAM_INVALID_RESPONSE', 1],
]);

/**
 * Tries reads again as DESIGN §5 says, at most `maxRetries` times in all, with full jitter (the delay is anything from 0 to a bound that doubles) and never
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
        if (!(error instanceof UpstreamError) || retries >= maxRetries || !mayRetry(error, seen)) throw error;
        const delayMs = delayBefore(retries, error, random);
        // What is said of a pause that leaves no time is what upstream said: its status, and its request id.
        if (clock.nowMs() + Math.max(delayMs, error.retryAfterMs ?? 0) >= deadlineOf(call)) throw error;
        if (delayMs > 0) await sleep(clock, delayMs, call.signal);
        call = nextCall(call, error);
        if (call.operation !== undefined) call.operation.report.retries++;
      }
    }
  };

const mayRetry = (error: UpstreamError, seen: Map<ErrorCode, number>): boolean => {
  // Refusals of an odd kind (405, 415 …) share the code of a 500, but asking again cannot mend them.
  const isRefusal = error.code === 'UPSTREAM_ERROR' && (error.upstreamStatus ?? 500) < 500;
  const times = seen.get(error.code) ?? 0;
  seen.set(error.code, times + 1);
  return !isRefusal && times < (retriesByCode.get(error.code) ?? 0);
};

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
