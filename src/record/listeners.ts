import type { Clock } from '../platform/clock.ts';
import type { RecordConnection } from './connection.ts';
import type { AccessChange, ChangeKey } from './record.ts';

/** Those who want to hear of changes, and what tells them. */
export interface Listeners {
  add(onChanges: (changes: readonly AccessChange[]) => void): () => void;
  /** Looks whether there is something new. */
  look(): void;
  close(): void;
}

interface ListenersOptions {
  readonly connection: RecordConnection;
  readonly clock: Clock;
  /** Time of the last census of the record, where this process knows it for sure. */
  readonly latestMs: () => number | null;
}

/** Changes that are read and told at a time. */
const chunkSize = 1000;
const firstPauseMs = 1000;
const longestPauseMs = 30_000;

/**
 * Reads what is new once for all listeners, when the database says that there is something. Begins with the first listener and ends with the last. What is recorded while
 * the database cannot be reached is told afterwards.
 */
export const createListeners = ({ connection, clock, latestMs }: ListenersOptions): Listeners => {
  const listeners = new Set<(changes: readonly AccessChange[]) => void>();
  /** Each beginning has a number: what belongs to an earlier one is over. */
  let run = 0;
  /** The newest that has been told. Unknown until the database has been asked for the first time. */
  let told: ChangeKey | undefined;
  let isLooking = false;
  let isAsked = false;
  let end = (): void => {};

  const tellNew = async (own: number): Promise<void> => {
    if (told === undefined) {
      const summary = await connection.use(({ record }) => record.summary());
      if (own === run) told = endOf(summary?.latestMs ?? 0);
      return;
    }
    for (;;) {
      const before: ChangeKey = told;
      // Newest first, so what is new stands before what was told.
      const { items } = await connection.use(({ record }) =>
        record.changes({}, { from: 'end', count: chunkSize, before }),
      );
      const [newest] = items;
      if (newest === undefined || own !== run) return;
      told = newest.key;
      const chunk = [...items].reverse();
      for (const onChanges of listeners) onChanges(chunk);
    }
  };

  const look = async (): Promise<void> => {
    isAsked = true;
    if (isLooking) return;
    isLooking = true;
    const own = run;
    try {
      while (isAsked) {
        isAsked = false;
        await tellNew(own);
        if (own !== run) break;
      }
    } catch {
      // Whoever lost the database has said so. It is looked again when there is a new one to hear from.
      if (own === run) begin(firstPauseMs);
    } finally {
      isLooking = false;
      // Whoever asked on behalf of a later beginning. A beginning of its own asks when it hears from the database.
      if (isAsked && listeners.size > 0) void look();
    }
  };

  /** Hears from the database, as soon as it can be reached. */
  const begin = (pauseMs: number): void => {
    end();
    const own = ++run;
    const cancel = clock.after(pauseMs, () => {
      const lost = (): void => {
        if (own === run) begin(firstPauseMs);
      };
      connection
        .use(({ database }) => database.listen(() => void (own === run && look()), lost))
        .then(
          (stop) => {
            if (own === run) end = stop;
            else stop();
          },
          () => {
            if (own === run) begin(Math.min(longestPauseMs, Math.max(firstPauseMs, pauseMs * 2)));
          },
        );
    });
    end = cancel;
  };

  const stop = (): void => {
    run++;
    end();
    end = () => {};
    told = undefined;
  };

  return {
    add(onChanges) {
      // The same function may be given twice.
      const own = (changes: readonly AccessChange[]): void => onChanges(changes);
      listeners.add(own);
      if (listeners.size === 1) {
        const knownMs = latestMs();
        if (knownMs !== null) told = endOf(knownMs);
        begin(0);
      }
      return () => {
        if (listeners.delete(own) && listeners.size === 0) stop();
      };
    },
    look() {
      if (listeners.size > 0) void look();
    },
    close() {
      listeners.clear();
      stop();
    },
  };
};

/** A place behind everything that a census showed. */
const endOf = (seenAtMs: number): ChangeKey => ({ seenAtMs, sequence: Number.MAX_SAFE_INTEGER });
