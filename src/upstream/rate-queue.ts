import type { Clock } from '../model/clock.ts';
import { GatewayError } from '../model/errors.ts';
import type { Call } from './call.ts';
import { windowMs, type RateWindow } from './rate-window.ts';

export interface RateQueueOptions {
  readonly window: RateWindow;
  readonly clock: Clock;
  /** Slots a second, for estimates; the window decides. */
  readonly limit: number;
  /** How many calls of one caller may wait at the same time. */
  readonly maxWaitingPerCaller: number;
}

/** Where calls wait for their slot: one queue per credential, served in turn between operations. */
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
  readonly laneKey: string;
  readonly callerKey: string;
  readonly deadlineMs: number;
  grant(): void;
  refuse(error: GatewayError): void;
}

interface Queue {
  readonly credentialKey: string;
  /** Waiters by operation, in the order in which operations are served next. */
  readonly lanes: Map<string, Waiter[]>;
  readonly waitingByCaller: Map<string, number>;
  /** When the next slot is expected. */
  nextAtMs: number;
  isAsking: boolean;
  cancelTimer: () => void;
}

/** A queue in this process; fair within it. Credentials without waiters leave nothing behind. */
export const createRateQueue = ({ window, clock, limit, maxWaitingPerCaller }: RateQueueOptions): RateQueue => {
  const queues = new Map<string, Queue>();
  let waiting = 0;

  /** Hands out slots until the window has none or nobody waits. */
  const serve = (queue: Queue): void => {
    while (!queue.isAsking) {
      if (queue.lanes.size === 0) {
        queue.cancelTimer();
        queues.delete(queue.credentialKey);
        return;
      }
      const taken = window.take(queue.credentialKey, clock.nowMs());
      if (typeof taken === 'number') {
        if (!settle(queue, taken)) return;
      } else {
        queue.isAsking = true;
        void taken.then((waitMs) => {
          queue.isAsking = false;
          if (settle(queue, waitMs)) serve(queue);
        });
      }
    }
  };

  /** Gives the slot to the next in turn, or sets the timer for the next try. True: there may be more. */
  const settle = (queue: Queue, waitMs: number): boolean => {
    if (waitMs === 0) {
      const [next] = queue.lanes.values();
      next?.[0]?.grant();
      return true;
    }
    wakeIn(queue, waitMs);
    return false;
  };

  const wakeIn = (queue: Queue, waitMs: number): void => {
    queue.nextAtMs = clock.nowMs() + waitMs;
    queue.cancelTimer();
    queue.cancelTimer = clock.after(waitMs, () => serve(queue));
    refuseHopeless(queue);
    if (queue.lanes.size === 0) serve(queue);
  };

  const refuseHopeless = (queue: Queue): void => {
    // The common wait is within a second and nobody's deadline: only then is the whole order worth working out.
    let earliestMs = Number.POSITIVE_INFINITY;
    let count = 0;
    for (const lane of queue.lanes.values()) {
      count += lane.length;
      for (const waiter of lane) earliestMs = Math.min(earliestMs, waiter.deadlineMs);
    }
    if (slotAtMs(queue, count) <= earliestMs) return;
    inTurn(queue).forEach((waiter, ahead) => {
      const atMs = slotAtMs(queue, ahead);
      if (atMs > waiter.deadlineMs) waiter.refuse(tooLate(limit, atMs - clock.nowMs()));
    });
  };

  const slotAtMs = (queue: Queue, ahead: number): number => queue.nextAtMs + Math.floor(ahead / limit) * windowMs;

  /** Takes a waiter out of the queue; its operation goes to the end of the line when it was its turn. */
  const takeOut = (queue: Queue, waiter: Waiter, wasServed: boolean): void => {
    const lane = queue.lanes.get(waiter.laneKey);
    const index = lane?.indexOf(waiter) ?? -1;
    if (lane === undefined || index < 0) return;
    lane.splice(index, 1);
    waiting--;
    const left = (queue.waitingByCaller.get(waiter.callerKey) ?? 1) - 1;
    if (left === 0) queue.waitingByCaller.delete(waiter.callerKey);
    else queue.waitingByCaller.set(waiter.callerKey, left);
    if (lane.length === 0 || wasServed) queue.lanes.delete(waiter.laneKey);
    if (lane.length > 0 && wasServed) queue.lanes.set(waiter.laneKey, lane);
  };

  const join = (queue: Queue, call: Call): Promise<void> => {
    const laneKey = call.operation?.id ?? '';
    const callerKey = call.operation?.caller?.name ?? '';
    const lane = queue.lanes.get(laneKey) ?? [];
    const waitMs = slotAtMs(queue, turnOf(queue, lane.length)) - clock.nowMs();
    if (clock.nowMs() + waitMs > call.deadlineMs) return Promise.reject(tooLate(limit, waitMs));
    const waitingBefore = queue.waitingByCaller.get(callerKey) ?? 0;
    if (waitingBefore >= maxWaitingPerCaller) return Promise.reject(tooMany(maxWaitingPerCaller, waitMs));

    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        const isLate = clock.nowMs() >= call.deadlineMs;
        over(false);
        if (queue.lanes.size === 0) serve(queue);
        reject(isLate ? tooLate(limit, windowMs) : (call.signal.reason as Error));
      };
      const over = (wasServed: boolean): void => {
        call.signal.removeEventListener('abort', onAbort);
        takeOut(queue, waiter, wasServed);
      };
      const waiter: Waiter = {
        laneKey,
        callerKey,
        deadlineMs: call.deadlineMs,
        grant() {
          over(true);
          resolve();
        },
        refuse(error) {
          over(false);
          reject(error);
        },
      };
      call.signal.addEventListener('abort', onAbort, { once: true });
      lane.push(waiter);
      queue.lanes.set(laneKey, lane);
      queue.waitingByCaller.set(callerKey, waitingBefore + 1);
      waiting++;
    });
  };

  return {
    get waiting() {
      return waiting;
    },
    slot(call) {
      if (call.signal.aborted) return Promise.reject(call.signal.reason as Error);
      const { credentialKey } = call;
      let queue = queues.get(credentialKey);
      if (queue !== undefined) return join(queue, call);
      const nowMs = clock.nowMs();
      const taken = window.take(credentialKey, nowMs);
      if (taken === 0) return undefined;
      queue = {
        credentialKey,
        lanes: new Map(),
        waitingByCaller: new Map(),
        nextAtMs: nowMs,
        isAsking: false,
        cancelTimer: () => {},
      };
      if (typeof taken === 'number') queue.nextAtMs += taken;
      const slot = join(queue, call);
      if (queue.lanes.size === 0) return slot;
      queues.set(credentialKey, queue);
      if (typeof taken === 'number') {
        wakeIn(queue, taken);
      } else {
        const asking = queue;
        asking.isAsking = true;
        void taken.then((waitMs) => {
          asking.isAsking = false;
          if (settle(asking, waitMs)) serve(asking);
        });
      }
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

/** How many are served before a newcomer whose operation has `own` calls waiting already. */
const turnOf = (queue: Queue, own: number): number => {
  let ahead = 0;
  for (const lane of queue.lanes.values()) ahead += Math.min(lane.length, own + 1);
  return ahead;
};

/** Every waiter in the order in which slots would be given. */
const inTurn = (queue: Queue): Waiter[] => {
  const order: Waiter[] = [];
  const lanes = [...queue.lanes.values()];
  for (let round = 0; lanes.some((lane) => lane.length > round); round++) {
    for (const lane of lanes) {
      const waiter = lane[round];
      if (waiter !== undefined) order.push(waiter);
    }
  }
  return order;
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
