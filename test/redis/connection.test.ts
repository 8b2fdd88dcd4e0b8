import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../src/platform/clock.ts';
import type { Logger } from '../../src/platform/logger.ts';
import { connectRedis, type RedisConnection } from '../../src/redis/connection.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { hasRedis, runRedis, type RunningRedis, until } from '../support/redis-server.ts';

describe.skipIf(!hasRedis)('a connection to Redis', () => {
  let server: RunningRedis;
  /** Looks at Redis from outside. */
  let outside: Redis;
  let clock: ManualClock;
  let lines: string[];
  const open: RedisConnection[] = [];

  beforeAll(async () => {
    server = await runRedis();
    outside = new Redis(server.url, { retryStrategy: () => 20 });
    outside.on('error', () => {});
  });
  afterAll(async () => {
    outside.disconnect();
    await server.remove();
  });
  beforeEach(async () => {
    clock = createManualClock();
    lines = [];
    await outside.flushall();
  });
  afterEach(() => {
    for (const redis of open.splice(0)) redis.close();
  });

  const note = (_: object, message: string) => void lines.push(message);
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  const connect = (time: Clock = clock): RedisConnection => {
    const redis = connectRedis({ url: server.url, clock: time, logger });
    open.push(redis);
    return redis;
  };
  const outage = 'Redis is out of reach: this replica goes on alone';

  it('reads, takes once, and writes for a time', async () => {
    const redis = connect();
    await redis.write('name', Buffer.from('value'), 5000);
    expect(await redis.read('name')).toEqual({ value: Buffer.from('value') });
    expect(await outside.pttl('name')).toBeGreaterThan(4000);
    const taken = await Promise.all([redis.take('name'), redis.take('name')]);
    expect(taken.map((each) => each?.value?.toString())).toEqual(['value', undefined]);
  });

  it('tells an outage once, asks again after a second, and tells its end', async () => {
    const redis = connect();
    expect(await redis.read('name')).toEqual({ value: undefined });
    await server.stop();
    for (let asked = 0; asked < 3; asked++) {
      expect(await redis.read('name')).toBeUndefined();
      clock.advance(1000);
    }
    expect(lines).toEqual([outage]);
    await server.start();
    await until(async () => {
      clock.advance(1000);
      return (await redis.read('name')) !== undefined;
    });
    expect(lines).toEqual([outage, 'Redis is back: replicas share again']);
  });

  it('takes a Redis that was never there for an outage', async () => {
    await server.stop();
    expect(await connect().read('name')).toBeUndefined();
    expect(lines).toEqual([outage]);
    await server.start();
  });

  it('takes a Redis that is slow for an outage, and waits for it once', async () => {
    const redis = connect(systemClock);
    expect(await redis.read('name')).toEqual({ value: undefined });
    await outside.client('PAUSE', 600, 'ALL');
    const startMs = performance.now();
    expect(await redis.read('name')).toBeUndefined();
    const firstMs = performance.now() - startMs;
    expect(firstMs).toBeGreaterThan(90);
    expect(firstMs).toBeLessThan(500);
    for (let asked = 0; asked < 100; asked++) expect(await redis.read('name')).toBeUndefined();
    expect(performance.now() - startMs - firstMs).toBeLessThan(90);
    expect(lines).toEqual([outage]);
  });

  it('waits longer for what is worth it, also where others go on alone already', async () => {
    const redis = connect();
    expect(await redis.read('name')).toEqual({ value: undefined });
    await outside.client('PAUSE', 300, 'ALL');
    const answers = [redis.read('name'), redis.readMany(['name'], { patienceMs: 1000 })];
    clock.advance(150);
    expect(await answers[0]).toBeUndefined();
    const later = redis.run({ lua: 'return { 7 }', keys: [], args: [] }, { patienceMs: 1000 });
    expect(await redis.read('name')).toBeUndefined();
    expect([await answers[1], await later]).toEqual([{ value: [undefined] }, { value: [7] }]);
  });

  it('waits for nothing as long again after that was in vain', async () => {
    const redis = connect();
    expect(await redis.read('name')).toEqual({ value: undefined });
    await outside.client('PAUSE', 300, 'ALL');
    const patient = redis.readMany(['name'], { patienceMs: 1000 });
    clock.advance(1000);
    expect([await patient, await redis.readMany(['name'], { patienceMs: 1000 })]).toEqual([undefined, undefined]);
    expect(lines).toEqual([outage]);
  });

  it('takes a value of another type for missing, and not for an outage', async () => {
    const redis = connect();
    await outside.lpush('name', 'item');
    expect(await redis.read('name')).toEqual({ value: undefined });
    expect(await redis.take('name')).toEqual({ value: undefined });
    const count = { lua: "return { redis.call('INCR', KEYS[1]) }", keys: ['name'], args: [] };
    expect(await redis.run(count)).toEqual({ value: [1] });
    expect(await redis.run(count)).toEqual({ value: [2] });
    expect(lines).toEqual(['Redis holds something else under a name of ours: it is taken for missing']);
  });
});
