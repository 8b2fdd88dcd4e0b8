import { GatewayError } from '../../model/errors.ts';
import type { Operation } from '../../model/operation.ts';
import type { Clock } from '../../platform/clock.ts';

/** Which accounts have had no room in memory. */
export interface Refusals {
  /** Why the account that an operation sees is not read into memory now. Undefined: it may be tried. */
  of(operation: Operation): GatewayError | undefined;
  /** Keeps what an operation was refused with, where that is a refusal; false for any other error. */
  note(operation: Operation, error: unknown): boolean;
}

/** Whether an error says that an account is larger than may be read into memory. */
export const isRefusal = (error: unknown): error is GatewayError =>
  error instanceof GatewayError && error.code === 'CALL_BUDGET_EXCEEDED';

/** How long such an account is not walked again to be kept in memory: each try costs calls, and fills memory before it is refused. */
const refusedForMs = 3_600_000;

/** Remembers for an hour, for all who have the same credential: they see the same account. */
export const createRefusals = (clock: Clock): Refusals => {
  const all = new Map<string, { readonly error: GatewayError; readonly untilMs: number }>();
  return {
    of({ caller }) {
      const key = caller?.credentialKey ?? '';
      const refusal = all.get(key);
      if (refusal === undefined || refusal.untilMs > clock.nowMs()) return refusal?.error;
      all.delete(key);
      return undefined;
    },
    note({ caller }, error) {
      if (!isRefusal(error)) return false;
      all.set(caller?.credentialKey ?? '', { error, untilMs: clock.nowMs() + refusedForMs });
      return true;
    },
  };
};
