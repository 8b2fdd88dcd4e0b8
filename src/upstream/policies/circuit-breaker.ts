import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../model/errors.ts';
import type { Policy } from '../call.ts';
import { UpstreamError } from '../errors.ts';

export type BreakerState = 'closed' | 'open' | 'half-open';

export interface Breaker {
  readonly policy: Policy;
  readonly state: BreakerState;
  /** When upstream last showed that it lives. */
  readonly aliveAtMs: number | undefined;
}

/** Failures in a row, with no answer of any other kind between, that mean "dead". A tenth of calls failing never comes near. */
const failuresToOpen = 10;
const firstOpenMs = 5000;
const maxOpenMs = 60_000;

/**
 * Answers fast while upstream is dead: after `failuresToOpen` attempts in a row without a usable sign of life, everyone is refused with
 * `UPSTREAM_UNAVAILABLE` and `retryAfterMs`, but for one probe when the time is up. The probe's success closes the breaker, its failure doubles the time.
 * One for the whole upstream: only connection faults, timeouts and 5xx count, because every other answer shows that it lives. While nothing but
 * answers to one credential failed (fair use refuses with 50x), the others are let through, and their first success closes it for all.
 */
export const createBreaker = (clock: Clock): Breaker => {
  let failures = 0;
  let openMs = firstOpenMs;
  let openUntilMs: number | undefined;
  let isProbing = false;
  let aliveAtMs: number | undefined;
  /** Whose answers failed, where it was nobody else's and each was an answer. */
  let onlyFailing: string | undefined;

  const open = (forMs: number): void => {
    openMs = forMs;
    openUntilMs = clock.nowMs() + forMs;
  };
  const close = (): void => {
    aliveAtMs = clock.nowMs();
    failures = 0;
    openMs = firstOpenMs;
    openUntilMs = undefined;
  };

  const noteFailure = (error: UpstreamError, credentialKey: string): void => {
    const isOneCredential = failures === 0 || onlyFailing === credentialKey;
    onlyFailing = isOneCredential && error.upstreamStatus !== undefined ? credentialKey : undefined;
    failures++;
  };

  const policy: Policy = (next) => async (call) => {
    const isAffected = onlyFailing === undefined || onlyFailing === call.credentialKey;
    const isProbe = openUntilMs !== undefined && isAffected;
    if (openUntilMs !== undefined && isAffected) {
      const leftMs = openUntilMs - clock.nowMs();
      if (leftMs > 0 || isProbing) throw refusal(Math.max(leftMs, 1000));
      isProbing = true;
    }
    try {
      const answer = await next(call);
      close();
      return answer;
    } catch (error) {
      if (isFailure(error)) {
        noteFailure(error, call.credentialKey);
        if (isProbe) open(Math.min(maxOpenMs, openMs * 2));
        else if (failures >= failuresToOpen && openUntilMs === undefined) open(firstOpenMs);
      } else if (error instanceof UpstreamError) {
        close();
      }
      // Anything else (no slot, a caller who left) tells nothing about upstream; after such a probe the next call is one.
      throw error;
    } finally {
      if (isProbe) isProbing = false;
    }
  };

  return {
    policy,
    get aliveAtMs() {
      return aliveAtMs;
    },
    get state() {
      if (openUntilMs === undefined) return 'closed';
      return isProbing || clock.nowMs() >= openUntilMs ? 'half-open' : 'open';
    },
  };
};

const isFailure = (error: unknown): error is UpstreamError =>
  error instanceof UpstreamError &&
  (error.upstreamStatus === undefined ? error.code !== 'UPSTREAM_INVALID_RESPONSE' : error.upstreamStatus >= 500);

const refusal = (retryAfterMs: number): GatewayError =>
  new GatewayError(
    'UPSTREAM_UNAVAILABLE',
    'ESET Connect has failed many times in a row and is left alone for a moment. Ask again after the pause.',
    { retryAfterMs: Math.ceil(retryAfterMs) },
  );
