import type { Clock } from '../../platform/clock.ts';
import { GatewayError, type ErrorCode } from '../../model/errors.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Operation } from '../../model/operation.ts';
import { countCall } from '../../model/upstream-report.ts';
import type { Policy } from '../call.ts';

/** How one attempt ended: with a value, with "pending", with an error of the closed list, or because nobody waits for it any more. */
type AttemptOutcome = 'OK' | 'PENDING' | 'CANCELLED' | ErrorCode;

/** One HTTP call that was sent, for metrics and traces. Holds no credential, no address and no argument. */
export interface AttemptRecord {
  /** Name of the endpoint, such as `users.batchGet`. */
  readonly endpoint: string;
  readonly outcome: AttemptOutcome;
  readonly upstreamStatus: number | undefined;
  readonly requestId: string | undefined;
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** Absent for logins, which several operations may wait for. */
  readonly operation: Operation | undefined;
}

/** Called once for every attempt, when it is over. Must not throw. */
export type OnAttempt = (record: AttemptRecord) => void;

interface ObserveOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onAttempt: OnAttempt | undefined;
}

/** Sees every single attempt: counts it for the operation, tells `onAttempt`, and logs failures. Changes nothing. */
export const observe =
  ({ clock, logger, onAttempt }: ObserveOptions): Policy =>
  (next) =>
  async (call) => {
    const { operation } = call;
    const { name: endpoint, domain } = call.endpoint;
    const startedAtMs = clock.nowMs();
    if (operation !== undefined) countCall(operation.report, domain);
    const tell = (outcome: AttemptOutcome, upstreamStatus?: number, requestId?: string): void =>
      onAttempt?.({
        endpoint,
        outcome,
        upstreamStatus,
        requestId,
        startedAtMs,
        durationMs: clock.nowMs() - startedAtMs,
        operation,
      });
    try {
      const answer = await next(call);
      tell(answer.isPending ? 'PENDING' : 'OK', answer.isPending ? 202 : 200, answer.requestId);
      return answer;
    } catch (error) {
      if (error instanceof GatewayError && !call.signal.aborted) {
        const { code, upstreamStatus, requestId } = error;
        tell(code, upstreamStatus, requestId);
        logger.warn(
          { endpoint, code, upstreamStatus, requestId, operationId: operation?.id },
          'an upstream call failed',
        );
      } else {
        tell('CANCELLED');
      }
      throw error;
    }
  };
