import type { IncomingHttpHeaders } from 'node:http';
import { Aborter } from '../platform/abort.ts';
import { createCallBudget } from '../model/call-budget.ts';
import type { Clock } from '../platform/clock.ts';
import { type ErrorCode, GatewayError } from '../model/errors.ts';
import type { Caller, Operation } from '../model/operation.ts';
import type { Random } from '../platform/random.ts';
import type { Turns } from '../platform/turns.ts';
import { createUpstreamReport } from '../model/upstream-report.ts';
import type { ExecutorName } from './executor/executor.ts';
import type { GraphqlRequest } from './graphql-request.ts';
import { preferredWaitMs } from './preferred-wait.ts';
import { requestIdHeader } from './request-id.ts';
import { RenewedSet } from '../platform/renewed.ts';

interface OperationSettings {
  readonly timeoutMs: number;
  readonly maxCalls: number;
  /** Operations that may run at the same time, over all callers. */
  readonly maxOperations: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly turns: Turns;
  /** Told when an operation begins and when it is over: logs, metrics, traces. Must not throw. */
  readonly observers?: readonly OperationObserver[];
}

export interface OperationObserver {
  opened?(operation: Operation, headers: IncomingHttpHeaders): void;
  done?(record: OperationRecord): void;
}

/** How an operation ended. */
export interface OperationRecord {
  /** The operation's id; where there is none, that of the request. */
  readonly id: string;
  /** Absent where the request was refused before it was one: it cannot be read, or asks for what is not there. */
  readonly operation?: Operation | undefined;
  /** As the client calls it: any word of at most 200 characters. */
  readonly name?: string | undefined;
  /** Whether the document is one of the operator's manifest. */
  readonly isTrusted: boolean;
  /** How the request came in. */
  readonly way: GraphqlRequest['way'];
  /** What answered: an executor, the response cache, or, for what was refused, nothing. */
  readonly path: AnswerPath;
  /** Codes of its errors, each once. */
  readonly codes: readonly ErrorCode[];
  readonly startedAtMs: number;
  readonly durationMs: number;
}

type AnswerPath = ExecutorName | 'cached' | 'none';

/** What is known of an answer once it is there. */
export type Outcome = Pick<OperationRecord, 'codes' | 'isTrusted' | 'path'> & { readonly name?: string | undefined };

/** One running operation, and what ends it. */
export interface OpenOperation {
  readonly operation: Operation;
  readonly startedAtMs: number;
  /** Ends every wait of the operation at once, with the reason given. */
  abort(reason: GatewayError): void;
  /** To be called when the operation has its result: lets go of timers and listeners. Safe to call twice. */
  close(): void;
}

/** Every operation of a gateway that is running. */
export interface Operations {
  readonly running: number;
  /**
   * Opens an operation: its deadline starts to run, earlier where the client wants to wait no longer (`Prefer: wait=`), and it ends early when the client goes away. Throws `RATE_LIMITED` where too many run already.
   */
  open(request: GraphqlRequest, caller: Caller | undefined): OpenOperation;
  /** Tells the observers how an operation ended, or a request that never became one. */
  report(open: OpenOperation | undefined, request: GraphqlRequest, outcome: Outcome): void;
  /** Ends the waits of all that still run, with the reason given. */
  abortAll(reason: GatewayError): void;
  /** Whether the gateway ends: answers are then the last on their connections. */
  readonly isEnding: boolean;
  /** Lets all answers from now on be the last on their connections. */
  closeConnections(): void;
  /** Resolves as soon as none runs. */
  whenIdle(): Promise<void>;
}

export const createOperations = (settings: OperationSettings): Operations => {
  const { clock, random, turns, maxCalls, maxOperations, observers = [] } = settings;
  const running = new RenewedSet<OpenOperation>();
  const idleWaiters: (() => void)[] = [];
  let isEnding = false;

  return {
    get running() {
      return running.size;
    },
    open(request, caller) {
      if (running.size >= maxOperations) throw tooMany(maxOperations);
      const { headers } = request;
      const aborter = new Aborter();
      const abort = (reason: GatewayError) => aborter.abort(reason);
      const timeoutMs = Math.min(settings.timeoutMs, preferredWaitMs(headers) ?? settings.timeoutMs);
      const cancelDeadline = clock.after(timeoutMs, () => abort(deadlinePassed(timeoutMs)));
      const stopListening = request.onDisconnect?.(() => abort(disconnected()));
      const startedAtMs = clock.nowMs();
      const operation: Operation = {
        // Two requests may bring the same id, and the limiter must not take them for one operation.
        id: uniqueId(request, random),
        caller,
        signal: aborter.signal,
        deadlineMs: startedAtMs + timeoutMs,
        budget: createCallBudget(maxCalls),
        report: createUpstreamReport(),
        bypassCache: /(?:^|[\s,])no-cache(?:$|[\s,;])/i.test(headers['cache-control'] ?? ''),
        turns,
      };
      const open: OpenOperation = {
        operation,
        startedAtMs,
        abort,
        close: () => {
          if (!running.delete(open)) return;
          cancelDeadline();
          stopListening?.();
          if (running.size === 0) for (const resolve of idleWaiters.splice(0)) resolve();
        },
      };
      running.add(open);
      for (const observer of observers) observer.opened?.(operation, headers);
      return open;
    },
    report(open, { requestId, way }, { codes, isTrusted, path, name }) {
      const nowMs = clock.nowMs();
      const startedAtMs = open?.startedAtMs ?? nowMs;
      const record: OperationRecord = {
        id: open?.operation.id ?? requestId,
        operation: open?.operation,
        name,
        codes,
        isTrusted,
        way,
        path,
        startedAtMs,
        durationMs: nowMs - startedAtMs,
      };
      for (const observer of observers) observer.done?.(record);
    },
    abortAll(reason) {
      for (const open of running) open.abort(reason);
    },
    get isEnding() {
      return isEnding;
    },
    closeConnections() {
      isEnding = true;
    },
    whenIdle: () =>
      new Promise((resolve) => {
        if (running.size === 0) resolve();
        else idleWaiters.push(resolve);
      }),
  };
};

const uniqueId = ({ requestId, headers }: GraphqlRequest, random: Random): string => {
  if (requestId === '') return random.uuid();
  return headers[requestIdHeader] === requestId ? `${requestId}/${random.uuid()}` : requestId;
};

const disconnected = (): GatewayError => new GatewayError('INTERNAL', 'The client disconnected.');

const tooMany = (maxOperations: number): GatewayError =>
  new GatewayError(
    'RATE_LIMITED',
    `The gateway works on ${maxOperations} operations already, and takes no more at once. Ask again after the pause.`,
    { retryAfterMs: 1000 },
  );

const deadlinePassed = (timeoutMs: number): GatewayError =>
  new GatewayError(
    'UPSTREAM_TIMEOUT',
    `Upstream did not answer within the ${timeoutMs} ms that one operation may take. Ask for less at once, or try again.`,
  );
