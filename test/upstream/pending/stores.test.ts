import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/platform/logger.ts';
import { systemRandom } from '../../../src/platform/random.ts';
import { connectRedis, type RedisConnection } from '../../../src/redis/connection.ts';
import { createRedisPendingStore } from '../../../src/upstream/pending/redis-store.ts';
import { createPendingStore, keepPendingMs, type PendingStore } from '../../../src/upstream/pending/store.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { hasRedis, runRedis, type RunningRedis } from '../../support/redis-server.ts';

/** What every store of handles on pending answers promises. */
const promises = (openStore: () => PendingStore): void => {
  it('gives a handle back once, to whoever asks the same question', async () => {
    const store = openStore();
    await store.put('question', 'response-1');
    expect(await store.take('another question')).toBeUndefined();
    const taken = await Promise.all(Array.from({ length: 4 }, async () => store.take('question')));
    expect(taken.filter((each) => each !== undefined)).toEqual(['response-1']);
  });

  it('keeps the newest handle of a question', async () => {
    const store = openStore();
    await store.put('question', 'response-1');
    await store.put('question', 'response-2');
    expect(await store.take('question')).toBe('response-2');
    expect(await store.take('question')).toBeUndefined();
  });

  it('keeps questions apart', async () => {
    const store = openStore();
    await Promise.all(['a', 'b', 'c'].map(async (key) => store.put(key, `response of ${key}`)));
    const taken = await Promise.all(['c', 'a', 'b'].map(async (key) => store.take(key)));
    expect(taken).toEqual(['response of c', 'response of a', 'response of b']);
  });
};

describe('a store in this process', () => {
  let clock: ManualClock;
  beforeEach(() => {
    clock = createManualClock();
  });

  promises(() => createPendingStore(clock, 100));

  it('forgets a handle when upstream does', async () => {
    const store = createPendingStore(clock, 100);
    await store.put('question', 'response-1');
    clock.advance(keepPendingMs - 1);
    expect(store.size).toBe(1);
    clock.advance(2);
    expect(await store.take('question')).toBeUndefined();
  });

  it('keeps no more than it may, the newest', async () => {
    const store = createPendingStore(clock, 2);
    for (const key of ['a', 'b', 'c']) await store.put(key, key);
    expect(store.size).toBe(2);
    expect(await store.take('a')).toBeUndefined();
    expect(await store.take('c')).toBe('c');
  });
});

describe.skipIf(!hasRedis)('a store in Redis', () => {
  let server: RunningRedis;
  /** Looks at Redis from outside. */
  let outside: Redis;
  const clock = createManualClock();
  const open: RedisConnection[] = [];

  beforeAll(async () => {
    server = await runRedis();
    outside = new Redis(server.url);
  });
  afterAll(async () => {
    outside.disconnect();
    await server.remove();
  });
  beforeEach(() => outside.flushall());
  afterEach(() => {
    for (const redis of open.splice(0)) redis.close();
  });

  const connect = (): RedisConnection => {
    const redis = connectRedis({ url: server.url, clock, logger: silentLogger });
    open.push(redis);
    return redis;
  };
  const openStore = (redis = connect()) => {
    const local = createPendingStore(clock, 100);
    return { local, store: createRedisPendingStore({ redis, local, random: systemRandom }) };
  };

  promises(() => openStore().store);

  it('is one for all replicas', async () => {
    const [one, other] = [openStore(), openStore()];
    await one.store.put('question', 'response-1');
    expect(one.local.size).toBe(0);
    const taken = await Promise.all([one, other, one, other].map(async ({ store }) => store.take('question')));
    expect(taken.filter((each) => each !== undefined)).toEqual(['response-1']);
  });

  it('keeps handles for ten minutes, unreadable', async () => {
    await openStore().store.put('question', 'response-1');
    const [name] = (await outside.keys('*')) as [string];
    expect(name).not.toContain('question');
    expect((await outside.getBuffer(name))?.includes('response-1')).toBe(false);
    expect(await outside.pttl(name)).toBeGreaterThan(keepPendingMs - 1000);
  });

  it('keeps handles here while Redis is out of reach', async () => {
    const redis = connect();
    redis.close();
    const { store, local } = openStore(redis);
    await store.put('question', 'response-1');
    expect(local.size).toBe(1);
    expect(store.size).toBe(1);
    expect(await store.take('question')).toBe('response-1');
    expect(await store.take('question')).toBeUndefined();
  });

  it('takes something of another type under its name for nothing', async () => {
    const { store } = openStore();
    await store.put('question', 'response-1');
    const [name] = (await outside.keys('*')) as [string];
    await outside.del(name);
    await outside.lpush(name, 'list');
    expect(await store.take('question')).toBeUndefined();
    await store.put('question', 'response-2');
    expect(await store.take('question')).toBe('response-2');
  });
});
