import { LRUCache } from 'lru-cache';
import { atMost } from '../../platform/at-most.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../model/errors.ts';
import type { Policy } from '../call.ts';
import { UpstreamError } from '../errors.ts';

export type BreakerState = 'closed' | 'open' | 'half-open';

export interface Breaker {
  readonly policy: Policy;
  /** For everybody; what is open for one credential alone does not show here. */
  readonly state: BreakerState;
  /** When the domain last showed that it lives. */
  readonly aliveAtMs: number | undefined;
}

/** Failures in a row, with no answer of any other kind between, that mean "dead". A tenth of calls failing never comes near. */
const failuresToOpen = 10;
const firstOpenMs = 5000;
const maxOpenMs = 60_000;

/** Credentials whose failures are counted at the same time. */
const maxCredentials = 1000;

/** Counts failures in a row, and is open for a while once they are many. */
interface Circuit {
  failures: number;
  openMs: number;
  openUntilMs: number | undefined;
  isProbing: boolean;
}

const createCircuit = (): Circuit => ({ failures: 0, openMs: firstOpenMs, openUntilMs: undefined, isProbing: false });

/**
 * Answers fast while a domain is dead: after `failuresToOpen` attempts in a row without a sign of life, calls are refused with
 * `UPSTREAM_UNAVAILABLE` and `retryAfterMs`, but for one probe when the time is up. The probe's success closes the circuit, its failure doubles the time.
 *
 * There is one circuit for everybody and one for each credential. A connection that cannot be made counts for everybody, and so do 5xx answers to several
 * credentials. What fails after a connection was made (silence, a reset, 5xx answers to one credential, as fair use gives) counts for
 * that credential alone: one caller's questions that take too long must not shut out the others.
 */
export const createBreaker = (clock: Clock): Breaker => {
  const everyones = createCircuit();
  const byCredential = new LRUCache<string, Circuit>(atMost(maxCredentials));
  let aliveAtMs: number | undefined;
  /** Whose answers failed last, and whether there were others since the last sign of life. */
  let lastFailing: string | undefined;
  let isAboutAll = false;

  const noteAlive = (credentialKey: string): void => {
    aliveAtMs = clock.nowMs();
    Object.assign(everyones, createCircuit());
    lastFailing = undefined;
    isAboutAll = false;
    byCredential.delete(credentialKey);
  };

  const fail = (circuit: Circuit, isProbe: boolean): void => {
    circuit.failures++;
    const isNew = circuit.failures >= failuresToOpen && circuit.openUntilMs === undefined;
    if (!isProbe && !isNew) return;
    circuit.openMs = isProbe ? Math.min(maxOpenMs, circuit.openMs * 2) : firstOpenMs;
    circuit.openUntilMs = clock.nowMs() + circuit.openMs;
  };

  const circuitOf = (credentialKey: string): Circuit => {
    const known = byCredential.get(credentialKey);
    if (known !== undefined) return known;
    const circuit = createCircuit();
    byCredential.set(credentialKey, circuit);
    return circuit;
  };

  const noteFailure = (error: UpstreamError, credentialKey: string, probed: readonly Circuit[]): void => {
    const isUnreachable = error.outcome === 'notSent';
    if (!isUnreachable) fail(circuitOf(credentialKey), probed.includes(circuitOf(credentialKey)));
    // Silence and resets say nothing about everybody.
    if (!isUnreachable && error.upstreamStatus === undefined) return;
    isAboutAll ||= isUnreachable || (lastFailing !== undefined && lastFailing !== credentialKey);
    lastFailing = credentialKey;
    if (isAboutAll) fail(everyones, probed.includes(everyones));
    else everyones.failures++;
  };

  const policy: Policy = (next) => async (call) => {
    const { credentialKey } = call;
    const open = [everyones, byCredential.get(credentialKey)].filter((circuit) => circuit?.openUntilMs !== undefined);
    const probed = open as Circuit[];
    for (const { openUntilMs = 0, isProbing } of probed) {
      const leftMs = openUntilMs - clock.nowMs();
      if (leftMs > 0 || isProbing) throw refusal(Math.max(leftMs, 1000));
    }
    for (const circuit of probed) circuit.isProbing = true;
    try {
      const answer = await next(call);
      noteAlive(credentialKey);
      return answer;
    } catch (error) {
      if (isFailure(error)) noteFailure(error, credentialKey, probed);
      else if (error instanceof UpstreamError && !isUnsentTimeout(error)) noteAlive(credentialKey);
      // Anything else (no slot, a caller who left) tells nothing about upstream; after such a probe the next call is one.
      throw error;
    } finally {
      for (const circuit of probed) circuit.isProbing = false;
    }
  };

  return {
    policy,
    get aliveAtMs() {
      return aliveAtMs;
    },
    get state() {
      const { openUntilMs, isProbing } = everyones;
      if (openUntilMs === undefined) return 'closed';
      return isProbing || clock.nowMs() >= openUntilMs ? 'half-open' : 'open';
    },
  };
};

/** 501 is an answer: that there is nothing to be had. */
const isFailure = (error: unknown): error is UpstreamError =>
  error instanceof UpstreamError &&
  (error.upstreamStatus === undefined
    ? error.code !== 'UPSTREAM_INVALID_RESPONSE' && !isUnsentTimeout(error)
    : error.upstreamStatus >= 500 && error.upstreamStatus !== 501);

/** It waited for one of the connections, which others hold. Where none could be made there is an error of its own. */
const isUnsentTimeout = ({ code, outcome }: UpstreamError): boolean =>
  code === 'UPSTREAM_TIMEOUT' && outcome === 'notSent';

const refusal = (retryAfterMs: number): GatewayError =>
  new GatewayError(
    'UPSTREAM_UNAVAILABLE',
    'ESET Connect has failed many times in a row and is left alone for a moment. Ask again after the pause.',
    { retryAfterMs: Math.ceil(retryAfterMs) },
  );
