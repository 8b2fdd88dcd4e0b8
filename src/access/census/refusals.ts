import { LRUCache } from 'lru-cache';
import { GatewayError } from '../../model/errors.ts';
import type { Operation } from '../../model/operation.ts';
import { atMost } from '../../platform/at-most.ts';
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

/** Of so many credentials that is remembered. An account that is forgotten is walked, and refused, once more. */
const maxRemembered = 1000;

/** Remembers for an hour, for all who have the same credential: they see the same account. */
export const createRefusals = (clock: Clock): Refusals => {
  const all = new LRUCache<string, GatewayError>({
    ...atMost(maxRemembered),
    ttl: refusedForMs,
    ttlResolution: 0,
    perf: { now: () => clock.nowMs() },
  });
  return {
    of: ({ caller }) => all.get(caller?.credentialKey ?? ''),
    note({ caller }, error) {
      if (!isRefusal(error)) return false;
      all.set(caller?.credentialKey ?? '', error);
      return true;
    },
  };
};
