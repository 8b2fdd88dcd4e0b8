import { Aborter } from '../../platform/abort.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../model/errors.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Credentials } from '../policies/authorize.ts';
import type { LoginLimits, TokenEndpoint, Tokens } from './token-endpoint.ts';
import { untilAborted } from '../../platform/until-aborted.ts';

interface ServiceCredentialsOptions {
  readonly username: string;
  /** Secret. */
  readonly password: string;
  readonly endpoint: TokenEndpoint;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Longest that a login may take. It is shared, so it has a deadline of its own, as long as upstream's longest answer may take. */
const loginTimeoutMs = 150_000;

/** A token is renewed this long before it expires, or after four fifths of a shorter life. */
const renewAheadMs = 60_000;

/** After a refused login nobody tries again for this long: more wrong passwords could lock the user out. */
const refusedHoldMs = 30_000;

/** The credentials of the gateway itself, and how to let go of them. */
interface ServiceCredentials extends Credentials {
  /** Ends a login under way. */
  close(): void;
}

/**
 * One API user for everybody: logs in with the password, renews with the newest refresh token before the access token expires, and falls back to
 * the password once where a refresh is refused. However many wait, one login is under way, and nobody who leaves ends it for the others.
 */
export const createServiceCredentials = (options: ServiceCredentialsOptions): ServiceCredentials => {
  const { username, password, endpoint, clock, logger } = options;
  const closing = new Aborter();
  let tokens: (Tokens & { readonly renewAtMs: number }) | undefined;
  let renewal: Promise<Tokens> | undefined;
  let refused: { readonly error: GatewayError; readonly untilMs: number } | undefined;
  /** A token that came after a 401 and has not been accepted yet. */
  let unproven: { readonly accessToken: string; readonly holdUntilMs: number } | undefined;

  /** The login that is under way, or a new one. It rejects with a `GatewayError`. */
  const renew = (rejected?: string): Promise<Tokens> => {
    if (renewal !== undefined) return renewal;
    if (refused !== undefined && clock.nowMs() < refused.untilMs) return Promise.reject(refused.error);
    renewal = obtain(rejected).finally(() => {
      renewal = undefined;
    });
    return renewal;
  };

  const obtain = async (rejected: string | undefined): Promise<Tokens> => {
    const limits: LoginLimits = { signal: closing.signal, deadlineMs: clock.nowMs() + loginTimeoutMs };
    const refreshed = await refresh(rejected, limits);
    if (refreshed !== undefined) return keep(refreshed);
    try {
      return keep(await endpoint.password(username, password, limits));
    } catch (error) {
      if (isRefusal(error)) refused = { error, untilMs: clock.nowMs() + refusedHoldMs };
      throw error;
    }
  };

  /** Undefined where there is nothing to refresh with, or it is of no use. */
  const refresh = async (rejected: string | undefined, limits: LoginLimits): Promise<Tokens | undefined> => {
    const refreshToken = tokens?.refreshToken;
    if (refreshToken === undefined) return undefined;
    try {
      const refreshed = await endpoint.refresh(refreshToken, limits);
      return refreshed.accessToken === rejected ? undefined : refreshed;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      logger.info({}, 'upstream refused to refresh the token; logging in with the password');
      return undefined;
    }
  };

  const keep = (obtained: Tokens): Tokens => {
    const lifeMs = obtained.expiresAtMs - clock.nowMs();
    tokens = { ...obtained, renewAtMs: obtained.expiresAtMs - Math.min(renewAheadMs, lifeMs / 5) };
    refused = undefined;
    return obtained;
  };

  return {
    token({ operation, signal }) {
      if (operation?.caller === undefined) throw callerUnknown();
      const nowMs = clock.nowMs();
      if (tokens === undefined || nowMs >= tokens.expiresAtMs) {
        return untilAborted(renew(), signal).then(({ accessToken }) => accessToken);
      }
      // Still good, so nobody waits. Should the renewal fail, the next call tries again.
      if (nowMs >= tokens.renewAtMs) renew().catch(() => {});
      return tokens.accessToken;
    },
    async replace({ signal }, rejected) {
      if (tokens !== undefined && tokens.accessToken !== rejected) return tokens.accessToken;
      // A token that was new and was refused all the same: another login would not help, and must not follow every call.
      if (unproven?.accessToken === rejected && clock.nowMs() < unproven.holdUntilMs) return undefined;
      // From here on nobody takes the refused token any more.
      if (tokens !== undefined) tokens = { ...tokens, expiresAtMs: 0 };
      const { accessToken } = await untilAborted(renew(rejected), signal);
      unproven = { accessToken, holdUntilMs: clock.nowMs() + refusedHoldMs };
      return accessToken === rejected ? undefined : accessToken;
    },
    accepted(_call, token) {
      if (unproven?.accessToken === token) unproven = undefined;
    },
    // It is the gateway's own, and there is no other.
    isAccepted: () => true,
    close: () => closing.abort(new GatewayError('UPSTREAM_UNAVAILABLE', 'The gateway is shutting down. Ask again.')),
  };
};

const isRefusal = (error: unknown): error is GatewayError =>
  error instanceof GatewayError && error.code === 'UNAUTHENTICATED';

const callerUnknown = (): GatewayError =>
  new GatewayError(
    'UNAUTHENTICATED',
    'This question needs an API key of this gateway as `x-api-key`, or a token that it accepts as `Authorization: Bearer <token>`.',
  );
