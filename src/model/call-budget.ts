import { GatewayError } from './errors.ts';

/** Counts the upstream calls of one operation. Every attempt counts, retries and polls included. */
export interface CallBudget {
  readonly limit: number;
  readonly spent: number;
  readonly remaining: number;
  /** Takes one call, or throws `CALL_BUDGET_EXCEEDED`. */
  take(): void;
}

/** A budget of `limit` calls. */
export const createCallBudget = (limit: number): CallBudget => {
  let spent = 0;
  return {
    limit,
    get spent() {
      return spent;
    },
    get remaining() {
      return limit - spent;
    },
    take() {
      if (spent >= limit) {
        throw new GatewayError(
          'CALL_BUDGET_EXCEEDED',
          `This operation would cost more than the ${limit} upstream calls that one operation may cost. Ask for less at once, or narrow the question.`,
        );
      }
      spent++;
    },
  };
};
