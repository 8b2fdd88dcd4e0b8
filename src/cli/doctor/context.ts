import type { Clock } from '../../platform/clock.ts';
import { createCallBudget } from '../../model/call-budget.ts';
import { silentLogger } from '../../platform/logger.ts';
import type { Operation } from '../../model/operation.ts';
import type { SubjectPage, SubjectPageRequest } from '../../model/subject-list.ts';
import { createUpstreamReport } from '../../model/upstream-report.ts';
import type { WireAnswer } from '../../upstream/call.ts';
import type { DoctorOptions } from './examination.ts';
import { listRoleAssignments } from '../../upstream/endpoints/role-assignments.ts';
import type { Tokens } from '../../upstream/credentials/token-endpoint.ts';
import { createUndiciSend } from '../../upstream/transport/undici.ts';
import { timedOut } from '../../upstream/errors.ts';
import { createUpstream } from '../../upstream/client.ts';

/** One exchange without any policy around it. */
export interface Exchange {
  readonly answer: WireAnswer;
  readonly tookMs: number;
  /** How far this machine's clock is ahead of upstream's; undefined where upstream does not tell its own. */
  readonly skewMs: number | undefined;
}

/** What the doctor examines, and what it has found out so far. Everything fails with a `GatewayError`. */
export interface Patient {
  readonly clock: Clock;
  readonly addresses: readonly { readonly label: string; readonly url: string }[];
  readonly canLogin: boolean;
  readonly hasToken: boolean;
  login(): Promise<Tokens>;
  /** False where the login gave no refresh token. */
  refresh(): Promise<boolean>;
  /** The smallest page of all subjects; read once. */
  readFirstPage(): Promise<SubjectPage>;
  /** The same call again, as it comes over the wire. Not paced: a whole examination makes fewer calls than one second allows. */
  exchange(): Promise<Exchange>;
  close(): Promise<void>;
}

const deadlineMs = 150_000;
const attemptTimeoutMs = 65_000;
const smallestPage: SubjectPageRequest = { question: { includeNestedScopes: false }, pageSize: 1 };

export const createPatient = (options: DoctorOptions): Patient => {
  const { baseUrl, tokenUrl, username, password, clock, random } = options;
  const bounds = { maxBodyBytes: 16 * 1024 * 1024, maxConnections: 1 };
  const wire = createUndiciSend({ ...bounds, baseUrl });
  const upstream = createUpstream({
    ...bounds,
    addresses: { identity: baseUrl, token: tokenUrl },
    auth: { mode: 'passthrough' },
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
    caller: { credentialKey: 'doctor', bearerToken: bearerToken(), reference: null },
    ...limits(),
    budget: createCallBudget(100),
    report: createUpstreamReport(),
    bypassCache: true,
  });

  return {
    clock,
    addresses: [
      { label: 'Identity', url: baseUrl },
      ...(tokenUrl === undefined ? [] : [{ label: 'token endpoint', url: tokenUrl }]),
    ],
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
    readFirstPage: () => (firstPage ??= upstream.fetchPage(smallestPage, operation())),
    async exchange() {
      const limit = new AbortController();
      const cancelTimer = clock.after(attemptTimeoutMs, () => limit.abort(timedOut(attemptTimeoutMs, 'unknown')));
      const startedAtMs = clock.nowMs();
      const answer = await wire
        .send({
          endpoint: listRoleAssignments,
          ...listRoleAssignments.request(smallestPage),
          authorization: `Bearer ${bearerToken()}`,
          credentialKey: 'doctor',
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
