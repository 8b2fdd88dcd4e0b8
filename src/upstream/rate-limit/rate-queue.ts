import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../model/errors.ts';
import { deadlineOf, type Call } from '../call.ts';
import { createFairLine, type FairLine } from './fair-queue.ts';
import { windowMs, type RateWindow } from './sliding-window.ts';

export interface RateQueueOptions {
  readonly window: RateWindow;
  readonly clock: Clock;
  /** Slots a second, for estimates; the window decides. */
  readonly limit: number;
  /** How many calls of one caller may wait at the same time. */
  readonly maxWaitingPerCaller: number;
}

/** Where calls wait for their slot: one line per credential, served in turn between callers, and for each caller between its operations. */
export interface RateQueue {
  /**
   * Undefined: the slot is there. Else it comes when the promise resolves. Fails at once with `RATE_LIMITED` where the slot would come after the
   * deadline or the caller has too many waiting already; with the reason of `call.signal` when that aborts.
   */
  slot(call: Call): Promise<void> | undefined;
  /** Upstream said "too many": everyone of the credential waits, and who cannot wait that long is told so now. */
  penalize(credentialKey: string, pauseMs: number): Promise<void>;
  /** The call that was given its slot at `givenAtMs` leaves only now. */
  leave(credentialKey: string, givenAtMs: number): void;
  /** How many calls wait, over all credentials. */
  readonly waiting: number;
}

interface Waiter {
  deadlineMs(): number;
  grant(): void;
  refuse(error: GatewayError): void;
}

interface Queue {
  readonly credentialKey: string;
  /** A lane per caller, and in it one per operation. */
  readonly line: FairLine<Waiter>;
  readonly waitingByCaller: Map<string, number>;
  /** When the next slot is expected. */
  nextAtMs: number;
  /** The window is being asked, and has not answered yet. */
  isAsking: boolean;
  cancelTimer: () => void;
}

/** A queue in this process; fair within it. Credentials without waiters leave nothing behind. */
export const createRateQueue = ({ window, clock, limit, maxWaitingPerCaller }: RateQueueOptions): RateQueue => {
  const queues = new Map<string, Queue>();

  /** Hands out slots until the window has none or nobody waits. */
  const serve = (queue: Queue): void => {
    while (!queue.isAsking) {
      if (queue.line.size === 0) {
        queue.cancelTimer();
        queues.delete(queue.credentialKey);
        return;
      }
      const taken = window.take(queue.credentialKey, clock.nowMs());
      if (typeof taken !== 'number') awaitSlot(queue, taken);
      else if (!settle(queue, taken)) return;
    }
  };

  const awaitSlot = (queue: Queue, taken: Promise<number>): void => {
    queue.isAsking = true;
    void taken.then((waitMs) => {
      queue.isAsking = false;
      if (settle(queue, waitMs)) serve(queue);
    });
  };

  /** Gives the slot to the next in turn, or sets the timer for the next try. True: there may be more. */
  const settle = (queue: Queue, waitMs: number): boolean => {
    if (waitMs === 0) queue.line.next()?.grant();
    else wakeIn(queue, waitMs);
    return waitMs === 0;
  };

  const wakeIn = (queue: Queue, waitMs: number): void => {
    queue.nextAtMs = clock.nowMs() + waitMs;
    queue.cancelTimer();
    queue.cancelTimer = clock.after(waitMs, () => serve(queue));
    refuseHopeless(queue);
  };

  const refuseHopeless = (queue: Queue): void => {
    const { line } = queue;
    line.inTurn().forEach((waiter, ahead) => {
      const atMs = slotAtMs(queue, ahead);
      if (atMs > waiter.deadlineMs()) waiter.refuse(tooLate(limit, atMs - clock.nowMs()));
    });
    if (line.size === 0) serve(queue);
  };

  const slotAtMs = (queue: Queue, ahead: number): number => queue.nextAtMs + Math.floor(ahead / limit) * windowMs;

  const join = (queue: Queue, call: Call): Promise<void> => {
    const { line, waitingByCaller } = queue;
    const callerKey = call.operation?.caller?.name ?? '';
    const lane = [callerKey, call.operation?.id ?? ''];
    const atMs = slotAtMs(queue, line.ahead(lane));
    const waitMs = atMs - clock.nowMs();
    if (atMs > deadlineOf(call)) return Promise.reject(tooLate(limit, waitMs));
    const before = waitingByCaller.get(callerKey) ?? 0;
    if (before >= maxWaitingPerCaller) return Promise.reject(tooMany(maxWaitingPerCaller, waitMs));
    waitingByCaller.set(callerKey, before + 1);

    return new Promise((resolve, reject) => {
      const over = (): void => {
        call.signal.removeEventListener('abort', onAbort);
        const left = (waitingByCaller.get(callerKey) ?? 1) - 1;
        if (left === 0) waitingByCaller.delete(callerKey);
        else waitingByCaller.set(callerKey, left);
      };
      const refuse = (error: Error): void => {
        over();
        line.remove(lane, waiter);
        reject(error);
      };
      const onAbort = (): void => {
        const isLate = clock.nowMs() >= deadlineOf(call);
        refuse(isLate ? tooLate(limit, windowMs) : (call.signal.reason as Error));
        if (line.size === 0) serve(queue);
      };
      const waiter: Waiter = {
        deadlineMs: () => deadlineOf(call),
        grant() {
          over();
          resolve();
        },
        refuse,
      };
      call.signal.addEventListener('abort', onAbort, { once: true });
      line.add(lane, waiter);
    });
  };

  return {
    get waiting() {
      let waiting = 0;
      for (const { line } of queues.values()) waiting += line.size;
      return waiting;
    },
    slot(call) {
      if (call.signal.aborted) return Promise.reject(call.signal.reason);
      const { credentialKey } = call;
      const known = queues.get(credentialKey);
      if (known !== undefined) return join(known, call);
      const nowMs = clock.nowMs();
      const taken = window.take(credentialKey, nowMs);
      if (taken === 0) return undefined;
      const queue: Queue = {
        credentialKey,
        line: createFairLine(2),
        waitingByCaller: new Map(),
        nextAtMs: typeof taken === 'number' ? nowMs + taken : nowMs,
        isAsking: false,
        cancelTimer: () => {},
      };
      const slot = join(queue, call);
      // Refused: then there is nothing to keep a queue for.
      if (queue.line.size === 0) return slot;
      queues.set(credentialKey, queue);
      if (typeof taken === 'number') wakeIn(queue, taken);
      else awaitSlot(queue, taken);
      return slot;
    },
    leave(credentialKey, givenAtMs) {
      window.leave?.(credentialKey, givenAtMs, clock.nowMs());
    },
    async penalize(credentialKey, pauseMs) {
      await window.penalize(credentialKey, pauseMs, clock.nowMs());
      const queue = queues.get(credentialKey);
      if (queue !== undefined && !queue.isAsking) wakeIn(queue, Math.max(pauseMs, queue.nextAtMs - clock.nowMs()));
    },
  };
};

const tooLate = (limit: number, retryAfterMs: number): GatewayError =>
  new GatewayError(
    'RATE_LIMITED',
    `ESET Connect allows ${limit} calls a second, and too many calls wait for this one to be sent before the deadline of its operation. Ask for less at once, or ask again after the pause.`,
    { retryAfterMs: Math.ceil(retryAfterMs) },
  );

const tooMany = (maxWaiting: number, retryAfterMs: number): GatewayError =>
  new GatewayError(
    'RATE_LIMITED',
    `More than ${maxWaiting} calls of this caller wait for ESET Connect already. Let them finish before you ask for more.`,
    { retryAfterMs: Math.ceil(retryAfterMs) },
  );
