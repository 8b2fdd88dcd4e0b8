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
export const createCallBudget = (limit: number): CallBudget => new CountedBudget(limit);

class CountedBudget implements CallBudget {
  readonly limit: number;
  #spent = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get spent(): number {
    return this.#spent;
  }

  get remaining(): number {
    return this.limit - this.#spent;
  }

  take(): void {
    if (this.#spent >= this.limit) {
      throw new GatewayError(
        'CALL_BUDGET_EXCEEDED',
        `This operation would cost more than the ${this.limit} upstream calls that one operation may cost. Ask for less at once, or narrow the question.`,
      );
    }
    this.#spent++;
  }
}
