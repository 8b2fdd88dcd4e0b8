import { GatewayError } from '../../model/errors.ts';
import type { Signal } from '../../platform/abort.ts';
import type { Answered, Call } from '../call.ts';
import type { Endpoint } from '../endpoint.ts';
import { passwordGrant, refreshGrant, type GrantFields, type GrantedTokens } from '../endpoints/tokens.ts';
import { UpstreamError } from '../errors.ts';

/** What a login or a refresh gives. */
export interface Tokens extends Omit<GrantedTokens, 'expiresInMs'> {
  readonly expiresAtMs: number;
}

/** Until when a login may take, and what ends it earlier. */
export interface LoginLimits {
  readonly signal: Signal;
  readonly deadlineMs: number;
}

/** The token endpoint. A grant that is refused fails with `UNAUTHENTICATED`, whatever status said so. */
export interface TokenEndpoint {
  password(username: string, password: string, limits: LoginLimits): Promise<Tokens>;
  refresh(refreshToken: string, limits: LoginLimits): Promise<Tokens>;
}

/** Sends a call through the policies of its endpoint. */
export type SendCall = <Value>(
  endpoint: Endpoint<never, Value>,
  call: Omit<Call, 'endpoint'>,
) => Promise<Answered<Value>>;

/** Logins over a client: as any call, but without a credential, and paid for by no operation because many may wait for one. */
export const createTokenEndpoint = (send: SendCall): TokenEndpoint => {
  const grant = async (
    endpoint: Endpoint<GrantFields, GrantedTokens>,
    fields: GrantFields,
    limits: LoginLimits,
  ): Promise<Tokens> => {
    try {
      const call = { ...endpoint.request(fields), credentialKey: endpoint.name, ...limits };
      const { value, receivedAtMs } = await send(endpoint, call);
      const { expiresInMs, ...tokens } = value;
      return { ...tokens, expiresAtMs: receivedAtMs + expiresInMs };
    } catch (error) {
      // All retries of a login are over when it fails; the call that waits for it must not begin them again.
      throw error instanceof UpstreamError ? new GatewayError(error.code, error.message, error) : error;
    }
  };

  return {
    password: (username, password, limits) => grant(passwordGrant, { username, password }, limits),
    refresh: (refreshToken, limits) => grant(refreshGrant, { refresh_token: refreshToken }, limits),
  };
};
