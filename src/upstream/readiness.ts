import type { Clock } from '../platform/clock.ts';
import type { Breaker } from './policies/circuit-breaker.ts';
import { checkConnection } from './transport/connection-check.ts';

interface ProbeOptions {
  readonly baseUrl: string;
  readonly breaker: Pick<Breaker, 'state' | 'aliveAtMs'>;
  readonly clock: Clock;
}

/** How long what is known counts as known. */
const knownForMs = 10_000;
const connectTimeoutMs = 5000;

/**
 * Tells whether upstream can be reached without calling it: from a recent answer, from the breaker, or from a connection that is opened
 * and closed again, at most once in `knownForMs` however often it is asked. Never fails.
 */
export const createProbe = ({ baseUrl, breaker, clock }: ProbeOptions): (() => Promise<boolean>) => {
  let last: { readonly atMs: number; readonly isReachable: Promise<boolean> } | undefined;
  return () => {
    const nowMs = clock.nowMs();
    if (breaker.state === 'open') return Promise.resolve(false);
    if (breaker.aliveAtMs !== undefined && nowMs - breaker.aliveAtMs < knownForMs) return Promise.resolve(true);
    if (last === undefined || nowMs - last.atMs >= knownForMs) {
      const isReachable = checkConnection(baseUrl, connectTimeoutMs, clock).then(({ isOpen }) => isOpen);
      last = { atMs: nowMs, isReachable };
    }
    return last.isReachable;
  };
};
