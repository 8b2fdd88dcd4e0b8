import type { AccessTokens } from './credentials/access-tokens.ts';
import type { Accounts, User } from './credentials/accounts.ts';
import { answerError, type Answer } from './answer.ts';
import { pause, type SandboxClock } from './clock.ts';
import { spoil, type FaultRule, type Faults, type Reaction } from './faults.ts';
import type { Limits } from './limits/fair-use.ts';
import type { PendingQuestions } from './pending.ts';
import type { RefreshTokens } from './credentials/refresh-tokens.ts';
import type { ListCall } from '../domains/identity/role-assignments.ts';
import type { Settings } from './settings.ts';
import { answerToken } from '../domains/identity/token-endpoint.ts';
import type { TranscriptNote } from './transcript.ts';
import type { Place } from '../world/world.ts';

/** A request as far as the API looks at it. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query: string;
  readonly body: string;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly responseId: string | undefined;
  /** Aborts when the caller goes away. */
  signal(): AbortSignal;
  /** Tells the transcript what became known. */
  readonly note: (note: TranscriptNote) => void;
}

/** The state that the API works on. */
export interface ApiParts {
  readonly clock: SandboxClock;
  readonly settings: () => Settings;
  readonly accounts: Accounts;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly limits: Limits;
  readonly pending: PendingQuestions;
  readonly faults: Faults;
  readonly listRoleAssignments: (call: ListCall) => Answer;
}

/** Either who calls, or the refusal that the call gets. */
type Caller = { readonly user: User } | { readonly refusal: Answer };

const listPath = '/v2/role-assignments';
const tokenPath = '/oauth/token';

/** Answers requests as the contract says; every path that is not in it gets 404. */
export const createApi = (parts: ApiParts): ((request: ApiRequest) => Promise<Reaction>) => {
  const { clock, accounts, accessTokens, limits, pending } = parts;

  const identify = (authorization: string | undefined): Caller => {
    if (authorization === undefined) return { refusal: answerError(400, 'authorization header is missing') };
    const token = /^Bearer ([^\s]+)$/i.exec(authorization)?.[1];
    if (token === undefined) return { refusal: answerError(400, 'authorization header is not a bearer token') };
    const read = accessTokens.read(token, clock.nowMs());
    if (typeof read === 'string') return { refusal: answerError(401, `authorization failed: the token is ${read}`) };
    const user = accounts.userByReference(read.reference);
    return user === undefined ? { refusal: answerError(401, 'authorization failed: there is no such user') } : { user };
  };

  const limitAnswer = (status: 429 | 503, message: string): Answer => {
    const { retryAfterSeconds } = parts.settings();
    return answerError(
      status,
      message,
      retryAfterSeconds === false ? {} : { 'retry-after': String(retryAfterSeconds) },
    );
  };

  /** Holds a question for as long as it takes, or answers it with 202 when that gets too long. Undefined: caller gone. */
  const work = async (
    request: ApiRequest,
    identity: string,
    takesMs: number,
    make: () => Answer,
  ): Promise<Answer | undefined> => {
    if (request.responseId !== undefined) return pending.pickUp(request.responseId, identity, clock.nowMs(), make);
    if (takesMs <= 0) return make();
    const times = parts.settings().pending;
    const startedAtMs = clock.nowMs();
    const isSlow = takesMs >= times.acceptAfterMs;
    if (!(await pause(clock, isSlow ? times.acceptAfterMs : takesMs, request.signal()))) return undefined;
    return isSlow ? pending.accept(identity, startedAtMs, takesMs, times) : make();
  };

  const list = async (request: ApiRequest, caller: Caller, fault?: FaultRule): Promise<Answer | undefined> => {
    if ('refusal' in caller) return caller.refusal;
    const { user } = caller;
    const placesNow = (): 'all' | readonly Place[] | Answer => {
      const coverage = accounts.coverageOf(user);
      return 'places' in coverage ? coverage.places : answerError(403, `access denied: ${coverage.refusedBecause}`);
    };
    const places = placesNow();
    if (typeof places === 'object' && 'status' in places) return places;
    const make = (): Answer =>
      parts.listRoleAssignments({
        query: new URLSearchParams(request.query),
        reference: user.reference,
        places,
        settings: parts.settings(),
        nowMs: clock.nowMs(),
      });
    const identity = JSON.stringify([user.reference, request.method, request.path, request.query]);
    const settings = parts.settings();
    if (request.responseId === undefined && settings.fairUse !== false) {
      const verdict = limits.use(user.reference, settings.fairUse, clock.nowMs());
      if (verdict === 'refused') return limitAnswer(503, 'fair use is exceeded, send the request again later');
      if (verdict !== 'served') return pending.accept(identity, clock.nowMs(), verdict.waitMs, settings.pending);
    }
    return await work(request, identity, fault?.takesMs ?? settings.pending.takesMs, make);
  };

  const issueToken = async (request: ApiRequest, fault?: FaultRule): Promise<Answer | undefined> => {
    const type = request.contentType?.split(';')[0]?.trim().toLowerCase();
    if (type !== 'application/x-www-form-urlencoded') {
      return answerError(415, 'the body must be application/x-www-form-urlencoded');
    }
    const form = new URLSearchParams(request.body);
    const grantType = form.get('grant_type');
    if (grantType === 'password' || grantType === 'refresh_token') request.note({ grantType });
    const identity = JSON.stringify([request.method, request.path, request.query, request.body]);
    return await work(request, identity, fault?.takesMs ?? 0, () => {
      const { answer, user } = answerToken(form, parts, parts.settings(), clock.nowMs());
      if (user !== undefined) request.note({ user });
      return answer;
    });
  };

  return async (request) => {
    const isList = request.method === 'GET' && request.path === listPath;
    const caller = isList ? identify(request.authorization) : undefined;
    const user = caller !== undefined && 'user' in caller ? caller.user : undefined;
    if (user !== undefined) {
      request.note({ user: user.name });
      const { rateLimit } = parts.settings();
      if (rateLimit !== false && !limits.admit(user.reference, rateLimit, clock.nowMs())) {
        return { answer: limitAnswer(429, `more than ${rateLimit} calls in one second`) };
      }
    }
    const { path, query, responseId } = request;
    const fault = parts.faults.meet({ path, query, user: user?.name, isPoll: responseId !== undefined });
    if (fault?.delayMs !== undefined && !(await pause(clock, fault.delayMs, request.signal()))) return 'gone';
    const make = async (): Promise<Answer | undefined> => {
      if (caller !== undefined) return await list(request, caller, fault);
      const isToken = request.method === 'POST' && request.path === tokenPath;
      return isToken ? await issueToken(request, fault) : answerError(404, 'there is nothing at this path');
    };
    if (fault === undefined) {
      const answer = await make();
      return answer === undefined ? 'gone' : { answer };
    }
    return await spoil(fault, make, request.note);
  };
};
