/** One error of an answer, as the graph tells it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly retryAfterMs?: number;
  readonly requestId?: string;
  /** How far a walk of the whole account is. */
  readonly walked?: number;
  readonly total?: number;
}

/** An answer without data, or none at all. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** What a code means to a person, and what can be done. */
export interface Explanation {
  readonly title: string;
  readonly wayOut: string;
}

/** A code that is newer than this page is a mistake of the gateway to it. */
export const explain = (code: string): Explanation => explanations[code] ?? ownMistake;

/** What went wrong and what can be done, where there is room for a line alone. */
export const failureSentence = (error: unknown): string => {
  const { title, wayOut } = explain(error instanceof GraphError ? error.failure.code : 'INTERNAL');
  return `${title}. ${wayOut}`;
};

const ownMistake: Explanation = { title: 'The gateway made a mistake', wayOut: 'Try again. Its log has the reason.' };

/** Every code that the graph can answer with, and the one of a gateway that cannot be reached. */
export const explanations: Readonly<Record<string, Explanation>> = {
  BAD_USER_INPUT: { title: 'This cannot be asked like that', wayOut: 'Change the filter or the text and try again.' },
  UNAUTHENTICATED: {
    title: 'You are not signed in',
    wayOut: 'Sign in with a fresh token. What you were looking at stays.',
  },
  FORBIDDEN: { title: 'You may not see this', wayOut: 'Ask an administrator for a permission set that covers it.' },
  NOT_FOUND: {
    title: 'There is no such thing',
    wayOut: 'It may have been deleted, or lie outside of what you can see.',
  },
  RATE_LIMITED: {
    title: 'ESET Connect asks for a pause',
    wayOut: 'It takes ten calls a second. Try again in a moment.',
  },
  INVALID_CURSOR: { title: 'This place in the list is not known', wayOut: 'Start again at the top of the list.' },
  EXPIRED_CURSOR: { title: 'This place in the list has expired', wayOut: 'Start again at the top of the list.' },
  UPSTREAM_PENDING: {
    title: 'ESET Connect is still working on it',
    wayOut: 'Ask again: the work goes on from where it is.',
  },
  UPSTREAM_TIMEOUT: { title: 'ESET Connect did not answer in time', wayOut: 'Try again, or ask for less at once.' },
  UPSTREAM_UNAVAILABLE: { title: 'ESET Connect cannot be reached', wayOut: 'Try again in a minute.' },
  UPSTREAM_ERROR: { title: 'ESET Connect failed', wayOut: 'Try again. If it stays so, give its request id to ESET.' },
  UPSTREAM_INVALID_RESPONSE: {
    title: 'ESET Connect answered something unreadable',
    wayOut: 'Try again. If it stays so, report it.',
  },
  CALL_BUDGET_EXCEEDED: {
    title: 'This would cost too many calls',
    wayOut: 'Narrow the question, or let an administrator raise the limit.',
  },
  INTERNAL: ownMistake,
  UNREACHABLE: {
    title: 'The gateway does not answer',
    wayOut: 'Check that it runs and that you are connected, then try again.',
  },
};
