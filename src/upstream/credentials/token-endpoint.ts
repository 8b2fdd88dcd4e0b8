import type { Signal } from '../../platform/abort.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError, type GatewayErrorDetails } from '../../model/errors.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Random } from '../../platform/random.ts';
import { attempt } from '../policies/attempt-timeout.ts';
import { createBreaker } from '../policies/circuit-breaker.ts';
import { compose, type Call, type Policy } from '../call.ts';
import { deadline } from '../policies/deadline.ts';
import { observe, type OnAttempt } from '../policies/observe.ts';
import { createPendingStore } from '../pending/store.ts';
import { poll } from '../policies/poll.ts';
import { rateLimit } from '../policies/rate-limit.ts';
import { createRateQueue } from '../rate-limit/rate-queue.ts';
import { createRateWindow } from '../rate-limit/sliding-window.ts';
import { readAnswers } from '../transport/read-answer.ts';
import { readTokens, type Tokens } from './read-tokens.ts';
import { retry } from '../policies/retry.ts';
import { createUndiciSend } from '../transport/undici.ts';
import { errorOfStatus, UpstreamError } from '../errors.ts';

export interface TokenEndpointOptions {
  /** Whole address of the token endpoint. */
  readonly tokenUrl: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly attemptTimeoutMs: number;
  readonly onAttempt?: OnAttempt | undefined;
  readonly trace?: Policy | undefined;
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
  close(): Promise<void>;
}

/** Answers of the token endpoint are small. */
const maxBodyBytes = 1024 * 1024;

/** Upstream's limit on all calls. Logins never come near it: what it is for is the pause after a 429. */
const maxLoginsPerSecond = 10;
const maxWaitingLogins = 100;

/** A client of the token endpoint: 202, retries, the breaker and the pause after a 429 as for pages, but no credential. */
export const createTokenEndpoint = (options: TokenEndpointOptions): TokenEndpoint => {
  const { clock, random, logger, onAttempt } = options;
  const { origin, pathname, search } = new URL(options.tokenUrl);
  const wire = createUndiciSend({ baseUrl: origin, maxBodyBytes, maxConnections: 4 });
  const queue = createRateQueue({
    window: createRateWindow({ limit: maxLoginsPerSecond }),
    clock,
    limit: maxLoginsPerSecond,
    maxWaitingPerCaller: maxWaitingLogins,
  });
  // Outermost first.
  const send = compose(
    [
      deadline(clock),
      poll({ clock, store: createPendingStore(clock, 2) }),
      retry({ clock, random }),
      createBreaker(clock).policy,
      rateLimit(queue, clock),
      ...(options.trace === undefined ? [] : [options.trace]),
      observe({ kind: 'login', clock, logger, onAttempt }),
      attempt(options.attemptTimeoutMs, clock),
    ],
    readAnswers({ send: wire.send, read: (body) => readTokens(body, clock), errorOf: loginError, clock }),
  );

  const grant = async (kind: string, fields: Record<string, string>, limits: LoginLimits): Promise<Tokens> => {
    const call: Call = {
      method: 'POST',
      path: pathname + search,
      form: new URLSearchParams({ grant_type: kind, ...fields }).toString(),
      credentialKey: kind,
      ...limits,
    };
    try {
      const answer = await send(call);
      if (answer.isPending) throw new GatewayError('INTERNAL', 'A pending answer was not waited for.');
      return answer.value;
    } catch (error) {
      // All retries of a login are over when it fails; the call that waits for it must not begin them again.
      throw error instanceof UpstreamError ? new GatewayError(error.code, error.message, error) : error;
    }
  };

  return {
    password: (username, password, limits) => grant('password', { username, password }, limits),
    refresh: (refreshToken, limits) => grant('refresh_token', { refresh_token: refreshToken }, limits),
    close: () => wire.close(),
  };
};

/** Bad credentials are 400 or 401 (contract §2); 403 is what a blocked address gets. */
const loginError = (status: number, details: GatewayErrorDetails): UpstreamError =>
  status === 400 || status === 401 || status === 403
    ? new UpstreamError(
        'UNAUTHENTICATED',
        'ESET Connect refused to log the API user in. Check its name and password, that it has accepted its invitation, and that the region is that of its account; `rolescope doctor` looks step by step.',
        { ...details, upstreamStatus: status },
      )
    : errorOfStatus(status, details, false);
