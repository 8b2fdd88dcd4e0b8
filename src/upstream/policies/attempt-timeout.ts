import { Aborter } from '../../platform/abort.ts';
import type { Clock } from '../../platform/clock.ts';
import { deadlineOf, type Policy } from '../call.ts';
import { deadlinePassed, timedOut } from '../errors.ts';

/**
 * One attempt takes at most `limitMs`, and never outlasts the deadline. Fails with an `UpstreamError` `UPSTREAM_TIMEOUT` where the limit was
 * the shorter, so that another attempt may follow, and with a plain one where the deadline was.
 *
 * The limit must be longer than the 50 s after which upstream may still say "pending": who gives up earlier never hears it.
 */
export const attemptTimeout =
  (limitMs: number, clock: Clock): Policy =>
  (next) =>
  async (call) => {
    const limitAtMs = clock.nowMs() + limitMs;
    const limit = new Aborter();
    let hasLeft = false;
    let cancelTimer = (): void => {};
    const arm = (): void => {
      const deadlineMs = deadlineOf(call);
      const isLimitFirst = limitAtMs < deadlineMs;
      cancelTimer = clock.after(Math.min(limitAtMs, deadlineMs) - clock.nowMs(), () => {
        if (isLimitFirst) limit.abort(timedOut(limitMs, hasLeft ? 'unknown' : 'notSent'));
        // Somebody more patient waits for the call by now.
        else if (deadlineOf(call) > deadlineMs) arm();
        else limit.abort(deadlinePassed());
      });
    };
    arm();
    const onAbort = (): void => limit.abort(call.signal.reason);
    call.signal.addEventListener('abort', onAbort, { once: true });
    try {
      call.signal.throwIfAborted();
      const onLeave = (): void => {
        hasLeft = true;
        call.onLeave?.();
      };
      return await next({ ...call, signal: limit.signal, onLeave });
    } finally {
      cancelTimer();
      call.signal.removeEventListener('abort', onAbort);
    }
  };
