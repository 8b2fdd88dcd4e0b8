import { Aborter, type Signal } from '../platform/abort.ts';
import type { CallBudget } from '../model/call-budget.ts';
import { GatewayError } from '../model/errors.ts';
import type { Caller, Operation } from '../model/operation.ts';
import type { Page, PageRequest, PageSource } from '../model/page.ts';
import type { UpstreamReport } from '../model/upstream-report.ts';
import { stillPending } from '../upstream/policies/poll.ts';
import { listKey, pageKey } from './key.ts';
import { noteServed } from './served.ts';

/**
 * Makes equal requests of one caller that are in flight at the same time one call. A request also joins a call that asks
 * for a larger page of the same place. The call lives on while one of its waiters remains; a waiter that leaves takes
 * nobody with it. Stands alone where nothing is kept.
 *
 * The call waits as long as its most patient waiter would. It costs the operation that started it, or, once that one has
 * left or cannot pay, another that waits. An operation that bypasses the cache shares only calls that it made itself:
 * one that was in flight before may bring what was true before.
 */
export const shareInFlight = (source: PageSource): PageSource => {
  const flights = new Map<string, Flight>();
  return {
    fetchPage(request, operation) {
      const { caller, signal } = operation;
      if (caller === undefined) return source.fetchPage(request, operation);
      if (signal.aborted) return Promise.reject(signal.reason);
      const key = flightKey(caller, request, operation);
      const flying = flights.get(key);
      if (flying !== undefined && flying.pageSize >= request.pageSize) return served(flying.wait(operation), operation);
      const flight = new Flight(source, request, operation, () => {
        // A call for a larger page of the same place may have taken over.
        if (flights.get(key) === flight) flights.delete(key);
      });
      flights.set(key, flight);
      return flight.wait(operation);
    },
  };
};

const served = async (answer: Promise<Page>, operation: Operation): Promise<Page> => {
  const page = await answer;
  noteServed(operation.report, page.fetchedAtMs);
  return page;
};

const flightKey = (caller: Caller, request: PageRequest, operation: Operation): string => {
  const key = pageKey(listKey(caller.credentialKey, request.question), request.pageToken);
  return operation.bypassCache ? `${key}!${operation.id}` : key;
};

interface Waiter {
  readonly operation: Operation;
}

class Flight {
  readonly pageSize: number;
  readonly #source: PageSource;
  readonly #request: PageRequest;
  readonly #starter: Operation;
  readonly #crowd: Crowd = { waiters: new Set(), isPending: false };
  readonly #ended = new Aborter();
  readonly #leave: () => void;
  #page: Promise<Page> | undefined;

  /** `leave` is called once nobody may join any more. */
  constructor(source: PageSource, request: PageRequest, starter: Operation, leave: () => void) {
    this.pageSize = request.pageSize;
    this.#source = source;
    this.#request = request;
    this.#starter = starter;
    this.#leave = leave;
  }

  /**
   * Settles with the call, or with the reason of this operation's signal as soon as that aborts. The first to wait starts
   * the call.
   */
  wait(operation: Operation): Promise<Page> {
    const waiter: Waiter = { operation };
    const crowd = this.#crowd;
    crowd.waiters.add(waiter);
    return new Promise((resolve, reject) => {
      const { signal } = operation;
      const onAbort = () => {
        crowd.waiters.delete(waiter);
        if (crowd.waiters.size > 0) {
          reject(crowd.isPending && isDeadline(signal.reason) ? stillPending() : (signal.reason as Error));
          return;
        }
        // The last one out ends the call, and hears how it ended: an answer that was pending is more than a lost one.
        this.#leave();
        this.#ended.abort(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#page ??= this.#fetch();
      this.#page.then(
        (page) => {
          signal.removeEventListener('abort', onAbort);
          resolve(page);
        },
        (error: Error) => {
          signal.removeEventListener('abort', onAbort);
          reject(error);
        },
      );
    });
  }

  async #fetch(): Promise<Page> {
    try {
      return await this.#source.fetchPage(
        this.#request,
        new SharedOperation(this.#starter, this.#crowd, this.#ended.signal),
      );
    } finally {
      this.#leave();
      // Nobody joins any more. Old garbage that still points here (a table that the map of calls has outgrown, say) would have the page live on until V8
      // looks through all of the heap: two thirds of all collecting was for such pages.
      this.#page = undefined;
    }
  }
}

/** Who waits for a call, and whether upstream said that the answer takes a while. */
interface Crowd {
  readonly waiters: Set<Waiter>;
  isPending: boolean;
}

/**
 * The operation that the call is made for: the starter's, with everyone's patience and purse. A class, because an object literal with a getter gets a
 * hidden class of its own, which keeps all that the getter sees alive until V8 looks through all of the heap.
 */
class SharedOperation implements Operation {
  readonly id: string;
  readonly caller?: Caller;
  readonly signal: Signal;
  readonly budget: CallBudget;
  readonly report: UpstreamReport;
  readonly bypassCache: boolean;
  readonly onPending: () => void;
  readonly #starter: Operation;
  readonly #waiters: ReadonlySet<Waiter>;

  constructor(starter: Operation, crowd: Crowd, signal: Signal) {
    this.id = starter.id;
    if (starter.caller !== undefined) this.caller = starter.caller;
    this.signal = signal;
    this.budget = new SharedBudget(starter.budget, crowd.waiters);
    this.report = starter.report;
    this.bypassCache = starter.bypassCache;
    this.onPending = () => {
      crowd.isPending = true;
      starter.onPending?.();
    };
    this.#starter = starter;
    this.#waiters = crowd.waiters;
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

const isDeadline = (reason: unknown): boolean => reason instanceof GatewayError && reason.code === 'UPSTREAM_TIMEOUT';
