import { type Clock, sleep } from '../../platform/clock.ts';
import { GatewayError } from '../../model/errors.ts';
import { keyPart } from '../../platform/key-part.ts';
import { deadlineOf, type Call } from '../call.ts';
import { createFairQueue, type FairQueue } from './fair-queue.ts';
import { windowMs, type RateLimits, type RateWindow, type SlotWait } from './sliding-window.ts';
import { createTurns, type Turns } from './turns.ts';

interface RateQueueOptions extends RateLimits {
  /** Decides; the limits are here for estimates. */
  readonly window: RateWindow;
  /** Of half the limit, for operations in the background, where others count with it. Default: nobody does. */
  readonly backgroundWindow?: RateWindow | undefined;
  readonly clock: Clock;
  /** How many calls of one caller may wait at the same time. */
  readonly maxWaitingPerCaller: number;
  /** Whether upstream has shown that it takes this credential. The others come last. Default: all do. */
  readonly isAccepted?: (credentialKey: string) => boolean;
}

/** Where calls wait for their slot: in turn between credentials, for each between its callers, and for each of them between its operations. */
export interface RateQueue {
  /**
   * Undefined: the slot is there. Else it comes when the promise resolves. Fails at once with `RATE_LIMITED` where the slot would come after the
   * deadline or the caller has too many waiting already; with the reason of `call.signal` when that aborts. An operation in the background gets a slot
   * only where nobody waits for one, and at most half of the limit.
   */
  slot(call: Call): Promise<void> | undefined;
  /** Upstream said "too many": everyone of the credential waits, and who cannot wait that long is told so now. */
  backOff(credentialKey: string, pauseMs: number): Promise<void>;
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

/** The calls of one credential that wait. */
interface Lane {
  readonly credentialKey: string;
  /** A lane for each caller, and in it one for each operation. */
  readonly queue: FairQueue<Waiter>;
  readonly waitingByCaller: Map<string, number>;
  /** When the credential may have its next slot. */
  readyAtMs: number;
  /** The window is being asked, and has not answered yet. */
  isAsking: boolean;
}

/** Callers count as being there for so long after their last call. */
const presentMs = 10_000;
/** More than that are not counted; two make all the difference. */
const maxPresent = 100;

/** Those who wait for everybody's sake are told that it is of no use at most so often: it takes looking at all of them. */
const lookEveryMs = 1000;

/** A queue in this process; fair within it. Credentials without waiters leave nothing behind. */
export const createRateQueue = (options: RateQueueOptions): RateQueue => {
  const {
    window,
    backgroundWindow,
    clock,
    limit,
    addressLimit = 0,
    maxWaitingPerCaller,
    isAccepted = () => true,
  } = options;
  const lanes: Turns<Lane> = createTurns(({ credentialKey }) => isAccepted(credentialKey));
  /** When the address may have its next slot. */
  let everyoneAtMs = Number.NEGATIVE_INFINITY;
  /** How many lanes are asking the window. Where the address is short one at a time does, or the turns would mean nothing. */
  let asking = 0;
  let isAddressShort = false;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let cancelTimer = (): void => {};
  const present = new Map<string, number>();

  /**
   * Slots that were waited for come evenly, not ten at the turn of each second, while more than one caller is there: whoever comes then waits for a slot and
   * not for a second. One caller alone is not slowed down.
   */
  const gapMs = (): number => (present.size < 2 ? 0 : windowMs / (addressLimit > 0 ? addressLimit : limit));

  const notePresent = (callerKey: string): void => {
    const nowMs = clock.nowMs();
    present.delete(callerKey);
    present.set(callerKey, nowMs);
    for (const [key, atMs] of present) {
      if (nowMs - atMs < presentMs && present.size <= maxPresent) break;
      present.delete(key);
    }
  };

  /** Hands out slots, in turn, until there are none or nobody waits for what there is. */
  const serve = (): void => {
    for (;;) {
      const nowMs = clock.nowMs();
      if (nowMs < everyoneAtMs || (isAddressShort && asking > 0)) break;
      const lane = lanes.next(({ isAsking, readyAtMs, queue }) => !isAsking && readyAtMs <= nowMs && queue.size > 0);
      if (lane === undefined) break;
      const wait = window.take(lane.credentialKey, nowMs);
      if (wait instanceof Promise) settleLater(lane, wait);
      else settle(lane, wait);
    }
    setTimer();
  };

  const settleLater = (lane: Lane, wait: Promise<SlotWait | undefined>): void => {
    lane.isAsking = true;
    asking++;
    void wait.then((known) => {
      lane.isAsking = false;
      asking--;
      settle(lane, known);
      serve();
    });
  };

  /** Gives the slot to the next in the lane, or notes when to ask again. */
  const settle = (lane: Lane, wait: SlotWait | undefined): void => {
    const nowMs = clock.nowMs();
    if (wait === undefined) {
      const waiter = lane.queue.next();
      if (addressLimit > 0) everyoneAtMs = Math.max(everyoneAtMs, nowMs + gapMs());
      else lane.readyAtMs = Math.max(lane.readyAtMs, nowMs + gapMs());
      if (waiter !== undefined) lanes.served(lane.credentialKey);
      waiter?.grant();
    } else {
      noteWait(lane, wait);
      refuseHopeless(lane, wait);
    }
    closeIfEmpty(lane);
  };

  const noteWait = (lane: Lane, { ownMs, everyonesMs }: SlotWait): void => {
    const nowMs = clock.nowMs();
    if (ownMs > 0) lane.readyAtMs = nowMs + ownMs;
    if (everyonesMs === 0) return;
    everyoneAtMs = nowMs + everyonesMs;
    isAddressShort = true;
  };

  const closeIfEmpty = (lane: Lane): void => {
    if (lane.queue.size > 0 || lane.isAsking) return;
    lanes.delete(lane.credentialKey);
    if (lanes.size === 0) isAddressShort = false;
  };

  const setTimer = (): void => {
    cancelTimer();
    cancelTimer = () => {};
    let atMs = Number.POSITIVE_INFINITY;
    for (const { isAsking, queue, readyAtMs } of lanes.all()) {
      if (!isAsking && queue.size > 0) atMs = Math.min(atMs, readyAtMs);
    }
    // While somebody asks, the answer goes on with it.
    if (atMs === Number.POSITIVE_INFINITY || (isAddressShort && asking > 0)) return;
    cancelTimer = clock.after(Math.max(atMs, everyoneAtMs) - clock.nowMs(), serve);
  };

  /** When a call gets its slot that has `ahead` of its own credential and `others` of the rest before it; rather too early than too late. */
  const slotAtMs = ({ readyAtMs }: Lane, ahead: number, others: number): number => {
    const nowMs = clock.nowMs();
    const ownAtMs = Math.max(readyAtMs, nowMs) + Math.floor(ahead / limit) * windowMs;
    if (addressLimit === 0) return ownAtMs;
    return Math.max(ownAtMs, Math.max(everyoneAtMs, nowMs) + Math.floor((ahead + others) / addressLimit) * windowMs);
  };

  /** Tells those for whom a slot would come too late, as far as the news can have changed anything for them. */
  const refuseHopeless = (lane: Lane, { ownMs, everyonesMs }: SlotWait): void => {
    const nowMs = clock.nowMs();
    const isForAll = everyonesMs > 0 && nowMs - lookedAtMs >= lookEveryMs;
    if (isForAll) lookedAtMs = nowMs;
    const concerned = isForAll ? [...lanes.all()] : ownMs > 0 ? [lane] : [];
    if (concerned.length === 0) return;
    const othersBefore = lanes.countBefore(sizeOf);
    for (const each of concerned) {
      each.queue.inTurn().forEach((waiter, ahead) => {
        const atMs = slotAtMs(each, ahead, othersBefore(each, ahead));
        if (atMs > waiter.deadlineMs()) waiter.refuse(tooLate(limit, atMs - nowMs));
      });
      closeIfEmpty(each);
    }
  };

  const openLane = (credentialKey: string): Lane => {
    const known = lanes.get(credentialKey);
    if (known !== undefined) return known;
    const lane: Lane = {
      credentialKey,
      queue: createFairQueue(2),
      waitingByCaller: new Map(),
      readyAtMs: Number.NEGATIVE_INFINITY,
      isAsking: false,
    };
    lanes.add(credentialKey, lane);
    return lane;
  };

  const join = (lane: Lane, call: Call): Promise<void> => {
    const { queue, waitingByCaller } = lane;
    const callerKey = call.operation?.caller?.name ?? '';
    const keys = [callerKey, call.operation?.id ?? ''];
    const ahead = queue.ahead(keys);
    const nowMs = clock.nowMs();
    const atMs = slotAtMs(lane, ahead, addressLimit === 0 ? 0 : lanes.countBefore(sizeOf)(lane, ahead));
    const before = waitingByCaller.get(callerKey) ?? 0;
    if (atMs > deadlineOf(call)) return Promise.reject(tooLate(limit, atMs - nowMs));
    if (before >= maxWaitingPerCaller) return Promise.reject(tooMany(maxWaitingPerCaller, Math.max(0, atMs - nowMs)));
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
        queue.remove(keys, waiter);
        reject(error);
      };
      const onAbort = (): void => {
        const isLate = clock.nowMs() >= deadlineOf(call);
        refuse(isLate ? tooLate(limit, windowMs) : (call.signal.reason as Error));
        closeIfEmpty(lane);
        setTimer();
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
      queue.add(keys, waiter);
    });
  };

  /** When operations in the background may have their next slot. */
  let backgroundAtMs = Number.NEGATIVE_INFINITY;

  /** Waits until nobody else does. Who stops being in the background on the way, because somebody has joined, goes into the queue. */
  const slotInBackground = async (call: Call): Promise<void> => {
    const { credentialKey } = call;
    const halfPaceMs = (2 * windowMs) / (addressLimit > 0 ? Math.min(limit, addressLimit) : limit);
    while (call.operation?.isBackground === true) {
      const nowMs = clock.nowMs();
      let waitMs = Math.max(backgroundAtMs - nowMs, everyoneAtMs - nowMs, lanes.size > 0 ? halfPaceMs : 0);
      if (waitMs <= 0) {
        // Before the window answers: calls that come meanwhile have a turn of their own.
        backgroundAtMs = nowMs + halfPaceMs;
        // Half of the limit is that of all replicas together.
        const wait =
          (await backgroundWindow?.take(keyPart(credentialKey) + 'background', nowMs)) ??
          (await window.take(credentialKey, nowMs));
        if (wait === undefined) return;
        waitMs = Math.max(wait.ownMs, wait.everyonesMs);
      }
      if (nowMs + waitMs > deadlineOf(call)) throw tooLate(limit, waitMs);
      await sleep(clock, waitMs, call.signal);
    }
    await slotOf(call);
  };

  const slotOf = (call: Call): Promise<void> | undefined => {
    if (call.signal.aborted) return Promise.reject(call.signal.reason);
    if (call.operation?.isBackground === true) return slotInBackground(call);
    const { credentialKey } = call;
    notePresent(keyPart(credentialKey) + (call.operation?.caller?.name ?? ''));
    const nowMs = clock.nowMs();
    if (lanes.size > 0 || nowMs < everyoneAtMs) {
      const lane = openLane(credentialKey);
      const slot = join(lane, call);
      closeIfEmpty(lane);
      serve();
      return slot;
    }
    // Nobody waits: without a queue.
    const wait = window.take(credentialKey, nowMs);
    if (wait === undefined) return undefined;
    const lane = openLane(credentialKey);
    if (wait instanceof Promise) settleLater(lane, wait);
    else noteWait(lane, wait);
    const slot = join(lane, call);
    closeIfEmpty(lane);
    setTimer();
    return slot;
  };

  return {
    get waiting() {
      let waiting = 0;
      for (const { queue } of lanes.all()) waiting += queue.size;
      return waiting;
    },
    slot: slotOf,
    leave(credentialKey, givenAtMs) {
      window.leave(credentialKey, givenAtMs, clock.nowMs());
    },
    async backOff(credentialKey, pauseMs) {
      await window.backOff(credentialKey, pauseMs, clock.nowMs());
      const lane = lanes.get(credentialKey);
      if (lane === undefined) return;
      lane.readyAtMs = Math.max(lane.readyAtMs, clock.nowMs() + pauseMs);
      refuseHopeless(lane, { ownMs: pauseMs, everyonesMs: 0 });
      setTimer();
    },
  };
};

const sizeOf = ({ queue }: Lane): number => queue.size;

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
