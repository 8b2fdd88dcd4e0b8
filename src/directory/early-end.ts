import { GatewayError } from '../model/errors.ts';
import type { Operation } from '../model/operation.ts';
import { Aborter } from '../platform/abort.ts';
import type { Clock } from '../platform/clock.ts';

/** How long before an operation's deadline it stops waiting for names, at most: long enough to write an answer that says so. */
const maxMarginMs = 1000;
/** The share of the time left that is kept back where there is little. */
const marginShare = 0.1;

/**
 * Works for an operation that ends a little before its deadline. A name that is not there by then is unavailable, and the rest of the answer stands;
 * at the deadline itself everything that still waits would fail.
 */
export const endEarly = async <Value>(
  operation: Operation,
  clock: Clock,
  work: (operation: Operation) => Promise<Value>,
): Promise<Value> => {
  const { signal, deadlineMs } = operation;
  const aborter = new Aborter();
  const onAbort = (): void => aborter.abort(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  const leftMs = Math.max(0, deadlineMs - clock.nowMs());
  const earlyMs = deadlineMs - Math.min(maxMarginMs, leftMs * marginShare);
  const cancel = Number.isFinite(leftMs)
    ? clock.after(earlyMs - clock.nowMs(), () => aborter.abort(tooLate()))
    : undefined;
  try {
    return await work({ ...operation, signal: aborter.signal, deadlineMs: earlyMs });
  } finally {
    cancel?.();
    signal.removeEventListener('abort', onAbort);
  }
};

const tooLate = (): GatewayError =>
  new GatewayError('UPSTREAM_TIMEOUT', 'The names did not come in time. Ask again: what was read by then is kept.');
