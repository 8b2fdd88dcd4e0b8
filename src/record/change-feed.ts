import { GatewayError } from '../model/errors.ts';
import type { AccessChange, AccessRecord, RecordFilter } from './record.ts';
import { meetsFilter } from './meets-filter.ts';
import { RenewedSet } from '../platform/renewed.ts';

/** Tells any number of subscribers what is recorded from now on, from one place. */
export interface ChangeFeed {
  /**
   * The changes that meet the filter, oldest first, each once, from now on; never ends by itself. Rejects with `RATE_LIMITED`, and ends, where more waits to be taken than
   * is kept for one subscriber.
   */
  subscribe(filter: RecordFilter): AsyncIterableIterator<AccessChange>;
}

/**
 * Changes that may wait for one subscriber. Those of one batch are kept once for all whose filter is the same, so what waits is a place in a list; but whoever is so far behind will not
 * come nearer, and reads the record in less time.
 */
const maxWaiting = 10_000;

/** What waits for a subscriber: parts of batches, of which the first is taken up to `at`. */
interface Subscriber {
  readonly filter: RecordFilter;
  readonly filterKey: string;
  readonly parts: (readonly AccessChange[])[];
  at: number;
  waiting: number;
  isTooSlow: boolean;
  isOver: boolean;
  wake: (() => void) | undefined;
}

/** Listens to the record as long as anybody listens here. */
export const createChangeFeed = (record: Pick<AccessRecord, 'listen'>): ChangeFeed => {
  const subscribers = new RenewedSet<Subscriber>();
  let stopListening: (() => void) | undefined;

  const tell = (changes: readonly AccessChange[]): void => {
    const met = new Map<string, readonly AccessChange[]>();
    for (const subscriber of subscribers) {
      const { filter, filterKey } = subscriber;
      let part = met.get(filterKey);
      if (part === undefined) met.set(filterKey, (part = changes.filter((change) => meetsFilter(change, filter))));
      if (part.length > 0) hand(subscriber, part);
    }
  };

  const hand = (subscriber: Subscriber, part: readonly AccessChange[]): void => {
    subscriber.parts.push(part);
    subscriber.waiting += part.length;
    if (subscriber.waiting > maxWaiting) {
      subscriber.isTooSlow = true;
      leave(subscriber);
    }
    subscriber.wake?.();
  };

  const leave = (subscriber: Subscriber): void => {
    subscriber.parts.length = 0;
    subscriber.isOver = true;
    subscribers.delete(subscriber);
    if (subscribers.size > 0) return;
    stopListening?.();
    stopListening = undefined;
  };

  return {
    subscribe(filter) {
      const filterKey = JSON.stringify([filter.subject, filter.roleName, filter.scope]);
      const subscriber: Subscriber = {
        filter,
        filterKey,
        parts: [],
        at: 0,
        waiting: 0,
        isTooSlow: false,
        isOver: false,
        wake: undefined,
      };
      subscribers.add(subscriber);
      stopListening ??= record.listen(tell);
      return {
        async next() {
          while (subscriber.parts.length === 0) {
            if (subscriber.isTooSlow) {
              subscriber.isTooSlow = false;
              throw tooSlow();
            }
            if (subscriber.isOver) return { done: true, value: undefined };
            await new Promise<void>((resolve) => (subscriber.wake = resolve));
          }
          return { done: false, value: take(subscriber) };
        },
        return() {
          leave(subscriber);
          subscriber.wake?.();
          return Promise.resolve({ done: true, value: undefined });
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
  };
};

const take = (subscriber: Subscriber): AccessChange => {
  const [part] = subscriber.parts as [readonly AccessChange[]];
  const change = part[subscriber.at] as AccessChange;
  subscriber.at++;
  subscriber.waiting--;
  if (subscriber.at === part.length) {
    subscriber.parts.shift();
    subscriber.at = 0;
  }
  return change;
};

const tooSlow = (): GatewayError =>
  new GatewayError(
    'RATE_LIMITED',
    `More than ${maxWaiting.toLocaleString('en-US')} changes wait for this subscriber, which reads too slowly for them. Read \`record.changes\` since the last one, and subscribe again.`,
    { retryAfterMs: 1000 },
  );
