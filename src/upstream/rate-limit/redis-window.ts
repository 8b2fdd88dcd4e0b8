import type { Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';
import { type RateWindow, slowMs, windowMs } from './sliding-window.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { sharedName } from '../../redis/encryption.ts';

export interface RedisRateWindowOptions {
  readonly redis: RedisConnection;
  /** Decides alone while Redis is out of reach. */
  readonly local: RateWindow;
  readonly clock: Clock;
  readonly random: Random;
  /** Slots in any one second, of all replicas together. */
  readonly limit: number;
}

/** A slot that took longer than that to arrive is moved to when it did: its call leaves later than Redis believes. */
const lateMs = 5;

/**
 * The account of all replicas together: never more than the limit in any second, less after upstream complained to one of
 * them. Time is Redis' own, because the clocks of replicas differ.
 */
export const createRedisRateWindow = ({ redis, local, clock, random, limit }: RedisRateWindowOptions): RateWindow => {
  let alone = false;
  let togetherSinceMs = -Infinity;

  const namesOf = (credentialKey: string): [slots: string, pace: string] => [
    sharedName('rate', credentialKey, 'slots'),
    sharedName('rate', credentialKey, 'pace'),
  ];

  return {
    async take(credentialKey, nowMs) {
      const keys = namesOf(credentialKey);
      const id = random.uuid();
      const answer = (await redis.run({ lua: takeSlot, keys, args: [limit, windowMs, slowMs, id] }))?.value;
      if (answer === undefined) {
        alone = true;
        return local.take(credentialKey, nowMs);
      }
      const [waitMs, slotAtMs] = answer as [number, number];
      const arrivedAtMs = clock.nowMs();
      if (alone) togetherSinceMs = arrivedAtMs;
      alone = false;
      if (waitMs > 0) return waitMs;
      const tookMs = arrivedAtMs - nowMs;
      if (tookMs > lateMs) void redis.run({ lua: moveSlot, keys: [keys[0]], args: [slotAtMs + tookMs, id] });
      // Kept up to date, so that it can take over at any time. Right after it had to, both must agree: Redis does not know
      // of the slots that replicas took alone.
      const localWaitMs = await local.take(credentialKey, arrivedAtMs);
      return arrivedAtMs < togetherSinceMs + windowMs ? localWaitMs : 0;
    },
    async penalize(credentialKey, pauseMs, nowMs) {
      await local.penalize(credentialKey, pauseMs, nowMs);
      const keys = namesOf(credentialKey);
      await redis.run({ lua: penalize, keys, args: [limit, windowMs, slowMs, Math.ceil(pauseMs)] });
    },
  };
};

// The rules are those of `createRateWindow`. `slots` holds when the last `limit` slots were taken; `pace` what upstream's
// complaints led to, and is only there after some.
const readState = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limit, window, slow = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local state = redis.call('HMGET', KEYS[2], 'pausedUntil', 'pace', 'fasterAt')
local pausedUntil, pace, fasterAt = tonumber(state[1] or 0), tonumber(state[2] or limit), tonumber(state[3] or 0)
while pace < limit and now >= fasterAt do
  pace = pace * 2
  fasterAt = fasterAt + slow
end
pace = math.min(pace, limit)
`;

const takeSlot = `${readState}
if now < pausedUntil then return { pausedUntil - now, 0 } end
local earlier = redis.call('ZREVRANGE', KEYS[1], pace - 1, pace - 1, 'WITHSCORES')[2]
local wait = earlier and tonumber(earlier) + window - now or 0
if wait > 0 and wait <= 2 * window then return { math.ceil(wait), 0 } end
redis.call('ZADD', KEYS[1], now, ARGV[4])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -limit - 1)
redis.call('PEXPIRE', KEYS[1], 2 * window)
return { 0, now }
`;

const moveSlot = `return { redis.call('ZADD', KEYS[1], 'XX', ARGV[1], ARGV[2]) }`;

const penalize = `${readState}
local pause = tonumber(ARGV[4])
if now >= pausedUntil then pace = math.max(1, math.floor(pace / 2)) end
pausedUntil = math.max(pausedUntil, now + pause)
redis.call('HSET', KEYS[2], 'pausedUntil', pausedUntil, 'pace', pace, 'fasterAt', pausedUntil + slow)
redis.call('PEXPIRE', KEYS[2], pausedUntil - now + 60 * slow)
return { pace }
`;
