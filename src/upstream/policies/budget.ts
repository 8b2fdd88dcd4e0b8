import type { Policy } from '../call.ts';

/**
 * Every attempt is paid for from the operation's budget before it queues for a slot, so that an operation that wants too much is
 * refused at once and not after minutes of waiting. Fails with `CALL_BUDGET_EXCEEDED`.
 */
export const budget: Policy = (next) => async (call) => {
  call.operation?.budget.take();
  return await next(call);
};
