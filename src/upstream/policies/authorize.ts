import { GatewayError } from '../../model/errors.ts';
import type { Call, Policy } from '../call.ts';
import { UpstreamError } from '../errors.ts';

/** Where the token of a call comes from. Both methods fail with a `GatewayError`, or with the reason of `call.signal`. */
export interface Credentials {
  /** A token that should be good. */
  token(call: Call): string | Promise<string>;
  /** A token that is not `rejected`, or undefined where there can be none. */
  replace(call: Call, rejected: string): Promise<string | undefined>;
  /** A call with this token succeeded. */
  accepted?(token: string): void;
}

/**
 * Puts the token on the call. After a 401 the call is sent once more, if a token can be had that is really another one. A 403 is about rights, which
 * a new token does not change.
 */
export const authorize =
  (credentials: Credentials): Policy =>
  (next) =>
  async (call) => {
    const had = credentials.token(call);
    const token = typeof had === 'string' ? had : await had;
    try {
      const answer = await next({ ...call, authorization: `Bearer ${token}` });
      credentials.accepted?.(token);
      return answer;
    } catch (error) {
      if (!(error instanceof UpstreamError) || error.upstreamStatus !== 401) throw error;
      const another = await credentials.replace(call, token);
      if (another === undefined) throw error;
      if (call.operation !== undefined) call.operation.report.retries++;
      const answer = await next({ ...call, authorization: `Bearer ${another}` });
      credentials.accepted?.(another);
      return answer;
    }
  };

/** The caller's own token goes upstream, which decides what the caller may see. Without one nothing is sent. */
export const passthroughCredentials: Credentials = {
  token({ operation }) {
    const token = operation?.caller?.bearerToken;
    if (token === undefined) {
      throw new GatewayError(
        'UNAUTHENTICATED',
        'This question needs a bearer token of ESET Connect. Get one with the name and password of an API user (`rolescope token` prints one) and send it as `Authorization: Bearer <token>`.',
      );
    }
    return token;
  },
  replace: () => Promise.resolve(undefined),
};
