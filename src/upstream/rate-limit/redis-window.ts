import type { Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { namesOf, sharedName } from '../../redis/encryption.ts';
import { maxPauseMs } from '../transport/retry-after.ts';
import { rememberNames } from './remembered-names.ts';
import { slowMs, windowMs, type RateLimits, type RateWindow, type SlotWait } from './sliding-window.ts';

interface RedisRateWindowOptions extends RateLimits {
  readonly redis: RedisConnection;
  /** Decides alone while Redis is out of reach. */
  readonly local: RateWindow;
  readonly clock: Clock;
  readonly random: Random;
}

/** A slot that took longer than that to arrive is moved to when it did: its call leaves later than Redis believes. */
const lateMs = 5;

/** A slot of ours, as Redis knows it. */
interface TakenSlot {
  readonly credentialKey: string;
  readonly id: string;
  /** When it was taken, in this process' time and in Redis'. */
  readonly atMs: number;
  readonly redisAtMs: number;
}

/**
 * The account of all replicas together: never more than the limits in any second, less after upstream complained to one of them. Time is Redis' own,
 * because the clocks of replicas differ.
 */
export const createRedisRateWindow = (options: RedisRateWindowOptions): RateWindow => {
  const { redis, local, clock, random, limit, addressLimit = 0 } = options;
  let alone = false;
  let togetherSinceMs = -Infinity;
  /** The slots that calls may be waiting to leave with, oldest first. */
  let taken: TakenSlot[] = [];

  const namesOfCredential = rememberNames((credentialKey) => {
    const nameOf = namesOf('rate', credentialKey);
    return { slots: nameOf('slots'), pace: nameOf('pace') };
  });
  const addressSlots = sharedName('rate', 'address', 'slots');
  const rules = [limit, windowMs, slowMs, maxPauseMs];

  const move = ({ credentialKey, id, redisAtMs }: TakenSlot, byMs: number): void => {
    void redis.run({
      lua: moveSlot,
      keys: [namesOfCredential(credentialKey).slots, addressSlots],
      args: [redisAtMs + byMs, id],
    });
  };

  return {
    async take(credentialKey, nowMs) {
      const { slots, pace } = namesOfCredential(credentialKey);
      const keys = [slots, pace, addressSlots];
      const id = random.uuid();
      const answer = (await redis.run({ lua: takeSlot, keys, args: [...rules, addressLimit, id] }))?.value;
      if (answer === undefined) {
        alone = true;
        return local.take(credentialKey, nowMs);
      }
      const [ownMs, everyonesMs, redisAtMs] = answer as [number, number, number];
      const atMs = clock.nowMs();
      if (alone) togetherSinceMs = atMs;
      alone = false;
      if (ownMs > 0 || everyonesMs > 0) return { ownMs, everyonesMs };
      const slot: TakenSlot = { credentialKey, id, atMs, redisAtMs: redisAtMs + atMs - nowMs };
      if (atMs - nowMs > lateMs) move(slot, 0);
      taken = [...taken.filter((earlier) => earlier.atMs > atMs - windowMs), slot];
      // Kept up to date, so that it can take over at any time. Right after it had to, both must agree: Redis does not know of the slots that
      // replicas took alone.
      const localWait: SlotWait | undefined = await local.take(credentialKey, atMs);
      return atMs < togetherSinceMs + windowMs ? localWait : undefined;
    },
    async backOff(credentialKey, pauseMs, nowMs) {
      await local.backOff(credentialKey, pauseMs, nowMs);
      const { slots, pace } = namesOfCredential(credentialKey);
      await redis.run({
        lua: backOff,
        keys: [slots, pace],
        args: [...rules, Math.ceil(Math.min(pauseMs, maxPauseMs))],
      });
    },
    leave(credentialKey, takenAtMs, nowMs) {
      local.leave(credentialKey, takenAtMs, nowMs);
      const slot = taken.findLast((each) => each.credentialKey === credentialKey && each.atMs <= takenAtMs);
      if (slot === undefined) return;
      taken = taken.filter((each) => each !== slot);
      move(slot, nowMs - slot.atMs);
    },
  };
};

// The rules are those of `createRateWindow`. `slots` holds when the last slots were taken; `pace` what upstream's complaints led to, and is only there
// after some. What stands there is not trusted: no pause can be longer than the longest.
const readState = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limit, window, slow, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local state = redis.call('HMGET', KEYS[2], 'pausedUntil', 'pace', 'fasterAt')
local pausedUntil, pace, fasterAt = tonumber(state[1] or 0), tonumber(state[2] or limit), tonumber(state[3] or 0)
pausedUntil = math.min(pausedUntil, now + longest)
fasterAt = math.min(fasterAt, now + longest + slow)
while pace < limit and now >= fasterAt do
  pace = pace * 2
  fasterAt = fasterAt + slow
end
pace = math.max(1, math.min(pace, limit))
`;

const takeSlot = `${readState}
local address = tonumber(ARGV[5])
local function waitIn(key, count)
  local earlier = redis.call('ZREVRANGE', key, count - 1, count - 1, 'WITHSCORES')[2]
  local wait = earlier and tonumber(earlier) + window - now or 0
  return wait > 2 * window and 0 or math.max(0, math.ceil(wait))
end
local function takeIn(key, count)
  redis.call('ZADD', key, now, ARGV[6])
  redis.call('ZREMRANGEBYRANK', key, 0, -count - 1)
  redis.call('PEXPIRE', key, 2 * window)
end
local own = now < pausedUntil and pausedUntil - now or waitIn(KEYS[1], pace)
local everyones = address > 0 and waitIn(KEYS[3], address) or 0
if own > 0 or everyones > 0 then return { own, everyones, 0 } end
takeIn(KEYS[1], limit)
if address > 0 then takeIn(KEYS[3], address) end
return { 0, 0, now }
`;

const moveSlot = `
for _, key in ipairs(KEYS) do redis.call('ZADD', key, 'XX', ARGV[1], ARGV[2]) end
return {}
`;

const backOff = `${readState}
local pause = tonumber(ARGV[5])
if now >= pausedUntil then pace = math.max(1, math.floor(pace / 2)) end
pausedUntil = math.max(pausedUntil, now + pause)
redis.call('HSET', KEYS[2], 'pausedUntil', pausedUntil, 'pace', pace, 'fasterAt', pausedUntil + slow)
redis.call('PEXPIRE', KEYS[2], pausedUntil - now + 60 * slow)
return { pace }
`;
