import type { Endpoint } from '../endpoint.ts';
import { InvalidBodyError } from '../errors.ts';
import { asObject } from './reading.ts';

/** What a login or a refresh gives, as it came. */
export interface GrantedTokens {
  /** Secret. */
  readonly accessToken: string;
  /** Secret. Absent: the next renewal needs the password. */
  readonly refreshToken: string | undefined;
  readonly expiresInMs: number;
}

/** Fields of a grant, such as name and password. Secret. */
export type GrantFields = Readonly<Record<string, string>>;

/** Logs an API user in. */
export const passwordGrant: Endpoint<GrantFields, GrantedTokens> = grantOf('password');

/** Renews a login: both tokens are new then. Refused once the refresh token is used or has expired. */
export const refreshGrant: Endpoint<GrantFields, GrantedTokens> = grantOf('refresh_token');

/** The path is empty: the address of this domain is that of its one endpoint. */
function grantOf(type: 'password' | 'refresh_token'): Endpoint<GrantFields, GrantedTokens> {
  return {
    name: type === 'password' ? 'tokens.password' : 'tokens.refresh',
    domain: 'token',
    method: 'POST',
    repeat: 'safe',
    request: (fields) => ({
      path: '',
      body: {
        type: 'application/x-www-form-urlencoded',
        text: new URLSearchParams({ grant_type: type, ...fields }).toString(),
      },
    }),
    read: readTokens,
  };
}

function readTokens(body: unknown): GrantedTokens {
  const { access_token, refresh_token, token_type, expires_in } = asObject(body, 'the body');
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
    expiresInMs,
  };
}
