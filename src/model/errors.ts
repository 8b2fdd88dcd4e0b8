/** The closed list of codes that a client can meet in `extensions.code`. */
export const errorCodes = [
  'BAD_USER_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'RATE_LIMITED',
  'INVALID_CURSOR',
  'EXPIRED_CURSOR',
  'UPSTREAM_PENDING',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_ERROR',
  'UPSTREAM_INVALID_RESPONSE',
  'CALL_BUDGET_EXCEEDED',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/**
 * What became of a call at upstream. `refused`: it was received and not carried out. `unknown`: it may have been carried out, or may be yet. `notSent`:
 * upstream never had it. Matters for writes, which must not be sent twice on a guess: after `unknown` one has to look before anything else.
 */
export type CallOutcome = 'refused' | 'unknown' | 'notSent';

/** How far somebody is who reads a whole list. */
interface WalkProgress {
  readonly walked: number;
  /** Absent: upstream does not say. */
  readonly total?: number;
}

export interface GatewayErrorDetails {
  /** Upstream's `request-id`. */
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  /** HTTP status of upstream's answer. */
  readonly upstreamStatus?: number | undefined;
  readonly outcome?: CallOutcome | undefined;
  readonly progress?: WalkProgress | undefined;
  readonly cause?: unknown;
}

/**
 * Every refusal of the gateway. `message` is a plain sentence that clients read: it says what to do and never holds a
 * credential, an address or an upstream body. Those may stand in `cause`, which never leaves the process.
 */
export class GatewayError extends Error {
  override readonly name: string = 'GatewayError';
  readonly code: ErrorCode;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly upstreamStatus: number | undefined;
  /** Always set on what a failed write leaves with. */
  readonly outcome: CallOutcome | undefined;
  /** Set where a whole list is being read. */
  readonly progress: WalkProgress | undefined;

  constructor(code: ErrorCode, message: string, details: GatewayErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
    this.upstreamStatus = details.upstreamStatus;
    this.outcome = details.outcome;
    this.progress = details.progress;
  }
}

/**
 * Whether upstream says that it does not take the page token it was asked with: only the token changes between the pages of one list, so it is
 * what a later page is refused for.
 */
export const isRefusedToken = (error: unknown): boolean =>
  error instanceof GatewayError &&
  ((error.code === 'BAD_USER_INPUT' && error.upstreamStatus === 400) || error.code === 'NOT_FOUND');

/** Whether an operation is ended because its deadline has passed. */
export const isDeadlinePassed = (reason: unknown): boolean =>
  reason instanceof GatewayError && reason.code === 'UPSTREAM_TIMEOUT';

/** A setting that cannot be used. The message is one line that names it. Ends the start, never an operation. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
