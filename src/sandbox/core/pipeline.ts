import { answerError, answerJson, type Answer } from './http/answer.ts';
import { pause, type SandboxClock } from './clock.ts';
import type { AccessTokens } from './credentials/access-tokens.ts';
import type { Accounts, User } from './credentials/accounts.ts';
import type { Domain } from './domain.ts';
import { applyFault, type Reaction } from './faults/apply-fault.ts';
import type { FaultRule, Faults, OtherWrite } from './faults/faults.ts';
import type { FairUseBuckets } from './limits/fair-use.ts';
import type { RateLimit } from './limits/rate-limit.ts';
import { readArguments } from './list/arguments.ts';
import { answerPage } from './list/list.ts';
import type { PageTokens } from './list/page-tokens.ts';
import type { PendingRequests } from './pending.ts';
import { Problem } from './problem.ts';
import type { ApiRoute, Call, FormRoute } from './route.ts';
import type { FindRoute, Match } from './router.ts';
import type { Settings } from './settings.ts';
import type { TranscriptNote } from './transcript.ts';

/** A request as far as the API looks at it. */
interface ApiRequest {
  readonly domain: Domain;
  readonly method: string;
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query: string;
  readonly body: string;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly responseId: string | undefined;
  readonly remoteAddress: string | undefined;
  /** Aborts when the caller goes away. */
  signal(): AbortSignal;
  /** Tells the transcript what became known. */
  readonly note: (note: TranscriptNote) => void;
}

/** The state that the API works on. */
interface ApiParts {
  readonly clock: SandboxClock;
  readonly settings: () => Settings;
  readonly accounts: Accounts;
  readonly accessTokens: AccessTokens;
  readonly rateLimit: RateLimit;
  readonly fairUse: FairUseBuckets;
  readonly pending: PendingRequests;
  readonly faults: Faults;
  readonly pageTokens: PageTokens;
  /** Does what another writer does meanwhile. */
  readonly writeMeanwhile: (write: OtherWrite, nowMs: number) => Promise<void>;
  readonly findRoute: FindRoute;
}

/** Carries a request out, once, at a moment of the sandbox's clock. */
type Execute = (nowMs: number) => Answer;

/** How long a request takes, and what it does at its end. */
interface Work {
  readonly identity: string;
  readonly takesMs: number;
  readonly execute: Execute;
  /** A write is carried out though its caller has gone. */
  readonly isWrite: boolean;
}

/** Answers requests as the contract says; every path that is not in it gets 404. */
export const createApi = (parts: ApiParts): ((request: ApiRequest) => Promise<Reaction>) => {
  const { clock, accounts, accessTokens, pending } = parts;

  /** Who calls. Throws a `Problem` where that is not to be told. */
  const identify = (authorization: string | undefined): User => {
    if (authorization === undefined) throw new Problem(400, 'authorization header is missing');
    const token = /^Bearer ([^\s]+)$/i.exec(authorization)?.[1];
    if (token === undefined) throw new Problem(400, 'authorization header is not a bearer token');
    const read = accessTokens.read(token, clock.nowMs());
    if (typeof read === 'string') throw new Problem(401, `authorization failed: the token is ${read}`);
    const user = accounts.userByReference(read.reference);
    if (user === undefined) throw new Problem(401, 'authorization failed: there is no such user');
    return user;
  };

  const limitAnswer = (status: 429 | 503, message: string): Answer => {
    const { retryAfterSeconds } = parts.settings();
    return answerError(
      status,
      message,
      retryAfterSeconds === false ? {} : { 'retry-after': String(retryAfterSeconds) },
    );
  };

  const accept = ({ identity, takesMs, execute, isWrite }: Work, startedAtMs: number): Answer =>
    pending.accept({
      identity,
      startedAtMs,
      takesMs,
      times: parts.settings().pending,
      execute: (nowMs, isGivenUp) => {
        if (!isGivenUp) return execute(nowMs);
        if (isWrite && parts.settings().timesOut === 'done') execute(nowMs);
        return answerError(504, 'the response took too long to make');
      },
    });

  /** Holds a request for as long as it takes, or answers it with 202 when that gets too long. Undefined: caller gone. */
  const perform = async (request: ApiRequest, work: Work): Promise<Answer | undefined> => {
    const { takesMs, execute, isWrite } = work;
    const startedAtMs = clock.nowMs();
    if (request.responseId !== undefined) return pending.pickUp(request.responseId, work.identity, startedAtMs);
    if (takesMs <= 0) return execute(startedAtMs);
    const { acceptAfterMs } = parts.settings().pending;
    const isSlow = takesMs >= acceptAfterMs;
    if (!(await pause(clock, isSlow ? acceptAfterMs : takesMs, request.signal()))) {
      // What was taken is done, although nobody is there any more to hear of it.
      if (isWrite) pending.executeAt(startedAtMs + takesMs, execute);
      return undefined;
    }
    return isSlow ? accept(work, startedAtMs) : execute(clock.nowMs());
  };

  const answerCall = async (
    request: ApiRequest,
    { route, inPath }: { route: ApiRoute; inPath: Match['inPath'] },
    user: User,
    fault?: FaultRule,
  ): Promise<Answer | undefined> => {
    const settings = parts.settings();
    const { domain, method, path, query, body, note } = request;
    const rights = accounts.rightsOf(user, route.functionality);
    if ('refusedBecause' in rights) throw new Problem(403, `access denied: ${rights.refusedBecause}`);
    if (domain === 'users' && !settings.usersSubscription) throw new Problem(501, 'not implemented for this account');
    const findMistake = await route.body?.();
    const isWrite = 'write' in route;
    const execute: Execute = (nowMs) =>
      answering(() => {
        const json = readBody(request, findMistake);
        if (json !== undefined) note({ body: json });
        const args = readArguments(query, inPath, route.parameters ?? {}, 'list' in route);
        const call: Call = {
          user,
          places: rights.places,
          domain,
          path,
          args,
          body: json,
          settings: parts.settings(),
          nowMs,
          note,
        };
        if ('list' in route) return answerPage(route.list(call), call, parts.pageTokens);
        if ('read' in route) return answerJson(route.read(call));
        const written = answerJson(route.write(call));
        request.note({ executions: 1 });
        return written;
      });
    const identity = JSON.stringify([user.reference, domain, method, path, query, body]);
    if (request.responseId === undefined && settings.fairUse !== false) {
      const verdict = parts.fairUse.use(user.reference, settings.fairUse, clock.nowMs());
      if (verdict === 'refused') return limitAnswer(503, 'fair use is exceeded, send the request again later');
      if (verdict !== 'served') {
        return accept({ identity, takesMs: verdict.waitMs, execute, isWrite }, clock.nowMs());
      }
    }
    return await perform(request, { identity, takesMs: fault?.takesMs ?? settings.pending.takesMs, execute, isWrite });
  };

  const answerForm = async (request: ApiRequest, route: FormRoute, fault?: FaultRule): Promise<Answer | undefined> => {
    if (mediaTypeOf(request) !== 'application/x-www-form-urlencoded') {
      throw new Problem(415, 'the body must be application/x-www-form-urlencoded');
    }
    const form = new URLSearchParams(request.body);
    const grantType = form.get('grant_type');
    if (grantType === 'password' || grantType === 'refresh_token') request.note({ grantType });
    return await perform(request, {
      identity: JSON.stringify([request.domain, request.method, request.path, request.query, request.body]),
      takesMs: fault?.takesMs ?? 0,
      execute: (nowMs) => answering(() => route.form(form, { settings: parts.settings(), nowMs, note: request.note })),
      isWrite: false,
    });
  };

  return async (request) => {
    const { domain, method, path, query, responseId } = request;
    pending.settle(clock.nowMs());
    const match = await parts.findRoute(domain, method, path);
    let caller: User | Problem | undefined;
    if (match !== undefined && 'functionality' in match.route) {
      try {
        caller = identify(request.authorization);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        caller = error;
      }
    }
    const user = caller instanceof Problem ? undefined : caller;
    if (user !== undefined) {
      request.note({ user: user.name });
      const { rateLimit, rateLimitBy } = parts.settings();
      const counted = rateLimitBy === 'user' ? user.reference : `address ${request.remoteAddress}`;
      if (rateLimit !== false && !parts.rateLimit.admit(counted, rateLimit, clock.nowMs())) {
        return { answer: limitAnswer(429, `more than ${rateLimit} calls in one second`) };
      }
    }
    const fault = parts.faults.meet({
      domain,
      method,
      path,
      query,
      user: user?.name,
      isPoll: responseId !== undefined,
      body: request.body,
    });
    if (fault?.delayMs !== undefined && !(await pause(clock, fault.delayMs, request.signal()))) return 'gone';
    if (fault?.between !== undefined) await parts.writeMeanwhile(fault.between, clock.nowMs());
    const make = async (): Promise<Answer | undefined> => {
      try {
        if (match === undefined) throw new Problem(404, 'there is nothing at this path');
        if (caller instanceof Problem) throw caller;
        if ('form' in match.route) return await answerForm(request, match.route, fault);
        return await answerCall(request, { route: match.route, inPath: match.inPath }, user as User, fault);
      } catch (error) {
        if (error instanceof Problem) return answerError(error.status, error.message);
        throw error;
      }
    };
    if (fault === undefined) {
      const answer = await make();
      return answer === undefined ? 'gone' : { answer };
    }
    return await applyFault(fault, make, request.note);
  };
};

/** Answers a `Problem` as upstream does. */
const answering = (make: () => Answer): Answer => {
  try {
    return make();
  } catch (error) {
    if (error instanceof Problem) return answerError(error.status, error.message);
    throw error;
  }
};

const mediaTypeOf = ({ contentType }: ApiRequest): string | undefined =>
  contentType?.split(';')[0]?.trim().toLowerCase();

/** The JSON object of the body, checked, or undefined where the route takes none. Throws a `Problem`. */
const readBody = (request: ApiRequest, findMistake: ((json: unknown) => string | undefined) | undefined): unknown => {
  if (findMistake === undefined) {
    if (request.body !== '') throw new Problem(400, 'this call takes no body');
    return undefined;
  }
  if (request.body === '') throw new Problem(400, 'the body is missing');
  if (mediaTypeOf(request) !== 'application/json') throw new Problem(415, 'the body must be application/json');
  let json: unknown;
  try {
    json = JSON.parse(request.body);
  } catch {
    throw new Problem(400, 'the body is not valid JSON');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new Problem(400, 'the body is not a JSON object');
  }
  const mistake = findMistake(json);
  if (mistake !== undefined) throw new Problem(400, mistake);
  return json;
};
