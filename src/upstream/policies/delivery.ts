import { GatewayError } from '../../model/errors.ts';
import type { Call, Delivery, Policy } from '../call.ts';
import { UpstreamError } from '../errors.ts';

/**
 * What a failed write leaves with says in `outcome` whether it was carried out, whatever became of its last attempt: a call that waits for a slot after a
 * first attempt was lost is `unknown`, one that was refused by 429 before is `notSent`. Outermost of all, because it has to see every end.
 */
export const tellOutcome: Policy = (next) => async (call) => {
  if (call.endpoint.repeat === 'safe') return await next(call);
  const delivery: Delivery = { isUnsettled: false };
  try {
    return await next({ ...call, delivery });
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const isRefused = error instanceof UpstreamError && error.outcome === 'refused';
    const outcome = delivery.isUnsettled ? 'unknown' : isRefused ? 'refused' : 'notSent';
    const { code, message, requestId, retryAfterMs, upstreamStatus } = error;
    throw new GatewayError(code, message, { requestId, retryAfterMs, upstreamStatus, outcome, cause: error });
  }
};

/** Notes of every attempt of a write whether it left, and whether upstream said that it did not carry it out. */
export const noteDelivery: Policy = (next) => async (call) => {
  const { delivery } = call;
  if (delivery === undefined) return await next(call);
  const onLeave = (): void => {
    delivery.isUnsettled = true;
    call.onLeave?.();
  };
  const wasUnsettled = delivery.isUnsettled;
  try {
    return await next({ ...call, onLeave });
  } catch (error) {
    if (error instanceof UpstreamError && isSettledBy(error, call)) delivery.isUnsettled = false;
    else if (error instanceof UpstreamError && error.outcome === 'notSent') delivery.isUnsettled = wasUnsettled;
    throw error;
  }
};

/** A refused token and a 429 say of a poll that it was refused, and nothing of the write that it asks after. */
const isSettledBy = ({ outcome, upstreamStatus }: UpstreamError, { responseId }: Call): boolean =>
  outcome === 'refused' && !(responseId !== undefined && (upstreamStatus === 401 || upstreamStatus === 429));
