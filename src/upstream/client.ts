import type { Clock } from '../platform/clock.ts';
import { GatewayError } from '../model/errors.ts';
import type { Logger } from '../platform/logger.ts';
import type { Operation } from '../model/operation.ts';
import type { SubjectPage, SubjectPageRequest, SubjectPageSource } from '../model/subject-list.ts';
import type { Random } from '../platform/random.ts';
import { attempt } from './policies/attempt-timeout.ts';
import { authorize, passthroughCredentials, type Credentials } from './policies/authorize.ts';
import { createBreaker, type BreakerState } from './policies/circuit-breaker.ts';
import { compose, type Call, type Policy, type WireAnswer } from './call.ts';
import { deadline } from './policies/deadline.ts';
import { observe, type OnAttempt } from './policies/observe.ts';
import { pagePath } from './endpoints/page-path.ts';
import { createPendingStore, maxPendingIds, type PendingStore } from './pending/store.ts';
import { poll } from './policies/poll.ts';
import { createProbe } from './readiness.ts';
import { rateLimit } from './policies/rate-limit.ts';
import { createRateQueue } from './rate-limit/rate-queue.ts';
import { createRateWindow, type RateWindow } from './rate-limit/sliding-window.ts';
import { readAnswers } from './transport/read-answer.ts';
import { readPage, type PageContent } from './endpoints/read-page.ts';
import { retry } from './policies/retry.ts';
import { createServiceCredentials } from './credentials/service.ts';
import { spend } from './policies/budget.ts';
import { createTokenEndpoint } from './credentials/token-endpoint.ts';
import { createUndiciSend } from './transport/undici.ts';
import { errorOfServiceStatus, errorOfStatus } from './errors.ts';

/** Whose credential goes upstream: the caller's own, or that of the gateway's API user. */
export type UpstreamAuth =
  | { readonly mode: 'passthrough' }
  | {
      readonly mode: 'service';
      readonly username: string;
      /** Secret. */
      readonly password: string;
      readonly tokenUrl: string;
    };

export interface UpstreamOptions {
  /** Identity base address, such as `https://eu.iam.eset.systems`. */
  readonly baseUrl: string;
  readonly auth: UpstreamAuth;
  /** Calls a second and credential. */
  readonly rateLimitPerSecond: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Longest that one attempt may take. More than 50 s, after which upstream may still say "pending". */
  readonly attemptTimeoutMs: number;
  /** Longest body that is read. */
  readonly maxBodyBytes: number;
  /** Calls of one caller that may wait for the rate limit at the same time. */
  readonly maxWaitingPerCaller: number;
  /** Connections at the same time. */
  readonly maxConnections: number;
  /** Default: a window in this process. */
  readonly rateWindow?: RateWindow;
  /** Default: a store in this process. */
  readonly pendingStore?: PendingStore;
  readonly onAttempt?: OnAttempt;
  /** Put around every attempt, for traces. */
  readonly trace?: Policy;
}

/** What is worth showing of the client's state. */
export interface UpstreamState {
  readonly breaker: BreakerState;
  /** Calls that wait for a slot of the rate limit. */
  readonly waiting: number;
  /** Pending answers whose handles are kept for the next identical question. */
  readonly pendingIds: number;
}

/** The ESET Connect client. */
export interface Upstream extends SubjectPageSource {
  state(): UpstreamState;
  /** Whether upstream can be reached, as far as can be told without asking it anything. At most one connection is tried in 10 s. */
  probe(): Promise<boolean>;
  /** Breaks off what is under way and closes every connection. Nothing may be asked afterwards. */
  close(): Promise<void>;
}

/** Puts the client together. */
export const createUpstream = (options: UpstreamOptions): Upstream => {
  const { clock, random, logger, rateLimitPerSecond, onAttempt } = options;
  const wire = createUndiciSend(options);
  const breaker = createBreaker(clock);
  const pendingStore = options.pendingStore ?? createPendingStore(clock, maxPendingIds);
  const queue = createRateQueue({
    window: options.rateWindow ?? createRateWindow({ limit: rateLimitPerSecond }),
    clock,
    limit: rateLimitPerSecond,
    maxWaitingPerCaller: options.maxWaitingPerCaller,
  });

  const { credentials, close: closeCredentials } = createCredentials(options);

  // Outermost first. retry is outside breaker, spend and rateLimit, so that every attempt asks, pays and waits for itself; authorize is
  // outside them because the call that it repeats is another attempt.
  const send = compose(
    [
      deadline(clock),
      poll({ clock, store: pendingStore }),
      retry({ clock, random }),
      authorize(credentials),
      breaker.policy,
      spend,
      rateLimit(queue, clock),
      ...(options.trace === undefined ? [] : [options.trace]),
      observe({ kind: 'page', clock, logger, onAttempt }),
      attempt(options.attemptTimeoutMs, clock),
    ],
    readAnswers({
      send: wire.send,
      read: (body, answer) => receivePage(body, answer, clock),
      errorOf: options.auth.mode === 'service' ? errorOfServiceStatus : errorOfStatus,
      clock,
    }),
  );

  const probe = createProbe({ baseUrl: options.baseUrl, breaker, clock });

  return {
    probe,
    async fetchPage(request, operation) {
      const answer = await send(pageCall(request, operation));
      if (answer.isPending) throw new GatewayError('INTERNAL', 'A pending answer was not waited for.');
      return finishPage(answer.value, request, operation);
    },
    state: () => ({ breaker: breaker.state, waiting: queue.waiting, pendingIds: pendingStore.size }),
    async close() {
      await Promise.all([wire.close(), closeCredentials()]);
    },
  };
};

const createCredentials = (options: UpstreamOptions): { credentials: Credentials; close: () => Promise<void> } => {
  const { auth } = options;
  if (auth.mode === 'passthrough') return { credentials: passthroughCredentials, close: () => Promise.resolve() };
  const endpoint = createTokenEndpoint({ ...options, tokenUrl: auth.tokenUrl });
  const credentials = createServiceCredentials({ ...auth, endpoint, clock: options.clock, logger: options.logger });
  return {
    credentials,
    close() {
      credentials.close();
      return endpoint.close();
    },
  };
};

/** A page as it came, before it is known what it answers. */
interface ReceivedPage extends PageContent {
  readonly fetchedAtMs: number;
  readonly requestId: string | undefined;
  readonly bodyBytes: number;
}

const receivePage = (body: unknown, { requestId, body: bytes }: WireAnswer, clock: Clock): ReceivedPage => {
  const { subjects, nextPageToken, totalSize } = readPage(body);
  return { subjects, nextPageToken, totalSize, fetchedAtMs: clock.nowMs(), requestId, bodyBytes: bytes.length };
};

const pageCall = (request: SubjectPageRequest, operation: Operation): Call => ({
  method: 'GET',
  path: pagePath(request),
  credentialKey: operation.caller?.credentialKey ?? '',
  signal: operation.signal,
  deadlineMs: operation.deadlineMs,
  operation,
});

const finishPage = (received: ReceivedPage, { pageSize }: SubjectPageRequest, { report }: Operation): SubjectPage => {
  const { subjects, nextPageToken, totalSize, fetchedAtMs, requestId, bodyBytes } = received;
  report.oldestPageAtMs = Math.min(report.oldestPageAtMs ?? fetchedAtMs, fetchedAtMs);
  return {
    items: subjects,
    pageSize,
    fetchedAtMs,
    bodyBytes,
    ...(nextPageToken !== undefined && { nextPageToken }),
    ...(totalSize !== undefined && { totalSize }),
    ...(requestId !== undefined && { requestId }),
  };
};
