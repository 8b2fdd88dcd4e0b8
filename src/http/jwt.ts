import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import { GatewayError } from '../model/errors.ts';
import type { ServiceCallers } from './authentication.ts';
import { unauthenticated } from './unauthenticated.ts';

type JwtCheckOptions = Pick<ServiceCallers, 'jwtIssuer' | 'jwtAudience' | 'clock'>;

/** Tokens that are remembered, so that most requests cost no signature check. */
const maxRemembered = 500;
/** How long a checked JWT is taken for good without another look at its signature, unless it expires before. */
const rememberJwtMs = 60_000;

/** The claims of a token. Rejects with `UNAUTHENTICATED` where it must not pass, with `INTERNAL` where it cannot be checked. */
export type JwtCheck = (token: string) => Promise<JWTPayload>;

/** Checks signature, issuer, audience and expiry against the keys at `jwksUrl`. */
export const createJwtCheck = ({ jwtIssuer, jwtAudience, clock }: JwtCheckOptions, jwksUrl: string): JwtCheck => {
  const keySet = createRemoteJWKSet(new URL(jwksUrl));
  const remembered = new LRUCache<string, { readonly claims: JWTPayload; readonly untilMs: number }>({
    max: maxRemembered,
  });
  return async (token) => {
    const known = remembered.get(token);
    if (known !== undefined && clock.nowMs() < known.untilMs) return known.claims;
    try {
      const { payload } = await jwtVerify(token, keySet, {
        currentDate: new Date(clock.nowMs()),
        requiredClaims: ['exp'],
        ...(jwtIssuer !== undefined && { issuer: jwtIssuer }),
        ...(jwtAudience !== undefined && { audience: jwtAudience }),
      });
      const untilMs = Math.min(clock.nowMs() + rememberJwtMs, (payload.exp ?? 0) * 1000);
      remembered.set(token, { claims: payload, untilMs });
      return payload;
    } catch (error) {
      throw jwtError(error);
    }
  };
};

const jwtError = (error: unknown): GatewayError => {
  if (error instanceof errors.JWTExpired) return unauthenticated('The token has expired. Get a new one.');
  if (error instanceof errors.JWTClaimValidationFailed) {
    return unauthenticated(`The token is not for this gateway: its claim ${error.claim} is not the one expected.`);
  }
  const isFetchFailure =
    !(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout || error.code === 'ERR_JOSE_GENERIC';
  return isFetchFailure
    ? new GatewayError('INTERNAL', 'The keys that tokens are checked with cannot be had at present. Ask again later.')
    : unauthenticated('The token is not one that this gateway accepts: its form or its signature is wrong.');
};
