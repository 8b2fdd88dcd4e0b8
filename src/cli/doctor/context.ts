import { createCallBudget } from '../../model/call-budget.ts';
import type { Operation } from '../../model/operation.ts';
import type { SubjectPage, SubjectPageRequest } from '../../model/subject-list.ts';
import { createUpstreamReport } from '../../model/upstream-report.ts';
import { type Clock, sleep } from '../../platform/clock.ts';
import { silentLogger } from '../../platform/logger.ts';
import type { Random } from '../../platform/random.ts';
import type { UpstreamAddresses } from '../../settings/read.ts';
import type { WireAnswer } from '../../upstream/call.ts';
import { createUpstream } from '../../upstream/client.ts';
import type { Tokens } from '../../upstream/credentials/token-endpoint.ts';
import type { Endpoint, PageContent, PageInput } from '../../upstream/endpoint.ts';
import { listRoleAssignments } from '../../upstream/endpoints/role-assignments.ts';
import { timedOut } from '../../upstream/errors.ts';
import { createRateWindow } from '../../upstream/rate-limit/sliding-window.ts';
import { createUndiciSend } from '../../upstream/transport/undici.ts';

export interface DoctorOptions extends UpstreamAddresses {
  /** Where the addresses come from; undefined where they were given one by one. */
  readonly region?: string | undefined;
  /** Name and password of the API user. */
  readonly username?: string | undefined;
  /** Secret. */
  readonly password?: string | undefined;
  /** A bearer token to look with instead. Secret. */
  readonly token?: string | undefined;
  /** Calls a second. Default: 10, as ESET Connect allows. */
  readonly rateLimitPerSecond?: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** A list that needs no more than to be asked for. */
export type AnyList = Endpoint<PageInput<Readonly<Record<string, never>>>, PageContent<unknown>>;

/** One exchange without any policy around it. */
export interface Exchange {
  readonly answer: WireAnswer;
  readonly tookMs: number;
  /** How far this machine's clock is ahead of upstream's; undefined where upstream does not tell its own. */
  readonly skewMs: number | undefined;
}

/** What the doctor examines, and what it has found out so far. Everything fails with a `GatewayError`. */
export interface DoctorContext {
  readonly clock: Clock;
  readonly addresses: UpstreamAddresses;
  readonly region: string | undefined;
  readonly canLogin: boolean;
  readonly hasToken: boolean;
  login(): Promise<Tokens>;
  /** False where the login gave no refresh token. */
  refresh(): Promise<boolean>;
  /** The smallest page of all subjects; read once. */
  readFirstPage(): Promise<SubjectPage>;
  /** The smallest page of another list. */
  readPage(list: AnyList): Promise<PageContent<unknown>>;
  /** The call of `readFirstPage` again, as it comes over the wire. */
  exchange(): Promise<Exchange>;
  close(): Promise<void>;
}

const deadlineMs = 150_000;
const attemptTimeoutMs = 65_000;
const smallestPage: SubjectPageRequest = { question: { includeNestedScopes: false }, pageSize: 1 };
const credentialKey = 'doctor';

export const createContext = (options: DoctorOptions): DoctorContext => {
  const { baseUrl, tokenUrl, usersUrl, devicesUrl, policiesUrl, username, password, clock, random } = options;
  const { rateLimitPerSecond = 10 } = options;
  const bounds = { maxBodyBytes: 16 * 1024 * 1024, maxConnections: 1 };
  const wire = createUndiciSend({ ...bounds, baseUrl });
  // One account of calls for the client's and the bare ones, as upstream counts them.
  const rateWindow = createRateWindow({ limit: rateLimitPerSecond });
  const upstream = createUpstream({
    ...bounds,
    addresses: { identity: baseUrl, token: tokenUrl, users: usersUrl, devices: devicesUrl, policies: policiesUrl },
    auth: { mode: 'passthrough' },
    rateLimitPerSecond,
    rateWindow,
    attemptTimeoutMs,
    clock,
    random,
    logger: silentLogger,
  });
  const endpoint = tokenUrl === undefined ? undefined : upstream.tokens;
  const canLogin = endpoint !== undefined && username !== undefined && password !== undefined;
  const closing = new AbortController();
  const limits = () => ({ signal: closing.signal, deadlineMs: clock.nowMs() + deadlineMs });
  let tokens: Tokens | undefined;
  let firstPage: Promise<SubjectPage> | undefined;

  const bearerToken = (): string => tokens?.accessToken ?? options.token ?? '';
  const operation = (): Operation => ({
    id: random.uuid(),
    caller: { credentialKey, bearerToken: bearerToken(), reference: null },
    ...limits(),
    budget: createCallBudget(100),
    report: createUpstreamReport(),
    bypassCache: true,
  });

  const waitForSlot = async (): Promise<void> => {
    for (;;) {
      const wait = await rateWindow.take(credentialKey, clock.nowMs());
      if (wait === undefined) return;
      await sleep(clock, wait.ownMs, closing.signal);
    }
  };

  return {
    clock,
    addresses: options,
    region: options.region,
    canLogin,
    hasToken: options.token !== undefined,
    async login() {
      if (!canLogin) throw new Error('login needs a token address, a name and a password');
      tokens = await endpoint.password(username, password, limits());
      return tokens;
    },
    async refresh() {
      if (endpoint === undefined || tokens?.refreshToken === undefined) return false;
      tokens = await endpoint.refresh(tokens.refreshToken, limits());
      return true;
    },
    readFirstPage: () => (firstPage ??= upstream.list(listRoleAssignments).fetchPage(smallestPage, operation())),
    async readPage(list) {
      const { value } = await upstream.call(list, { question: {}, pageSize: 1 }, operation());
      return value;
    },
    async exchange() {
      await waitForSlot();
      const limit = new AbortController();
      const cancelTimer = clock.after(attemptTimeoutMs, () => limit.abort(timedOut(attemptTimeoutMs, 'unknown')));
      const startedAtMs = clock.nowMs();
      const answer = await wire
        .send({
          endpoint: listRoleAssignments,
          ...listRoleAssignments.request(smallestPage),
          authorization: `Bearer ${bearerToken()}`,
          credentialKey,
          signal: limit.signal,
          deadlineMs: startedAtMs + attemptTimeoutMs,
        })
        .finally(cancelTimer);
      const endedAtMs = clock.nowMs();
      const theirMs = answer.date === undefined ? Number.NaN : Date.parse(answer.date);
      return {
        answer,
        tookMs: endedAtMs - startedAtMs,
        skewMs: Number.isNaN(theirMs) ? undefined : (startedAtMs + endedAtMs) / 2 - theirMs,
      };
    },
    async close() {
      closing.abort();
      await Promise.all([wire.close(), upstream.close()]);
    },
  };
};
