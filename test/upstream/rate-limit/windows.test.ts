import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../../src/platform/clock.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import { systemRandom } from '../../../src/platform/random.ts';
import { connectRedis, type RedisConnection } from '../../../src/redis/connection.ts';
import { createRedisRateWindow } from '../../../src/upstream/rate-limit/redis-window.ts';
import {
  createRateWindow,
  slowMs,
  windowMs,
  type RateLimits,
  type RateWindow,
  type SlotWait,
} from '../../../src/upstream/rate-limit/sliding-window.ts';
import { maxPauseMs } from '../../../src/upstream/transport/retry-after.ts';
import { hasRedis, runRedis, type RunningRedis } from '../../support/redis-server.ts';

/** Windows of one implementation, and a clock of its own. */
interface Place {
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Several that are opened share an account, where the implementation can. */
  open(limits: RateLimits): RateWindow;
  /** Lets time go by. */
  pass(byMs: number): Promise<void>;
  /** How far times may be off: a real server takes some. */
  readonly toleranceMs: number;
}

/** What every rate window promises. */
const promises = (placeOf: () => Place): void => {
  let place: Place;
  beforeEach(() => {
    place = placeOf();
  });

  const take = async (window: RateWindow, key = 'alice'): Promise<SlotWait | undefined> =>
    await window.take(key, place.clock.nowMs());
  const backOff = async (window: RateWindow, pauseMs: number, key = 'alice'): Promise<void> =>
    await window.backOff(key, pauseMs, place.clock.nowMs());
  const takeSome = async (window: RateWindow, count: number, key = 'alice'): Promise<void> => {
    for (let taken = 0; taken < count; taken++) expect(await take(window, key)).toBeUndefined();
  };
  const about = (ms: number) => ({
    asymmetricMatch: (actual: unknown) => typeof actual === 'number' && Math.abs(actual - ms) <= place.toleranceMs,
    toString: () => `about ${ms}`,
  });

  /** When slots came, of a caller who asks again as soon as it is told to. */
  const takeFor = async (window: RateWindow, forMs: number, key = 'alice'): Promise<number[]> => {
    const taken: number[] = [];
    const untilMs = place.clock.nowMs() + forMs;
    while (place.clock.nowMs() < untilMs) {
      const wait = await take(window, key);
      if (wait === undefined) taken.push(place.clock.nowMs());
      else await place.pass(Math.max(wait.ownMs, wait.everyonesMs));
    }
    return taken;
  };
  const busiestSecond = (taken: readonly number[]): number =>
    Math.max(0, ...taken.map((fromMs) => taken.filter((atMs) => atMs >= fromMs && atMs < fromMs + 1000).length));

  it('never has more slots than its limit in any second, and no fewer than it can', async () => {
    const window = place.open({ limit: 10 });
    const taken = await takeFor(window, 400);
    // Within a second: one of fixed seconds would give twice as many here.
    taken.push(...(await takeFor(window, 8000)));
    expect(busiestSecond(taken)).toBe(10);
    expect(taken.length).toBeGreaterThanOrEqual(70);
  });

  it('says how long to wait', async () => {
    const window = place.open({ limit: 2 });
    await takeSome(window, 1);
    await place.pass(600);
    await takeSome(window, 1);
    await place.pass(100);
    expect(await take(window)).toEqual({ ownMs: about(windowMs - 700), everyonesMs: 0 });
    await place.pass(windowMs - 700 + place.toleranceMs / 3);
    await takeSome(window, 1);
    expect(await take(window)).toEqual({ ownMs: about(600), everyonesMs: 0 });
  });

  it('keeps credentials apart where the address is not counted', async () => {
    const window = place.open({ limit: 1 });
    await takeSome(window, 1);
    await takeSome(window, 1, 'bob');
    await backOff(window, 5000);
    await place.pass(windowMs);
    await takeSome(window, 1, 'bob');
    expect(await take(window)).toEqual({ ownMs: about(5000 - windowMs), everyonesMs: 0 });
  });

  it('counts all credentials together, and says that everybody has to wait', async () => {
    const window = place.open({ limit: 3, addressLimit: 4 });
    await takeSome(window, 2);
    await takeSome(window, 2, 'bob');
    await place.pass(50);
    expect(await take(window, 'carol')).toEqual({ ownMs: 0, everyonesMs: about(windowMs - 50) });
    // What was refused used up nothing of its own.
    await place.pass(windowMs - 50);
    await takeSome(window, 3, 'carol');
    expect(await take(window, 'carol')).toEqual({ ownMs: about(windowMs), everyonesMs: 0 });
    await takeSome(window, 1, 'bob');
    expect(await take(window, 'carol')).toEqual({ ownMs: about(windowMs), everyonesMs: about(windowMs) });
  });

  it('pauses for so long, goes on at half the pace, and recovers', async () => {
    const window = place.open({ limit: 10, addressLimit: 10 });
    await backOff(window, 3000);
    expect(await take(window)).toEqual({ ownMs: about(3000), everyonesMs: 0 });
    await place.pass(3000);
    expect(busiestSecond(await takeFor(window, 4000))).toBe(5);
    await place.pass(slowMs);
    expect(busiestSecond(await takeFor(window, 4000))).toBe(10);
  });

  it('slows down once for complaints that come together, and again for the next', async () => {
    const window = place.open({ limit: 8 });
    for (let i = 0; i < 8; i++) await backOff(window, 1000);
    await place.pass(1000);
    expect(busiestSecond(await takeFor(window, 2000))).toBe(4);
    await backOff(window, 1000);
    await place.pass(1000);
    expect(busiestSecond(await takeFor(window, 2000))).toBe(2);
  });

  it('never pauses for longer than the longest pause, and never stops altogether', async () => {
    const window = place.open({ limit: 10 });
    for (const pauseMs of [999_999_999_000, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY]) {
      await backOff(window, pauseMs);
    }
    expect(await take(window)).toEqual({ ownMs: about(maxPauseMs), everyonesMs: 0 });
    for (let i = 0; i < 10; i++) {
      await place.pass(maxPauseMs);
      await backOff(window, 10);
    }
    await place.pass(100);
    await takeSome(window, 1);
  });

  it('counts a call from when it left, where it had to wait for a connection', async () => {
    const window = place.open({ limit: 2, addressLimit: 2 });
    await takeSome(window, 2);
    const takenAtMs = place.clock.nowMs();
    await place.pass(500);
    window.leave('alice', takenAtMs, place.clock.nowMs());
    window.leave('never seen', takenAtMs, place.clock.nowMs());
    await place.pass(windowMs - 500);
    // Of the two one left just now, so that at most one more may.
    expect((await takeFor(window, 100)).length).toBeLessThanOrEqual(1);
    await place.pass(500);
    expect((await takeFor(window, 600)).length).toBeGreaterThanOrEqual(1);
  });
};

describe('a rate window in this process', () => {
  promises(() => {
    let nowMs = 1_000_000;
    return {
      clock: { nowMs: () => nowMs },
      open: createRateWindow,
      pass(byMs) {
        nowMs += byMs;
        return Promise.resolve();
      },
      toleranceMs: 0,
    };
  });
});

describe.skipIf(!hasRedis)('a rate window in Redis', () => {
  let server: RunningRedis;
  /** Looks at Redis from outside. */
  let outside: Redis;
  let aheadMs = 0;
  const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs };
  const open: RedisConnection[] = [];

  beforeAll(async () => {
    server = await runRedis();
    outside = new Redis(server.url);
  });
  afterAll(async () => {
    outside.disconnect();
    await server.remove();
  });
  beforeEach(async () => {
    aheadMs = 0;
    await outside.flushall();
  });
  afterEach(() => {
    for (const redis of open.splice(0)) redis.close();
  });

  const connect = (): RedisConnection => {
    const redis = connectRedis({ url: server.url, clock, logger: silentLogger });
    open.push(redis);
    return redis;
  };
  const openWindow = (limits: RateLimits, redis = connect()): RateWindow =>
    createRedisRateWindow({ ...limits, redis, local: createRateWindow(limits), clock, random: systemRandom });

  /** Redis' time cannot be turned, so what happened is moved into the past instead. */
  const pass = async (byMs: number): Promise<void> => {
    aheadMs += byMs;
    // What was sent without waiting for it comes first.
    for (const redis of open) await redis.read('anything');
    for (const key of await outside.keys('*')) {
      if ((await outside.type(key)) === 'zset') {
        for (const member of await outside.zrange(key, 0, -1)) await outside.zincrby(key, -byMs, member);
      } else {
        for (const field of ['pausedUntil', 'fasterAt']) await outside.hincrby(key, field, -Math.round(byMs));
      }
    }
  };

  promises(() => ({ clock, open: openWindow, pass, toleranceMs: 300 }));

  const take = async (window: RateWindow, key = 'alice') => await window.take(key, clock.nowMs());

  it('is one for all replicas, over credentials', async () => {
    const limits = { limit: 7, addressLimit: 10 };
    const windows = [openWindow(limits), openWindow(limits), openWindow(limits)];
    const taken = await Promise.all(
      Array.from({ length: 30 }, (_, i) => take(windows[i % 3] as RateWindow, i % 2 === 0 ? 'alice' : 'bob')),
    );
    expect(taken.filter((wait) => wait === undefined)).toHaveLength(10);
    expect(await take(windows[0] as RateWindow, 'carol')).toMatchObject({ ownMs: 0 });
  });

  it('pauses all replicas where upstream complains to one', async () => {
    const [one, other] = [openWindow({ limit: 10 }), openWindow({ limit: 10 })];
    await Promise.all([one, other, one].map(async (window) => window.backOff('alice', 3000, clock.nowMs())));
    expect((await take(other))?.ownMs).toBeGreaterThan(2500);
    await pass(3000);
    for (let taken = 0; taken < 5; taken++) expect(await take(taken % 2 === 0 ? one : other)).toBeUndefined();
    expect((await take(one))?.ownMs).toBeGreaterThan(500);
  });

  it('does not believe a pause of years that stands in Redis', async () => {
    const window = openWindow({ limit: 10 });
    await window.backOff('alice', 1000, clock.nowMs());
    const [name] = (await outside.keys('*')) as [string];
    await outside.hset(name, 'pausedUntil', systemClock.nowMs() + 10 ** 12, 'fasterAt', systemClock.nowMs() + 10 ** 12);
    expect((await take(openWindow({ limit: 10 })))?.ownMs).toBeLessThanOrEqual(maxPauseMs);
    await window.backOff('alice', 10 ** 12, clock.nowMs());
    expect(await outside.pttl(name)).toBeLessThanOrEqual(maxPauseMs + 60 * slowMs);
  });

  it('is kept alone while Redis is out of reach, with what was taken together in mind', async () => {
    const redis = connect();
    const window = openWindow({ limit: 10 }, redis);
    for (let taken = 0; taken < 7; taken++) expect(await take(window)).toBeUndefined();
    redis.close();
    for (let taken = 7; taken < 10; taken++) expect(await take(window)).toBeUndefined();
    expect((await take(window))?.ownMs).toBeGreaterThan(0);
  });

  it('goes on where somebody else put something of another type under its name', async () => {
    const window = openWindow({ limit: 2, addressLimit: 2 });
    await take(window);
    for (const name of await outside.keys('*')) await outside.set(name, 'text');
    expect(await take(window)).toBeUndefined();
    expect(await take(openWindow({ limit: 2, addressLimit: 2 }))).toBeUndefined();
    expect(await take(window)).toBeDefined();
  });

  it('leaves nothing in Redis that tells whose it is, or that stays', async () => {
    await take(openWindow({ limit: 10, addressLimit: 10 }), 'the-key-of-alice');
    const names = await outside.keys('*');
    expect(names).toHaveLength(2);
    for (const name of names) {
      expect(name).not.toContain('alice');
      expect(await outside.pttl(name)).toBeGreaterThan(0);
      expect(await outside.pttl(name)).toBeLessThanOrEqual(2 * windowMs);
    }
  });
});
