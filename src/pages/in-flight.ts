import { setMaxListeners } from 'node:events';
import type { CallBudget } from '../model/call-budget.ts';
import { GatewayError } from '../model/errors.ts';
import type { Caller, Operation } from '../model/operation.ts';
import type { Page, PageRequest, PageSource } from '../model/page.ts';
import { stillPending } from '../upstream/poll.ts';
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
      if (signal.aborted) return Promise.reject(signal.reason as Error);
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
  readonly #ended = new AbortController();
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
      // An operation with a hundred lookups waits a hundred times on its one signal; node would warn of a leak.
      setMaxListeners(0, signal);
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
      return await this.#source.fetchPage(this.#request, operationOf(this.#starter, this.#crowd, this.#ended.signal));
    } finally {
      this.#leave();
      // Nobody joins any more. Old garbage that still points here (a connection's last request does) would have the page live on until V8
      // looks through all of the heap: half of all collecting was for such pages.
      this.#page = undefined;
    }
  }
}

/** Who waits for a call, and whether upstream said that the answer takes a while. */
interface Crowd {
  readonly waiters: Set<Waiter>;
  isPending: boolean;
}

/** The operation that the call is made for: the starter's, with everyone's patience and purse. */
const operationOf = (starter: Operation, crowd: Crowd, signal: AbortSignal): Operation => ({
  ...starter,
  signal,
  get deadlineMs() {
    let latestMs = -Infinity;
    for (const { operation } of crowd.waiters) latestMs = Math.max(latestMs, operation.deadlineMs);
    return crowd.waiters.size === 0 ? starter.deadlineMs : latestMs;
  },
  budget: sharedBudget(starter.budget, crowd.waiters),
  onPending: () => {
    crowd.isPending = true;
    starter.onPending?.();
  },
});

const isDeadline = (reason: unknown): boolean => reason instanceof GatewayError && reason.code === 'UPSTREAM_TIMEOUT';

/** The starter pays first: waiters stand in the order in which they came. */
const sharedBudget = (starters: CallBudget, waiters: ReadonlySet<Waiter>): CallBudget => {
  const payer = (): CallBudget => {
    for (const { operation } of waiters) if (operation.budget.remaining > 0) return operation.budget;
    return starters;
  };
  return {
    get limit() {
      return payer().limit;
    },
    get spent() {
      return payer().spent;
    },
    get remaining() {
      return payer().remaining;
    },
    take: () => payer().take(),
  };
};
