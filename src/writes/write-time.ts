import { createCallBudget } from '../model/call-budget.ts';
import type { Operation } from '../model/operation.ts';
import { Aborter } from '../platform/abort.ts';
import type { Clock } from '../platform/clock.ts';
import { deadlinePassed } from '../upstream/errors.ts';

/** The time that a mutation has, divided: what is begun must be settled and told before the operation's own deadline. */
export interface WriteTime {
  /** For the first reading and the writes. Ends early enough to look afterwards. */
  readonly writing: Operation;
  /** For looking at what has become of a write. */
  readonly looking: Operation;
  /** Whether another change may begin. */
  mayBegin(): boolean;
  /** Lets go of timers. */
  close(): void;
}

export interface WriteTimeOptions {
  readonly operation: Operation;
  readonly clock: Clock;
  /** How long a write may take to show. */
  readonly settleMs: number;
  readonly changes: number;
}

/**
 * A change costs three calls: read, write, read. Undoing an accident, or a write that was lost, costs two more; where upstream lags, is busy or pending, the
 * same are asked again. This many attempts are beyond all of that.
 */
const attemptsOfChange = 80;
/** What is left of the operation's time when the answer is there. */
const tellingMs = 500;

/**
 * The parts of an operation that changes something. They end by time alone and not with the client: whoever goes away while a write is under way must not
 * leave it unsettled and untold.
 */
export const createWriteTime = ({ operation, clock, settleMs, changes }: WriteTimeOptions): WriteTime => {
  const leftMs = Math.max(0, operation.deadlineMs - clock.nowMs());
  const lookUntilMs = operation.deadlineMs - Math.min(tellingMs, leftMs / 10);
  const writeUntilMs = lookUntilMs - Math.min(settleMs + 2000, leftMs / 2);
  const budget = createCallBudget(changes * attemptsOfChange);
  const ends: (() => void)[] = [];
  const until = (deadlineMs: number): Operation => {
    const aborter = new Aborter();
    ends.push(clock.after(deadlineMs - clock.nowMs(), () => aborter.abort(deadlinePassed())));
    return { ...operation, budget, deadlineMs, signal: aborter.signal, bypassCache: true };
  };
  const writing = until(writeUntilMs);
  return {
    writing,
    looking: until(lookUntilMs),
    mayBegin: () => !writing.signal.aborted && !operation.signal.aborted,
    close: () => {
      for (const end of ends) end();
    },
  };
};
