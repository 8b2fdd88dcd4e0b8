import { createHash } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import { atMost } from '../platform/at-most.ts';
import type { Clock } from '../platform/clock.ts';
import { GatewayError } from '../model/errors.ts';
import type { KeySet } from './key-set.ts';
import { unauthenticated } from './unauthenticated.ts';

interface JwtCheckOptions {
  /** Absent: any issuer whose keys are in the set. */
  readonly issuer?: string | undefined;
  /** Absent: any audience. */
  readonly audience?: string | undefined;
  readonly keys: KeySet;
  readonly clock: Clock;
}

/** Tokens that are remembered, so that most requests cost no signature check. */
const maxRemembered = 500;
/** How long a checked JWT is taken for good without another look at its signature, unless it expires before. */
const rememberMs = 60_000;
/** How long a refused one is refused without another look. */
const rememberRefusedMs = 10_000;

/**
 * The claims of a token. Rejects with `UNAUTHENTICATED` where it must not pass, with `UPSTREAM_UNAVAILABLE` where it cannot be checked because the
 * keys cannot be had.
 */
export type JwtCheck = (token: string) => Promise<JWTPayload>;

interface Checked {
  readonly claims: Promise<JWTPayload>;
  /** Until when that stands; absent while it is being found out. */
  untilMs?: number;
}

/** Checks signature, issuer, audience and expiry. A token is checked once, however many requests bring it at the same time. */
export const createJwtCheck = ({ issuer, audience, keys, clock }: JwtCheckOptions): JwtCheck => {
  const checked = new LRUCache<string, Checked>(atMost(maxRemembered));

  const verify = async (token: string): Promise<JWTPayload> => {
    try {
      const { payload } = await jwtVerify(token, keys.getKey, {
        currentDate: new Date(clock.nowMs()),
        requiredClaims: ['exp'],
        ...(issuer !== undefined && { issuer }),
        ...(audience !== undefined && { audience }),
      });
      return payload;
    } catch (error) {
      throw jwtError(error);
    }
  };

  return (token) => {
    // The token itself is not kept: it is a secret, and may be long.
    const key = createHash('sha256').update(token).digest('base64');
    const known = checked.get(key);
    if (known !== undefined && (known.untilMs === undefined || clock.nowMs() < known.untilMs)) return known.claims;
    const fresh: Checked = { claims: verify(token) };
    checked.set(key, fresh);
    fresh.claims.then(
      ({ exp = 0 }) => {
        fresh.untilMs = Math.min(clock.nowMs() + rememberMs, exp * 1000);
      },
      (error: GatewayError) => {
        // What could not be checked is nobody's fault, and may be found out the next time.
        if (error.code === 'UNAUTHENTICATED') fresh.untilMs = clock.nowMs() + rememberRefusedMs;
        else if (checked.get(key) === fresh) checked.delete(key);
      },
    );
    return fresh.claims;
  };
};

const jwtError = (error: unknown): GatewayError => {
  if (error instanceof GatewayError) return error;
  if (error instanceof errors.JWTExpired) return unauthenticated('The token has expired. Get a new one.');
  if (error instanceof errors.JWTClaimValidationFailed) {
    return unauthenticated(`The token is not for this gateway: its claim ${error.claim} is not the one expected.`);
  }
  return unauthenticated('The token is not one that this gateway accepts: its form or its signature is wrong.');
};
