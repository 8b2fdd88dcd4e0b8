import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { PageSource } from '../model/page.ts';
import type { Random } from '../platform/random.ts';
import { createPendingStore, type PendingStore } from '../upstream/pending/store.ts';
import { createRateWindow, type RateWindow } from '../upstream/rate-limit/sliding-window.ts';
import { connectRedis } from '../redis/connection.ts';
import { createRedisPages } from './redis-pages.ts';
import { createRedisPendingStore } from '../upstream/pending/redis-store.ts';
import { createRedisRateWindow } from '../upstream/rate-limit/redis-window.ts';

export interface SharedOptions {
  /** Secret: may hold a password. */
  readonly redisUrl: string;
  /** Upstream calls a second and credential, of all replicas together. */
  readonly rateLimitPerSecond: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** What replicas of the gateway share. Whatever is wrong with Redis, each of them goes on alone with what it has in memory. */
export interface Shared {
  readonly rateWindow: RateWindow;
  readonly pendingStore: PendingStore;
  /** Puts the pages that all replicas have read in front of the source. */
  sharePages(source: PageSource, ttlMs: number): PageSource;
  close(): void;
}

/** As many handles as the client keeps by itself. */
const maxPendingIds = 10_000;

/** Connects to Redis in the background: it need not be there yet, or ever. */
export const openShared = ({ redisUrl, rateLimitPerSecond, clock, random, logger }: SharedOptions): Shared => {
  const redis = connectRedis({ url: redisUrl, clock, logger });
  return {
    rateWindow: createRedisRateWindow({
      redis,
      local: createRateWindow({ limit: rateLimitPerSecond }),
      clock,
      random,
      limit: rateLimitPerSecond,
    }),
    pendingStore: createRedisPendingStore({ redis, local: createPendingStore(clock, maxPendingIds), random }),
    sharePages: (source, ttlMs) => createRedisPages({ source, redis, clock, random, ttlMs }),
    close: () => redis.close(),
  };
};
