import { GatewayError, type CallOutcome, type ErrorCode, type GatewayErrorDetails } from '../model/errors.ts';
import type { EndpointFacts } from './endpoint.ts';

/**
 * What upstream refused, or failed to answer. Errors that the gateway raises by itself (no slot in time, breaker open) are
 * plain `GatewayError`s: only an `UpstreamError` may be worth another attempt.
 */
export class UpstreamError extends GatewayError {
  override readonly name = 'UpstreamError';
}

interface Verdict {
  readonly code: ErrorCode;
  readonly message: string;
}

const getToken =
  'Get a new one with the name and password of an API user (`rolescope token` prints one) and send it as `Authorization: Bearer <token>`.';

const unauthenticated: Verdict = {
  code: 'UNAUTHENTICATED',
  message: `ESET Connect does not accept this token: it is wrong, expired, or of another region. ${getToken}`,
};

const verdicts: ReadonlyMap<number, Verdict> = new Map<number, Verdict>([
  [400, { code: 'BAD_USER_INPUT', message: 'ESET Connect refused an argument of this question. Check what it names.' }],
  [
    403,
    {
      code: 'FORBIDDEN',
      message:
        'ESET Connect denied access. Check that the Integrations toggle of the API user is on, that a permission set covering what is asked for is assigned to it, that it is a dedicated API user and no Superuser, and that this network address is not blocked. A new token does not help.',
    },
  ],
  [404, { code: 'NOT_FOUND', message: 'ESET Connect does not know what this question asks for.' }],
  [409, { code: 'BAD_USER_INPUT', message: 'ESET Connect refused this, because something else is so already.' }],
  [412, { code: 'BAD_USER_INPUT', message: 'ESET Connect refused this, because something has changed meanwhile.' }],
  [
    429,
    {
      code: 'RATE_LIMITED',
      message: 'ESET Connect takes no more calls for now. Ask again after the pause, or ask for less at once.',
    },
  ],
  [
    500,
    {
      code: 'UPSTREAM_ERROR',
      message: 'ESET Connect failed inside. Ask again later, and quote the request id if it stays so.',
    },
  ],
  [
    501,
    {
      code: 'UPSTREAM_ERROR',
      message:
        'ESET Connect does not offer this to the account: it comes with a product that the account does not have.',
    },
  ],
  [502, { code: 'UPSTREAM_UNAVAILABLE', message: 'ESET Connect is out of reach for now. Ask again later.' }],
  [503, { code: 'UPSTREAM_UNAVAILABLE', message: 'ESET Connect is under maintenance or overloaded. Ask again later.' }],
  [
    504,
    {
      code: 'UPSTREAM_TIMEOUT',
      message: 'ESET Connect took too long to answer. Ask for less at once, or ask again later.',
    },
  ],
]);

/** A status other than 200 and 202, and what came with it. */
export interface Refusal extends GatewayErrorDetails {
  readonly status: number;
  /** True: a 400 whose body was seen to speak of the credential. */
  readonly isAboutAuthorization: boolean;
}

/** The error that a refusal stands for. */
export type ErrorOfStatus = (endpoint: EndpointFacts, refusal: Refusal) => UpstreamError;

/** The error where a caller's own token was sent. */
export const errorOfStatus: ErrorOfStatus = ({ refusals }, { status, isAboutAuthorization, ...details }) => {
  const isToken = status === 401 || isAboutAuthorization;
  const verdict = isToken ? unauthenticated : (verdicts.get(status) ?? otherVerdict(status));
  const message = (isToken ? undefined : refusals?.get(status)) ?? verdict.message;
  return new UpstreamError(verdict.code, message, { ...details, upstreamStatus: status, outcome: outcomeOf(status) });
};

/** The same where the gateway's own token was refused: its callers cannot fix that. */
export const errorOfServiceStatus: ErrorOfStatus = (endpoint, refusal) => {
  const error = errorOfStatus(endpoint, refusal);
  return error.code === 'UNAUTHENTICATED'
    ? new UpstreamError(
        'UNAUTHENTICATED',
        'ESET Connect does not accept the token that this gateway got for its API user. Whoever runs the gateway should look at it with `rolescope doctor`.',
        error,
      )
    : error;
};

/** Bad credentials are 400 or 401; 403 is what a blocked address gets. */
export const errorOfLoginStatus: ErrorOfStatus = (endpoint, refusal) => {
  const error = errorOfStatus(endpoint, refusal);
  return refusal.status === 400 || refusal.status === 401 || refusal.status === 403
    ? new UpstreamError(
        'UNAUTHENTICATED',
        'ESET Connect refused to log the API user in. Check its name and password, that it has accepted its invitation, and that the region is that of its account; `rolescope doctor` looks step by step.',
        error,
      )
    : error;
};

/** A refusal says that nothing was done. Everything else leaves it open, a redirect and a success that the contract lacks included. */
const outcomeOf = (status: number): CallOutcome => (status >= 400 && status < 500 ? 'refused' : 'unknown');

/**
 * A 404 on a call that was to pick up a pending answer: upstream does not have it any more. It says nothing about the question, so it must
 * never be `NOT_FOUND`.
 */
export const lostAnswer = (details: GatewayErrorDetails): UpstreamError =>
  new UpstreamError('UPSTREAM_ERROR', 'ESET Connect lost the answer that it was working on. Ask again.', {
    ...details,
    upstreamStatus: 404,
    outcome: 'unknown',
  });

export const isLostAnswer = (error: unknown): boolean =>
  error instanceof UpstreamError && error.code === 'UPSTREAM_ERROR' && error.upstreamStatus === 404;

const otherVerdict = (status: number): Verdict =>
  // Below 400 stand redirects, which are never followed, and successes that the contract does not have.
  status < 400
    ? {
        code: 'UPSTREAM_INVALID_RESPONSE',
        message: `ESET Connect answered with status ${status}, which its contract does not have. Check the upstream address.`,
      }
    : {
        code: 'UPSTREAM_ERROR',
        message: `ESET Connect refused the call with status ${status}. Check the upstream address, and quote the request id if it stays so.`,
      };

/**
 * No connection, or one that broke. `reason` is a system code such as `ECONNREFUSED`, never an address. `outcome`: `notSent` where the call had
 * not left yet.
 */
export const unreachable = (reason: string, outcome: CallOutcome): UpstreamError =>
  new UpstreamError(
    'UPSTREAM_UNAVAILABLE',
    `ESET Connect cannot be reached, or the connection broke (${reason}). Ask again later.`,
    { outcome },
  );

/** No answer within one attempt. */
export const timedOut = (limitMs: number, outcome: CallOutcome): UpstreamError =>
  new UpstreamError(
    'UPSTREAM_TIMEOUT',
    `ESET Connect did not answer within ${Math.round(limitMs / 1000)} s. Ask for less at once, or ask again later.`,
    { outcome },
  );

/** The deadline of the operation passed before there was an answer. No attempt follows. */
export const deadlinePassed = (): GatewayError =>
  new GatewayError(
    'UPSTREAM_TIMEOUT',
    'ESET Connect did not answer before the deadline of this operation. Ask for less at once, or ask again later.',
  );

/** What is wrong with a body, without a word of it. */
export class InvalidBodyError extends Error {
  override readonly name = 'InvalidBodyError';
}

/** An answer with more bytes than are read. Asking for the same again brings the same again. */
export class OversizedAnswerError extends UpstreamError {
  constructor(maxBodyBytes: number, details: GatewayErrorDetails) {
    super(
      'UPSTREAM_INVALID_RESPONSE',
      `ESET Connect's answer is larger than the ${maxBodyBytes} bytes that are read of one. Ask for less at once.`,
      { outcome: 'unknown', ...details },
    );
  }
}

/** A body that is not the contract's. `problem` names what is wrong with it, without quoting it. */
export const invalidResponse = (problem: string, details: GatewayErrorDetails = {}): UpstreamError =>
  new UpstreamError(
    'UPSTREAM_INVALID_RESPONSE',
    `ESET Connect's answer is not what its contract promises: ${problem}. Ask again later, and check the upstream address if it stays so.`,
    { outcome: 'unknown', ...details },
  );
