import type { Config } from '../settings/read.ts';
import { ConfigError } from '../model/errors.ts';
import { createPages, type Pages } from '../pages/create-pages.ts';
import { connectRedis, type RedisConnection } from '../redis/connection.ts';
import type { Metrics } from '../operations/telemetry/metrics.ts';
import { createTracing, type Tracing } from '../operations/telemetry/tracing.ts';
import { createUpstream, type Upstream, type UpstreamAuth, type UpstreamOptions } from '../upstream/client.ts';
import { createRedisPendingStore } from '../upstream/pending/redis-store.ts';
import { createPendingStore, maxPendingIds } from '../upstream/pending/store.ts';
import { createRedisRateWindow } from '../upstream/rate-limit/redis-window.ts';
import { createRateWindow, type RateLimits, type RateWindow } from '../upstream/rate-limit/sliding-window.ts';
import type { Platform } from './platform.ts';

/** Absent where there is no collector. */
export const composeTracing = ({ otlpEndpoint, otlpHeaders, serviceName }: Config): Tracing | undefined =>
  otlpEndpoint === undefined ? undefined : createTracing({ endpoint: otlpEndpoint, headers: otlpHeaders, serviceName });

/** What replicas share. Absent without Redis. */
export const composeRedis = ({ redisUrl }: Config, platform: Platform): RedisConnection | undefined =>
  redisUrl === undefined ? undefined : connectRedis({ url: redisUrl, ...platform });

/** What the client works with. */
export interface UpstreamParts {
  readonly auth: UpstreamAuth;
  readonly metrics: Metrics;
  readonly tracing: Tracing | undefined;
  readonly redis: RedisConnection | undefined;
}

/** The ESET Connect client. Throws a `ConfigError` where nothing says which upstream. */
export const composeUpstream = (
  config: Config,
  platform: Platform,
  { auth, metrics, tracing, redis }: UpstreamParts,
): Upstream => {
  if (config.upstream === undefined) throw new ConfigError(noUpstream);
  const { baseUrl, tokenUrl, usersUrl, devicesUrl, policiesUrl } = config.upstream;
  return createUpstream({
    addresses: { identity: baseUrl, token: tokenUrl, users: usersUrl, devices: devicesUrl, policies: policiesUrl },
    ...platform,
    auth,
    rateLimitPerSecond: config.rateLimit,
    ...(config.addressRateLimit !== undefined && { addressRateLimitPerSecond: config.addressRateLimit }),
    attemptTimeoutMs: config.attemptTimeoutMs,
    onAttempt: metrics.onAttempt,
    ...(tracing !== undefined && { trace: tracing.policy }),
    ...(redis !== undefined && shareClient(config, platform, redis)),
  });
};

/** What the clients of all replicas share. Whatever is wrong with Redis, each goes on alone with what it has in memory. */
const shareClient = (
  { rateLimit: limit, addressRateLimit: addressLimit = limit }: Config,
  { clock, random }: Platform,
  redis: RedisConnection,
): Required<Pick<UpstreamOptions, 'rateWindow' | 'backgroundWindow' | 'pendingStore'>> => {
  const shareWindow = (limits: RateLimits): RateWindow =>
    createRedisRateWindow({ redis, local: createRateWindow(limits), clock, random, ...limits });
  return {
    rateWindow: shareWindow({ limit, addressLimit }),
    backgroundWindow: shareWindow({
      limit: Math.max(1, Math.floor((addressLimit > 0 ? Math.min(limit, addressLimit) : limit) / 2)),
    }),
    pendingStore: createRedisPendingStore({ redis, local: createPendingStore(clock, maxPendingIds), random }),
  };
};

/** Nothing is kept where pages are not to be. */
export const composePages = (
  { cacheTtlMs, cacheMaxBytes }: Config,
  { clock, random }: Platform,
  redis: RedisConnection | undefined,
): Pages => createPages({ clock, random, maxBytes: cacheTtlMs === 0 ? 0 : cacheMaxBytes, redis });

/** What to do where there is no upstream. */
export const noUpstream =
  'nothing to serve: set ROLESCOPE_REGION or ROLESCOPE_UPSTREAM_URL for ESET Connect, or start with --sandbox for made-up data';
