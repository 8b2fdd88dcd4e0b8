import type { Clock } from '../../platform/clock.ts';
import { InvalidBodyError } from '../transport/read-answer.ts';

/** What a login or a refresh gives. */
export interface Tokens {
  /** Secret. */
  readonly accessToken: string;
  /** Secret. Absent: the next renewal needs the password. */
  readonly refreshToken: string | undefined;
  readonly expiresAtMs: number;
}

/** Reads the answer of `POST /oauth/token` (contract §2). Throws an `InvalidBodyError` where there is no bearer token in it, or no lifetime. */
export const readTokens = (body: unknown, clock: Clock): Tokens => {
  if (typeof body !== 'object' || body === null) throw new InvalidBodyError('the body is no object');
  const { access_token, refresh_token, token_type, expires_in } = body as Readonly<Record<string, unknown>>;
  if (typeof access_token !== 'string' || !/^[\x21-\x7e]+$/.test(access_token)) {
    throw new InvalidBodyError('there is no access token in it');
  }
  if (typeof token_type === 'string' && token_type.toLowerCase() !== 'bearer') {
    throw new InvalidBodyError('its token is no bearer token');
  }
  const expiresInMs = typeof expires_in === 'number' || typeof expires_in === 'string' ? Number(expires_in) * 1000 : 0;
  if (!(expiresInMs > 0 && Number.isFinite(expiresInMs))) throw new InvalidBodyError('its token has no lifetime');
  return {
    accessToken: access_token,
    refreshToken: typeof refresh_token === 'string' && refresh_token !== '' ? refresh_token : undefined,
    expiresAtMs: clock.nowMs() + expiresInMs,
  };
};
