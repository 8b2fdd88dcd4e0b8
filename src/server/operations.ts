import type { IncomingMessage, ServerResponse } from 'node:http';
import { createCallBudget } from '../model/call-budget.ts';
import type { Clock } from '../model/clock.ts';
import { GatewayError } from '../model/errors.ts';
import type { Caller, Operation } from '../model/operation.ts';
import type { Random } from '../model/random.ts';
import { createUpstreamReport } from '../model/upstream-report.ts';

export interface OperationSettings {
  readonly timeoutMs: number;
  readonly maxCalls: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** One running operation, and what ends it. */
export interface OpenOperation {
  readonly operation: Operation;
  /** Ends every wait of the operation at once, with the reason given. */
  abort(reason: GatewayError): void;
  /** To be called when the operation has its result: lets go of timers and listeners. Safe to call twice. */
  close(): void;
}

/** Opens an operation: its deadline starts to run, and it ends early when the client goes away. */
export const openOperation = (
  settings: OperationSettings,
  request: Pick<IncomingMessage, 'headers'>,
  response: ServerResponse | undefined,
  caller: Caller | undefined,
): OpenOperation => {
  const { clock, random, timeoutMs, maxCalls } = settings;
  const controller = new AbortController();
  const abort = (reason: GatewayError) => controller.abort(reason);
  const cancelDeadline = clock.after(timeoutMs, () => abort(deadlinePassed(timeoutMs)));
  const onClose = () => {
    if (response?.writableFinished !== true) abort(new GatewayError('INTERNAL', 'The client went away.'));
  };
  response?.once('close', onClose);
  return {
    operation: {
      id: random.uuid(),
      ...(caller === undefined ? {} : { caller }),
      signal: controller.signal,
      deadlineMs: clock.nowMs() + timeoutMs,
      budget: createCallBudget(maxCalls),
      report: createUpstreamReport(),
      bypassCache: /(?:^|[\s,])no-cache(?:$|[\s,;])/i.test(request.headers['cache-control'] ?? ''),
    },
    abort,
    close: () => {
      cancelDeadline();
      response?.off('close', onClose);
    },
  };
};

const deadlinePassed = (timeoutMs: number): GatewayError =>
  new GatewayError(
    'UPSTREAM_TIMEOUT',
    `Upstream did not answer within the ${timeoutMs} ms that one operation may take. Ask for less at once, or try again.`,
  );
