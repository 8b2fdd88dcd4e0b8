import type { Operation } from '../model/operation.ts';
import type { Signal } from '../platform/abort.ts';
import type { EndpointFacts, RequestBody } from './endpoint.ts';

/** One HTTP call on its way through the policies to upstream. */
export interface Call {
  readonly endpoint: EndpointFacts;
  /** Path and query, canonical: equal questions have equal paths. */
  readonly path: string;
  readonly body?: RequestBody | undefined;
  /** Value of the `authorization` header. Secret. */
  readonly authorization?: string | undefined;
  /** Upstream's handle on the pending answer that this call is to pick up. */
  readonly responseId?: string | undefined;
  /** Whose call it is: what is paced, kept and shared is so per credential. */
  readonly credentialKey: string;
  readonly signal: Signal;
  /** When the call must be over, as it was made: ask `deadlineOf`, which also knows what has changed since. */
  readonly deadlineMs: number;
  /** Called when the call leaves over a connection, which may be a while after it was sent off. Whoever puts its own here calls the one before too. */
  readonly onLeave?: (() => void) | undefined;
  /** What is known of whether a write was carried out. Absent for reads. */
  readonly delivery?: Delivery | undefined;
  /** The operation that pays for the call. A login has none: it is shared by all that wait for it. */
  readonly operation?: Operation | undefined;
}

/**
 * When the call must be over. Read it whenever it is needed and keep no copy: operations that ask the same wait for one call, and somebody more
 * patient may join it, or leave it, while it is under way.
 */
export const deadlineOf = ({ operation, deadlineMs }: Call): number => operation?.deadlineMs ?? deadlineMs;

/** Shared by all attempts of one write, and changed by them. */
export interface Delivery {
  /** True from when an attempt left until upstream is known not to have carried it out. */
  isUnsettled: boolean;
}

/** What the headers of an answer told, whatever its status. */
interface AnswerHeaders {
  readonly requestId: string | undefined;
  readonly responseId: string | undefined;
  readonly retryAfter: string | undefined;
  readonly date: string | undefined;
}

/** An answer as it came: any status, the body whole and within the size cap. */
export interface WireAnswer extends AnswerHeaders {
  readonly status: number;
  readonly body: Buffer;
  /** To be called once nothing reads the body any more: others write there from then on. Absent: it is nobody else's. */
  readonly release?: (() => void) | undefined;
}

/** Sends once and reads the whole answer. Fails with an `UpstreamError`, or with the reason of `call.signal`. */
export type WireSend = (call: Call) => Promise<WireAnswer>;

/** What upstream answered, and what is known of the answer. */
export interface Answered<Value> {
  readonly value: Value;
  /** Upstream's `request-id`, for logs and audits. */
  readonly requestId: string | undefined;
  /** When it came, in milliseconds of the gateway's clock. */
  readonly receivedAtMs: number;
  /** Bytes of its body, unpacked: what bounds on memory start from. */
  readonly bodyBytes: number;
}

/** "Not ready yet", and what to ask after the answer with. */
export interface PendingAnswer {
  readonly isPending: true;
  readonly responseId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;
}

/** A usable answer: the value that was asked for, or "not ready yet". Everything else is thrown. */
export type Answer<Value> = ({ readonly isPending: false } & Answered<Value>) | PendingAnswer;

/** Sends a call and answers it. Fails with a `GatewayError`, or with the reason of `call.signal`. */
export type Send<Value> = (call: Call) => Promise<Answer<Value>>;

/** A wrapper around one send. It adds one promise and knows nothing of its neighbours. */
export type Policy = <Value>(next: Send<Value>) => Send<Value>;

/** Wraps `send` in the policies, outermost first. */
export const compose = <Value>(policies: readonly Policy[], send: Send<Value>): Send<Value> =>
  policies.reduceRight((next, policy) => policy(next), send);
