import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../model/errors.ts';
import { deadlineOf, type Call, type Policy } from '../call.ts';
import { deadlinePassed } from '../errors.ts';

/**
 * Nothing starts after the deadline or once the signal has aborted, and an abort leaves as a `GatewayError`: the signal's reason where it is
 * one (a shutdown says so itself), `UPSTREAM_TIMEOUT` where the deadline has passed, else `UPSTREAM_UNAVAILABLE` for a caller who left.
 * The waits inside end by `call.signal`, so no timer is needed here.
 */
export const deadline =
  (clock: Clock): Policy =>
  (next) =>
  async (call) => {
    if (call.signal.aborted || clock.nowMs() >= deadlineOf(call)) throw endOf(call, clock);
    try {
      return await next(call);
    } catch (error) {
      throw error instanceof GatewayError || !call.signal.aborted ? error : endOf(call, clock);
    }
  };

const endOf = (call: Call, clock: Clock): GatewayError => {
  const { reason } = call.signal;
  if (reason instanceof GatewayError) return reason;
  return clock.nowMs() >= deadlineOf(call)
    ? deadlinePassed()
    : new GatewayError('UPSTREAM_UNAVAILABLE', 'The operation was ended before ESET Connect answered. Ask again.');
};
