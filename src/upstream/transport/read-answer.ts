import type { Clock } from '../../platform/clock.ts';
import type { Send, WireAnswer, WireSend } from '../call.ts';
import type { Endpoint } from '../endpoint.ts';
import { type ErrorOfStatus, InvalidBodyError, invalidResponse, lostAnswer } from '../errors.ts';
import { parseJson } from './parse-json.ts';
import { parseRetryAfterMs } from './retry-after.ts';

interface ReadAnswersOptions<Value> {
  readonly send: WireSend;
  /** Turns the parsed body of a 200 into a value. Throws an `InvalidBodyError` where it is not the contract's. */
  readonly read: (body: unknown) => Value | Promise<Value>;
  /** The same without parsing it, where that is possible. */
  readonly scan?: Endpoint<never, Value>['scan'];
  readonly errorOf: ErrorOfStatus;
  readonly clock: Clock;
}

/**
 * Reads what came over the wire: 200 becomes the value, 202 "pending", everything else an error. A 200 that is no JSON (truncated, HTML,
 * empty) is `UPSTREAM_INVALID_RESPONSE`.
 */
export const readAnswers =
  <Value>({ send, read, scan, errorOf, clock }: ReadAnswersOptions<Value>): Send<Value> =>
  async (call) => {
    const answer = await send(call);
    const { status, requestId } = answer;
    if (status === 200) {
      const value = scan?.(answer.body, answer.release) ?? (await readValue(answer, read));
      return { isPending: false, value, requestId, receivedAtMs: clock.nowMs(), bodyBytes: answer.body.length };
    }
    const retryAfterMs = parseRetryAfterMs(answer.retryAfter, clock.nowMs());
    if (status === 202) return { isPending: true, responseId: answer.responseId, retryAfterMs, requestId };
    const details = { requestId, retryAfterMs };
    if (status === 404 && call.responseId !== undefined) throw lostAnswer(details);
    throw errorOf(call.endpoint, { ...details, status, isAboutAuthorization: saysUnauthorized(answer) });
  };

const readValue = async <Value>(answer: WireAnswer, read: ReadAnswersOptions<Value>['read']): Promise<Value> => {
  const body = await parsed(answer);
  answer.release?.();
  try {
    return await read(body);
  } catch (error) {
    if (!(error instanceof InvalidBodyError)) throw error;
    throw invalidResponse(error.message, { requestId: answer.requestId, upstreamStatus: answer.status });
  }
};

const parsed = async ({ body, requestId, status }: WireAnswer): Promise<unknown> => {
  try {
    return await parseJson(body);
  } catch {
    // The parser's own message quotes the body, so it is not kept.
    throw invalidResponse(body.length === 0 ? 'the body is empty' : 'the body is not JSON', {
      requestId,
      upstreamStatus: status,
    });
  }
};

// "Invalid page token" is about an argument: only words that can mean nothing but the credential count.
const authorizationWords = /authori[sz]|authenticat|bearer|access.?token|credential|\bjwt\b/i;

/** gRPC's UNAUTHENTICATED, which the `code` of an error body is in practice. */
const unauthenticatedCode = 16;

/** Whether this is a 400 whose body speaks of a bad or missing authorization. No body schema is promised, so text is read as well. */
const saysUnauthorized = ({ status, body }: WireAnswer): boolean => {
  if (status !== 400) return false;
  const text = body.toString('utf8', 0, 4096);
  try {
    const parsed = JSON.parse(text) as unknown;
    if (typeof parsed === 'object' && parsed !== null && 'code' in parsed && parsed.code === unauthenticatedCode)
      return true;
    if (typeof parsed === 'object' && parsed !== null && 'message' in parsed) {
      return typeof parsed.message === 'string' && authorizationWords.test(parsed.message);
    }
  } catch {
    // Not JSON: the text itself is looked at.
  }
  return authorizationWords.test(text);
};
