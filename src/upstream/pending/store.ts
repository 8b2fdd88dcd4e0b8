import { LRUCache } from 'lru-cache';
import { atMost } from '../../platform/at-most.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Eventually } from '../../platform/eventually.ts';

/** How long upstream keeps a finished answer for pick-up (ESET Connect, "How the API works"). */
export const keepPendingMs = 600_000;

/** Far more than ten calls a second can make pending within the ten minutes for which a handle is kept. */
export const maxPendingIds = 10_000;

/**
 * Keeps upstream's handles on answers that were not ready before a deadline. Neither method throws or rejects: a store that is out of reach
 * has nothing, and forgets.
 */
export interface PendingStore {
  /** Takes the handle out: of all who ask at the same time only one gets it, so that one handle has one poller. */
  take(key: string): Eventually<string | undefined>;
  /** Keeps the handle for `keepPendingMs`. */
  put(key: string, responseId: string): Eventually<void>;
  /** How many are kept in this process, for metrics. */
  readonly size: number;
}

/** A store in this process, of at most `maxEntries` handles; the longest untouched goes first. */
export const createPendingStore = (clock: Clock, maxEntries: number): PendingStore => {
  const handles = new LRUCache<string, string>({
    ...atMost(maxEntries),
    ttl: keepPendingMs,
    ttlResolution: 0,
    perf: { now: () => clock.nowMs() },
  });
  return {
    take(key) {
      if (handles.size === 0) return undefined;
      const responseId = handles.get(key);
      handles.delete(key);
      return responseId;
    },
    put(key, responseId) {
      handles.set(key, responseId);
    },
    get size() {
      return handles.size;
    },
  };
};
