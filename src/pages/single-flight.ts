import { Aborter, type Signal } from '../platform/abort.ts';
import type { CallBudget } from '../model/call-budget.ts';
import { isDeadlinePassed } from '../model/errors.ts';
import type { Caller, Operation } from '../model/operation.ts';
import type { UpstreamReport } from '../model/upstream-report.ts';
import { stillPending } from '../upstream/policies/poll.ts';
import { RenewedMap } from '../platform/renewed.ts';

/** What is to be done once for all who ask for it at the same time. */
interface SharedCall {
  /** Equal exactly for equal calls; holds whose they are. */
  readonly key: string;
  /** How much is asked for. A call in flight serves whoever wants as much or less. Default 0: all want the same. */
  readonly size?: number;
  readonly operation: Operation;
}

/**
 * Makes equal calls that are in flight at the same time one. It lives on while one of its waiters remains; a waiter that leaves takes nobody with it.
 *
 * The call waits as long as the longest deadline among its waiters. It costs the operation that started it, or, once that one has left or cannot
 * pay, another that waits. An operation that bypasses the cache shares only calls that it made itself: one that was in flight before may bring
 * what was true before.
 */
interface SingleFlight<Value> {
  /** `work` is called at once where none is in flight, with the operation that it is to be done for. `onJoined` is called where another's call answers. */
  share(
    call: SharedCall,
    work: (operation: Operation) => Promise<Value>,
    onJoined?: (value: Value) => void,
  ): Promise<Value>;
}

interface SingleFlightOptions<Value> {
  /** Makes what several get of a value that is made for one. */
  readonly forAll: (value: Value) => Value;
}

export const createSingleFlight = <Value>({ forAll }: SingleFlightOptions<Value>): SingleFlight<Value> => {
  const calls = new RenewedMap<string, RunningCall<Value>>();
  return {
    share({ key: plainKey, size = 0, operation }, work, onJoined) {
      if (operation.signal.aborted) return Promise.reject(operation.signal.reason);
      const key = operation.bypassCache ? `${plainKey}!${operation.id}` : plainKey;
      const running = calls.get(key);
      if (running !== undefined && running.size >= size) return joined(running.join(operation), onJoined);
      const call = new RunningCall<Value>({ size, work, starter: operation, forAll }, () => {
        // A call for more may have taken over.
        if (calls.get(key) === call) calls.delete(key);
      });
      calls.set(key, call);
      return call.wait(operation);
    },
  };
};

const joined = async <Value>(
  answer: Promise<Value>,
  onJoined: ((value: Value) => void) | undefined,
): Promise<Value> => {
  const value = await answer;
  onJoined?.(value);
  return value;
};

interface Waiter {
  readonly operation: Operation;
}

/** Who waits for a call, and whether upstream said that the answer takes a while. */
interface Waiters {
  readonly all: Set<Waiter>;
  isPending: boolean;
}

interface RunningCallParts<Value> extends SingleFlightOptions<Value> {
  readonly size: number;
  readonly work: (operation: Operation) => Promise<Value>;
  readonly starter: Operation;
}

class RunningCall<Value> {
  readonly size: number;
  readonly #work: (operation: Operation) => Promise<Value>;
  readonly #starter: Operation;
  readonly #forAll: (value: Value) => Value;
  readonly #waiters: Waiters = { all: new Set(), isPending: false };
  readonly #ended = new Aborter();
  readonly #leave: () => void;
  #value: Promise<Value> | undefined;
  #isJoined = false;

  /** `leave` is called once nobody may join any more. */
  constructor({ size, work, starter, forAll }: RunningCallParts<Value>, leave: () => void) {
    this.size = size;
    this.#work = work;
    this.#starter = starter;
    this.#forAll = forAll;
    this.#leave = leave;
  }

  /** The same as `wait`, for every operation but the first. */
  join(operation: Operation): Promise<Value> {
    this.#isJoined = true;
    return this.wait(operation);
  }

  /**
   * Settles with the call, or with the reason of this operation's signal as soon as that aborts. The first to wait starts
   * the call.
   */
  wait(operation: Operation): Promise<Value> {
    const waiter: Waiter = { operation };
    const waiters = this.#waiters;
    waiters.all.add(waiter);
    return new Promise((resolve, reject) => {
      const { signal } = operation;
      const onAbort = () => {
        waiters.all.delete(waiter);
        if (waiters.all.size > 0) {
          reject(waiters.isPending && isDeadlinePassed(signal.reason) ? stillPending() : (signal.reason as Error));
          return;
        }
        // The last one out ends the call, and hears how it ended: an answer that was pending is more than a lost one.
        this.#leave();
        this.#ended.abort(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#value ??= this.#do();
      this.#value.then(
        (value) => {
          signal.removeEventListener('abort', onAbort);
          resolve(value);
        },
        (error: Error) => {
          signal.removeEventListener('abort', onAbort);
          reject(error);
        },
      );
    });
  }

  async #do(): Promise<Value> {
    try {
      const value = await this.#work(new SharedOperation(this.#starter, this.#waiters, this.#ended.signal));
      return this.#isJoined ? this.#forAll(value) : value;
    } finally {
      this.#leave();
      // Nobody joins any more. Old garbage that still points here would have the value live on until V8 looks through all of the heap: two thirds of all collecting was for such pages.
      this.#value = undefined;
    }
  }
}

/**
 * The operation that the call is made for: the starter's, with the longest deadline and the budgets of all that wait. A class, because an object literal with a getter gets a
 * hidden class of its own, which keeps all that the getter sees alive until V8 looks through all of the heap.
 */
class SharedOperation implements Operation {
  readonly id: string;
  readonly caller?: Caller;
  readonly signal: Signal;
  readonly budget: CallBudget;
  readonly report: UpstreamReport;
  readonly bypassCache: boolean;
  readonly sharedRound: number | undefined;
  readonly onPending: () => void;
  readonly #starter: Operation;
  readonly #waiters: ReadonlySet<Waiter>;

  constructor(starter: Operation, waiters: Waiters, signal: Signal) {
    this.id = starter.id;
    if (starter.caller !== undefined) this.caller = starter.caller;
    this.signal = signal;
    this.budget = new SharedBudget(starter.budget, waiters.all);
    this.report = starter.report;
    this.bypassCache = starter.bypassCache;
    this.sharedRound = starter.sharedRound;
    this.onPending = () => {
      waiters.isPending = true;
      starter.onPending?.();
    };
    this.#starter = starter;
    this.#waiters = waiters.all;
  }

  /** Only while all who wait for it are. */
  get isBackground(): boolean {
    for (const { operation } of this.#waiters) if (operation.isBackground !== true) return false;
    return this.#starter.isBackground === true;
  }

  get deadlineMs(): number {
    let latestMs = -Infinity;
    for (const { operation } of this.#waiters) latestMs = Math.max(latestMs, operation.deadlineMs);
    return this.#waiters.size === 0 ? this.#starter.deadlineMs : latestMs;
  }
}

/** The starter pays first: waiters stand in the order in which they came. */
class SharedBudget implements CallBudget {
  readonly #starters: CallBudget;
  readonly #waiters: ReadonlySet<Waiter>;

  constructor(starters: CallBudget, waiters: ReadonlySet<Waiter>) {
    this.#starters = starters;
    this.#waiters = waiters;
  }

  get limit(): number {
    return this.#payer().limit;
  }

  get spent(): number {
    return this.#payer().spent;
  }

  get remaining(): number {
    return this.#payer().remaining;
  }

  take(): void {
    this.#payer().take();
  }

  #payer(): CallBudget {
    for (const { operation } of this.#waiters) if (operation.budget.remaining > 0) return operation.budget;
    return this.#starters;
  }
}
