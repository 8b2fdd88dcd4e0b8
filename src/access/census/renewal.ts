import { createCallBudget } from '../../model/call-budget.ts';
import { GatewayError } from '../../model/errors.ts';
import type { Caller, Operation } from '../../model/operation.ts';
import { createUpstreamReport } from '../../model/upstream-report.ts';
import { Aborter } from '../../platform/abort.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Random } from '../../platform/random.ts';
import type { Census, CensusSource } from './census.ts';
import type { Refusals } from './refusals.ts';

interface BeyondMemory {
  /** Those that were refused, renewals and questions alike. */
  readonly refusals: Refusals;
  /** Reads the account page by page and keeps none of it in memory. Rejects where that fails. */
  take(operation: Operation): Promise<void>;
}

interface RenewalOptions {
  readonly source: Pick<CensusSource, 'read'>;
  /** Who asks. */
  readonly caller: Caller;
  /** From one beginning to the next, in milliseconds. A census that takes longer is followed by the next at once. */
  readonly everyMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Whether replicas take from each other what they have read in the same round. Default: each reads for itself. */
  readonly isShared?: boolean;
  /** Told of each census that is there. Default: nobody. */
  readonly onCensus?: ((census: Census) => void) | undefined;
  /** What takes an account that has no room in memory, and which have none. Default: nothing, and the renewal of such an account fails. */
  readonly beyondMemory?: BeyondMemory | undefined;
}

/** Longer than any walk takes that gets a slot now and then. */
const maxWalkMs = 24 * 3600 * 1000;
/** How long it lets upstream be after a failure, at most. */
const maxPauseMs = 60_000;

/**
 * Reads the census again and again, for nobody in particular, so that questions find one at hand. Begins at once. After a failure it goes on from where the walk
 * stopped, a while later. Never fails; `stop` ends what is under way and leaves no timer behind.
 */
export const startRenewal = (options: RenewalOptions): { stop(): void } => {
  const { source, caller, everyMs, clock, random, logger, isShared = false, onCensus, beyondMemory } = options;
  const stopped = new Aborter();
  let cancelTimer = (): void => {};

  const after = (delayMs: number, work: () => Promise<void>): void => {
    if (!stopped.signal.aborted) cancelTimer = clock.after(delayMs, () => void work());
  };

  /** Answers when what was read was true. */
  const read = async (operation: Operation): Promise<number> => {
    if (beyondMemory?.refusals.of(operation) === undefined) {
      try {
        const census = await source.read(false, operation);
        if (!stopped.signal.aborted) onCensus?.(census);
        return census.asOfMs;
      } catch (error) {
        if (beyondMemory?.refusals.note(operation, error) !== true) throw error;
        logger.info({}, 'the account has no room in memory, and goes to the record page by page');
      }
    }
    const beganMs = clock.nowMs();
    await beyondMemory.take(operation);
    return beganMs;
  };

  /** `id` stays the same until the census is there: that is how its walk is found again. */
  const renew = async (id: string, beganMs: number): Promise<void> => {
    try {
      const asOfMs = await read(operationOf(id, beganMs));
      // Replicas that took from each other begin the next one together. Whose clocks differ do not go round at once.
      const nextAtMs = Math.max(asOfMs + everyMs, (roundOf(beganMs) + 1) * everyMs);
      const nextMs = Math.max(0, nextAtMs - clock.nowMs());
      after(nextMs, () => renew(random.uuid(), clock.nowMs()));
    } catch (error) {
      if (stopped.signal.aborted) return;
      const code = error instanceof GatewayError ? error.code : 'INTERNAL';
      logger.warn({ code }, 'the census could not be renewed');
      after(Math.min(everyMs, maxPauseMs), () => renew(id, beganMs));
    }
  };

  const roundOf = (timeMs: number): number => Math.floor(timeMs / everyMs);

  const operationOf = (id: string, beganMs: number): Operation => ({
    id,
    caller,
    signal: stopped.signal,
    deadlineMs: clock.nowMs() + maxWalkMs,
    // Its walk has a budget of its own.
    budget: createCallBudget(0),
    report: createUpstreamReport(),
    bypassCache: true,
    isBackground: true,
    ...(isShared && { sharedRound: roundOf(beganMs) }),
  });

  after(0, () => renew(random.uuid(), clock.nowMs()));
  return {
    stop() {
      cancelTimer();
      stopped.abort(new Error('the gateway ends'));
    },
  };
};
