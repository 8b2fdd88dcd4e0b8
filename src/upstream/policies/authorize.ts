import type { Call, Policy } from '../call.ts';
import { UpstreamError } from '../errors.ts';

/** Where the token of a call comes from. `token` and `replace` fail with a `GatewayError`, or with the reason of `call.signal`. */
export interface Credentials {
  /** A token that should be good. */
  token(call: Call): string | Promise<string>;
  /** A token that is not `rejected`, or undefined where there can be none. */
  replace(call: Call, rejected: string): Promise<string | undefined>;
  /** The call succeeded with this token. */
  accepted(call: Call, token: string): void;
  /** Upstream does not take the credential, and there is no other. */
  refused?(call: Call, error: UpstreamError): void;
  /** Whether upstream has shown that it takes this credential. */
  isAccepted(credentialKey: string): boolean;
}

/**
 * Puts the token on the call. After a 401 the call is sent once more, if a token can be had that is really another one. A 403 is about rights, which
 * a new token does not change.
 */
export const authorize =
  (credentials: Credentials): Policy =>
  (next) =>
  async (call) => {
    const send = async (token: string) => {
      const answer = await next({ ...call, authorization: `Bearer ${token}` });
      credentials.accepted(call, token);
      return answer;
    };

    const had = credentials.token(call);
    const token = typeof had === 'string' ? had : await had;
    try {
      return await send(token);
    } catch (error) {
      if (!isUnauthenticated(error)) throw error;
      const another = error.upstreamStatus === 401 ? await credentials.replace(call, token) : undefined;
      if (another === undefined) {
        credentials.refused?.(call, error);
        throw error;
      }
      if (call.operation !== undefined) call.operation.report.retries++;
      return await send(another);
    }
  };

const isUnauthenticated = (error: unknown): error is UpstreamError =>
  error instanceof UpstreamError && error.code === 'UNAUTHENTICATED';
