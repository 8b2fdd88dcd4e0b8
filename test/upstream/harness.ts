import { createHash } from 'node:crypto';
// The sandbox loads these when they are first called, which takes time that a manual clock does not know of.
import '../../src/sandbox/domains/directory.ts';
import '../../src/sandbox/domains/identity/bodies.ts';
import '../../src/sandbox/domains/identity/writes.ts';
import '../../src/sandbox/domains/users/batch-body.ts';
import '../../src/sandbox/world/directory/made-up-directory.ts';
import { Aborter } from '../../src/platform/abort.ts';
import { createCallBudget } from '../../src/model/call-budget.ts';
import { GatewayError } from '../../src/model/errors.ts';
import { silentLogger, type Logger } from '../../src/platform/logger.ts';
import type { Operation } from '../../src/model/operation.ts';
import type { SubjectPage, SubjectPageRequest, SubjectPageSource } from '../../src/model/subject-list.ts';
import type { Random } from '../../src/platform/random.ts';
import { createUpstreamReport } from '../../src/model/upstream-report.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { createUpstream, type Upstream, type UpstreamOptions } from '../../src/upstream/client.ts';
import { listRoleAssignments } from '../../src/upstream/endpoints/role-assignments.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

/** Chance without surprises: the same half, and uuids that count. */
export const steadyRandom = (): Random => {
  let count = 0;
  return { number: () => 0.5, uuid: () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}` };
};

/** A logger that keeps every line, to be searched for what must not be in it. */
export const keepingLogger = (): { readonly logger: Logger; readonly lines: string[] } => {
  const lines: string[] = [];
  const keep = (fields: object, message: string): void => void lines.push(`${message} ${JSON.stringify(fields)}`);
  return { logger: { debug: keep, info: keep, warn: keep, error: keep }, lines };
};

export interface OperationOptions {
  readonly id?: string;
  readonly token?: string;
  readonly timeoutMs?: number;
  readonly maxCalls?: number;
  readonly name?: string;
}

/** A sandbox and a client of it that share one clock. */
export interface Harness {
  readonly clock: ManualClock;
  readonly sandbox: Sandbox;
  /** With the pages of role assignments at hand. */
  readonly upstream: Upstream & SubjectPageSource;
  /** An operation of the sandbox's administrator, or of whoever `token` names; `token: ''` is of nobody. */
  readonly operation: (options?: OperationOptions) => Operation & { abort(): void };
  /** Asks, turning the clock whenever nothing else goes on. */
  fetch(operation: Operation, request?: Partial<SubjectPageRequest>): Promise<SubjectPage>;
  /** What upstream saw, short: method, path and status, a poll marked by `+id`. */
  seen(): string[];
  close(): Promise<void>;
}

/** `shared`: another client of a sandbox that somebody else closes. */
export const createHarness = async (
  sandboxOptions: SandboxOptions = {},
  upstreamOptions: Partial<UpstreamOptions> & {
    readonly service?: boolean | { username: string; password: string };
  } = {},
  shared?: Pick<Harness, 'clock' | 'sandbox'>,
): Promise<Harness> => {
  const clock = shared?.clock ?? createManualClock();
  const sandbox = shared?.sandbox ?? (await createSandbox({ subjects: 200, clock, ...sandboxOptions }));
  const { service, ...rest } = upstreamOptions;
  const [administrator] = sandbox.users;
  if (administrator === undefined) throw new Error('the sandbox has no user');
  const { name: username, password } = administrator;
  const client = createUpstream({
    addresses: { ...sandbox.urls, token: sandbox.tokenUrl },
    auth:
      service === undefined || service === false
        ? { mode: 'passthrough' }
        : { mode: 'service', ...(service === true ? { username, password } : service) },
    rateLimitPerSecond: 10,
    clock,
    random: steadyRandom(),
    logger: silentLogger,
    attemptTimeoutMs: 65_000,
    maxBodyBytes: 16_000_000,
    maxWaitingPerCaller: 1000,
    maxConnections: 64,
    ...rest,
  });
  const upstream = { ...client, ...client.list(listRoleAssignments) };
  let operations = 0;

  const operation: Harness['operation'] = ({ id, token, timeoutMs = 150_000, maxCalls = 1000, name } = {}) => {
    const bearerToken = token ?? sandbox.adminToken;
    const controller = new Aborter();
    const isService = service !== undefined && service !== false;
    const credentialKey = isService ? 'service' : createHash('sha256').update(bearerToken).digest('hex');
    clock.after(timeoutMs, () => controller.abort(new GatewayError('UPSTREAM_TIMEOUT', 'The deadline has passed.')));
    return {
      id: id ?? `operation ${++operations}`,
      ...(bearerToken !== '' && {
        caller: {
          credentialKey,
          reference: null,
          ...(!isService && { bearerToken }),
          ...(name !== undefined && { name }),
        },
      }),
      signal: controller.signal,
      deadlineMs: clock.nowMs() + timeoutMs,
      budget: createCallBudget(maxCalls),
      report: createUpstreamReport(),
      bypassCache: false,
      abort: () => controller.abort(new Error('the client went away')),
    };
  };

  return {
    clock,
    sandbox,
    upstream,
    operation,
    fetch: (operation, request) => clock.run(upstream.fetchPage({ ...firstPage, ...request }, operation)),
    seen: () =>
      sandbox
        .transcript()
        .map(({ method, path, status, responseId, grantType }) =>
          [method, path.split('/').at(-1), grantType, status ?? 'none', responseId === undefined ? '' : '+id']
            .filter((part) => part !== undefined && part !== '')
            .join(' '),
        ),
    async close() {
      await upstream.close();
      if (shared === undefined) await sandbox.close();
    },
  };
};

export const firstPage: SubjectPageRequest = { question: { includeNestedScopes: false }, pageSize: 50 };

/** The refusal that the work must end with. */
export const refusalOf = async (work: Promise<unknown>): Promise<GatewayError> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw new Error(`not a GatewayError: ${String(error)}`, { cause: error });
  }
  throw new Error('the work succeeded');
};
