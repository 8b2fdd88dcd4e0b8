import type { Clock } from '../../platform/clock.ts';
import type { Policy } from '../call.ts';
import type { RateQueue } from '../rate-limit/rate-queue.ts';
import { UpstreamError } from '../errors.ts';

/** The pause after a 429 that names none. */
const defaultPauseMs = 1000;

/** A call that leaves this soon after it got its slot needs no correction: the window's margin covers it. */
const promptMs = 10;

/**
 * Every call that goes on has its own slot of the credential's rate limit. A 429 pauses everyone of that credential; the error itself goes
 * on outwards, and another attempt waits here like everyone.
 */
export const rateLimit =
  (queue: RateQueue, clock: Clock): Policy =>
  (next) =>
  async (call) => {
    const slot = queue.slot(call);
    if (slot !== undefined) {
      const sinceMs = clock.nowMs();
      try {
        await slot;
      } finally {
        if (call.operation !== undefined) call.operation.report.waitedMs += clock.nowMs() - sinceMs;
      }
    }
    const givenAtMs = clock.nowMs();
    const onLeave = (): void => {
      call.onLeave?.();
      if (clock.nowMs() - givenAtMs > promptMs) queue.leave(call.credentialKey, givenAtMs);
    };
    try {
      return await next({ ...call, onLeave });
    } catch (error) {
      if (error instanceof UpstreamError && error.code === 'RATE_LIMITED') {
        await queue.backOff(call.credentialKey, error.retryAfterMs ?? defaultPauseMs);
      }
      throw error;
    }
  };
