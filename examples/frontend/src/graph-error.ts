import type { ErrorCode } from 'rolescope';

/** Every code that the graph can answer with, and what can go wrong on the way to it. */
export type FailureCode = ErrorCode | 'UNREACHABLE';

/** What the graph refused, or why it could not be asked. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
  readonly code: FailureCode;
  /** How long upstream asks to wait before the next try. */
  readonly retryAfterMs: number | undefined;
  /** Upstream's name for the request, to be quoted to its support. */
  readonly requestId: string | undefined;

  constructor(code: FailureCode, message: string, details: { retryAfterMs?: number; requestId?: string } = {}) {
    super(message);
    this.code = code;
    this.retryAfterMs = details.retryAfterMs;
    this.requestId = details.requestId;
  }
}

/** What a person can do about a failure. */
export type Remedy =
  /** Sign in again. */
  | 'sign-in'
  /** Try again when they like. */
  | 'retry'
  /** Wait: the application tries again by itself. */
  | 'wait'
  /** Read the list from its start. */
  | 'start-over'
  /** Ask for something else. */
  | 'change-question'
  /** Have somebody change rights, and try again then. */
  | 'ask-administrator';

export interface Explanation {
  readonly title: string;
  readonly text: string;
  readonly remedy: Remedy;
}

/** What a person reads, by code. The graph's own sentence stands below it where it says more. */
export const explanations: Readonly<Record<FailureCode, Explanation>> = {
  UNAUTHENTICATED: {
    title: 'Your session has ended',
    text: 'The token has expired or is not valid. Sign in with a new one to go on where you are.',
    remedy: 'sign-in',
  },
  FORBIDDEN: {
    title: 'You may not see roles',
    text: 'Your account is not allowed to read role assignments. An administrator has to turn on its Integrations toggle, or give it a permission set that covers them.',
    remedy: 'ask-administrator',
  },
  NOT_FOUND: {
    title: 'Nothing here',
    text: 'ESET Connect does not know what was asked for. It may have been removed.',
    remedy: 'change-question',
  },
  BAD_USER_INPUT: {
    title: 'This cannot be asked',
    text: 'Something in the question is not valid. Check the filters or the address.',
    remedy: 'change-question',
  },
  RATE_LIMITED: {
    title: 'Too many questions at once',
    text: 'ESET Connect asks for a pause.',
    remedy: 'wait',
  },
  UPSTREAM_PENDING: {
    title: 'The answer is being prepared',
    text: 'ESET Connect needs longer for this one. It goes on working, and the next try picks the answer up.',
    remedy: 'wait',
  },
  INVALID_CURSOR: {
    title: 'The list cannot be continued',
    text: 'The place to go on from does not belong to this list. Start over to see it from the beginning.',
    remedy: 'start-over',
  },
  EXPIRED_CURSOR: {
    title: 'The list has been open for too long',
    text: 'ESET Connect no longer knows where you were. Start over to see it as it is now.',
    remedy: 'start-over',
  },
  UPSTREAM_TIMEOUT: {
    title: 'No answer in time',
    text: 'ESET Connect did not answer. It may be busy: try again, or narrow the question.',
    remedy: 'retry',
  },
  UPSTREAM_UNAVAILABLE: {
    title: 'ESET Connect is not available',
    text: 'It may be under maintenance. Try again in a while.',
    remedy: 'retry',
  },
  UPSTREAM_ERROR: {
    title: 'ESET Connect failed',
    text: 'It met an error of its own. Try again; if it stays, tell ESET the request id.',
    remedy: 'retry',
  },
  UPSTREAM_INVALID_RESPONSE: {
    title: 'The answer made no sense',
    text: 'ESET Connect sent something that is not an answer. Try again; if it stays, tell ESET the request id.',
    remedy: 'retry',
  },
  CALL_BUDGET_EXCEEDED: {
    title: 'That is too much at once',
    text: 'Answering would cost more calls than one question may. Narrow it by type, role or scope, or try again: what was read already is kept for a while.',
    remedy: 'retry',
  },
  INTERNAL: {
    title: 'The gateway failed',
    text: 'It met an error of its own, and its log says which. Try again; report it if it stays.',
    remedy: 'retry',
  },
  UNREACHABLE: {
    title: 'The graph cannot be reached',
    text: 'Check your connection, then try again.',
    remedy: 'retry',
  },
};

/** Any error as one of the graph's; what is none is the application's own. */
export const graphErrorOf = (error: unknown): GraphError =>
  error instanceof GraphError ? error : new GraphError('INTERNAL', error instanceof Error ? error.message : '');
