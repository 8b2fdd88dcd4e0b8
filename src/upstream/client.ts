import { GatewayError } from '../model/errors.ts';
import type { Domain } from '../model/contract.ts';
import type { Operation } from '../model/operation.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Random } from '../platform/random.ts';
import { clientBounds } from './client-bounds.ts';
import { compose, type Answered, type Call, type Policy, type Send } from './call.ts';
import { createPassthroughCredentials } from './credentials/passthrough.ts';
import { createServiceCredentials } from './credentials/service.ts';
import { createTokenEndpoint, type TokenEndpoint } from './credentials/token-endpoint.ts';
import { createDomains, type DomainAddresses } from './domains.ts';
import type { Endpoint, EndpointFacts } from './endpoint.ts';
import { errorOfLoginStatus, errorOfServiceStatus, errorOfStatus } from './errors.ts';
import { createListSources, type ListSource } from './list-sources.ts';
import { createPendingStore, maxPendingIds, type PendingStore } from './pending/store.ts';
import { attemptTimeout } from './policies/attempt-timeout.ts';
import { authorize, type Credentials } from './policies/authorize.ts';
import { budget } from './policies/budget.ts';
import type { BreakerState } from './policies/circuit-breaker.ts';
import { deadline } from './policies/deadline.ts';
import { noteDelivery, tellOutcome } from './policies/delivery.ts';
import { observe, type OnAttempt } from './policies/observe.ts';
import { poll } from './policies/poll.ts';
import { rateLimit } from './policies/rate-limit.ts';
import { retry } from './policies/retry.ts';
import { createRateQueue } from './rate-limit/rate-queue.ts';
import { createRateWindow, type RateWindow } from './rate-limit/sliding-window.ts';
import { createProbe } from './readiness.ts';
import { readAnswers } from './transport/read-answer.ts';

/** Whose credential goes upstream: the caller's own, or that of the gateway's API user, who logs in at the `token` address. */
export type UpstreamAuth =
  | { readonly mode: 'passthrough' }
  | {
      readonly mode: 'service';
      readonly username: string;
      /** Secret. */
      readonly password: string;
    };

export interface UpstreamOptions {
  /** Where each domain is. Calls of one that is absent fail before anything is sent. */
  readonly addresses: DomainAddresses;
  readonly auth: UpstreamAuth;
  /** Calls a second and credential, over all domains together. Default 10. */
  readonly rateLimitPerSecond?: number;
  /** Calls a second of all credentials together, because upstream counts by address too; 0: not counted. Default: the same as of one. */
  readonly addressRateLimitPerSecond?: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Longest that one attempt may take. More than 50 s, after which upstream may still say "pending". Default 65 s. */
  readonly attemptTimeoutMs?: number;
  /** Longest body that is read. Default as in `clientBounds`. */
  readonly maxBodyBytes?: number;
  /** Calls of one caller that may wait for the rate limit at the same time. Default as in `clientBounds`. */
  readonly maxWaitingPerCaller?: number;
  /** Connections to one domain at the same time. Default as in `clientBounds`. */
  readonly maxConnections?: number;
  /** Default: a window in this process. */
  readonly rateWindow?: RateWindow;
  /** The account of half of the limit, for operations in the background. Default: this process keeps its own pace. */
  readonly backgroundWindow?: RateWindow;
  /** Default: a store in this process. */
  readonly pendingStore?: PendingStore;
  readonly onAttempt?: OnAttempt;
  /** Put around every attempt, for traces. */
  readonly trace?: Policy;
}

/** What is worth showing of the client's state. */
export interface UpstreamState {
  /** Of the domains that have an address. */
  readonly breakers: Partial<Record<Domain, BreakerState>>;
  /** Calls that wait for a slot of the rate limit. */
  readonly waiting: number;
  /** Pending answers whose handles are kept for the next identical question. */
  readonly pendingIds: number;
}

/** The ESET Connect client. */
export interface Upstream {
  /**
   * Calls an endpoint for an operation, which pays for it. Fails with a `GatewayError`; that of a write says in `outcome` whether it was carried
   * out. Settles soon after the operation's signal aborts.
   */
  call<Input, Value>(endpoint: Endpoint<Input, Value>, input: Input, operation: Operation): Promise<Answered<Value>>;
  /** The pages of a list, read by `call`. One that comes too large is asked for again in smaller ones. */
  readonly list: ListSource;
  /** Whether a domain has an address. */
  has(domain: Domain): boolean;
  /** Logins, past whatever credentials the client has of its own. */
  readonly tokens: TokenEndpoint;
  state(): UpstreamState;
  /** Whether upstream can be reached, as far as can be told without asking it anything. At most one connection is tried in 10 s. */
  probe(): Promise<boolean>;
  /** Breaks off what is under way and closes every connection. Nothing may be asked afterwards. */
  close(): Promise<void>;
}

/** Puts the client together: the policies once for each endpoint, over state that all endpoints share. */
export const createUpstream = (options: UpstreamOptions): Upstream => {
  const { clock, random, logger, auth, onAttempt, rateLimitPerSecond = 10, attemptTimeoutMs = 65_000 } = options;
  const { addressRateLimitPerSecond = rateLimitPerSecond } = options;
  const limits = { limit: rateLimitPerSecond, addressLimit: addressRateLimitPerSecond };
  const { maxWaitingPerCaller, ...bounds } = { ...clientBounds, ...options };
  const domains = createDomains({ ...bounds, addresses: options.addresses });
  const pendingStore = options.pendingStore ?? createPendingStore(clock, maxPendingIds);
  // A login's handle is of use to this process alone, and what it is found by holds a password.
  const pendingLogins = createPendingStore(clock, 2);
  const queue = createRateQueue({
    ...limits,
    window: options.rateWindow ?? createRateWindow(limits),
    backgroundWindow: options.backgroundWindow,
    clock,
    maxWaitingPerCaller,
    isAccepted: (credentialKey) => credentials.isAccepted(credentialKey),
  });

  /** Outermost first. */
  const policiesOf = (domain: Domain): readonly Policy[] => [
    // Sees every end of a write, the deadline's included.
    tellOutcome,
    deadline(clock),
    // Outside retry, because a poll may need several attempts, and they are the same poll.
    poll({ clock, store: domain === 'token' ? pendingLogins : pendingStore }),
    // Outside breaker, budget and rate limit, so that every attempt asks, pays and waits for itself.
    retry({ clock, random }),
    // Outside them too, because the call that it repeats with a new token is another attempt. A login has no token, and no operation that pays.
    ...(domain === 'token' ? [] : [authorize(credentials)]),
    domains.breakerOf(domain).policy,
    // Before the queue, so that who wants too much is refused at once and not after minutes of waiting.
    ...(domain === 'token' ? [] : [budget]),
    rateLimit(queue, clock),
    // Inside the rate limit: a span is as long as the attempt, and an attempt is counted when it is made.
    ...(options.trace === undefined ? [] : [options.trace]),
    observe({ clock, logger, onAttempt }),
    noteDelivery,
    attemptTimeout(attemptTimeoutMs, clock),
  ];

  const sends = new Map<Endpoint<never, unknown>, Send<unknown>>();
  const errorOf = auth.mode === 'service' ? errorOfServiceStatus : errorOfStatus;

  const sendOf = <Value>(endpoint: Endpoint<never, Value>): Send<Value> => {
    const { domain, read, scan } = endpoint;
    const known = sends.get(endpoint);
    // What was made for this endpoint reads what it reads.
    if (known !== undefined) return known as Send<Value>;
    const send = compose(
      policiesOf(domain),
      readAnswers({
        send: domains.send,
        read,
        scan,
        errorOf: domain === 'token' ? errorOfLoginStatus : errorOf,
        clock,
      }),
    );
    sends.set(endpoint, send);
    return send;
  };

  const send = async <Value>(endpoint: Endpoint<never, Value>, call: Call): Promise<Answered<Value>> => {
    const answer = await sendOf(endpoint)(call);
    if (answer.isPending) throw new GatewayError('INTERNAL', 'A pending answer was not waited for.');
    return answer;
  };

  const tokens = createTokenEndpoint((endpoint, call) => send(endpoint, { ...call, endpoint }));
  const { credentials, close: closeCredentials } = createCredentials(options, tokens);

  const call: Upstream['call'] = async (endpoint, input, operation) =>
    await send(endpoint, callOf(endpoint, endpoint.request(input), operation));

  const { identity } = options.addresses;
  const probe =
    identity === undefined
      ? () => Promise.resolve(false)
      : createProbe({ baseUrl: identity, breaker: domains.breakerOf('identity'), clock });

  return {
    call,
    list: createListSources({ call, clock }),
    tokens,
    has: (domain) => domains.has(domain),
    probe,
    state: () => ({ breakers: domains.states(), waiting: queue.waiting, pendingIds: pendingStore.size }),
    async close() {
      closeCredentials();
      await domains.close();
    },
  };
};

const createCredentials = (
  { auth, clock, logger }: UpstreamOptions,
  endpoint: TokenEndpoint,
): { readonly credentials: Credentials; readonly close: () => void } => {
  if (auth.mode === 'passthrough') return { credentials: createPassthroughCredentials(clock), close: () => {} };
  const credentials = createServiceCredentials({ ...auth, endpoint, clock, logger });
  return { credentials, close: () => credentials.close() };
};

/** With every field that a policy may set: so all calls have one hidden class, whatever is done with them. */
const callOf = (endpoint: EndpointFacts, { path, body }: Pick<Call, 'path' | 'body'>, operation: Operation): Call => ({
  endpoint,
  path,
  body,
  authorization: undefined,
  responseId: undefined,
  credentialKey: operation.caller?.credentialKey ?? '',
  signal: operation.signal,
  deadlineMs: operation.deadlineMs,
  onLeave: undefined,
  delivery: undefined,
  operation,
});
