import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPages, type Pages } from '../../src/pages/create-pages.ts';
import { openSubjects } from '../../src/pages/subjects/subjects.ts';
import { silentLogger } from '../../src/platform/logger.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { connectRedis, type RedisConnection } from '../../src/redis/connection.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { hasRedis, runRedis, type RunningRedis, until } from '../support/redis-server.ts';
import { createArraySource, subjectsUpTo } from './array-source.ts';
import { createOperation, listPage, type OperationWishes } from './operations.ts';

describe.skipIf(!hasRedis)('a change at one of several replicas', () => {
  let server: RunningRedis;
  let outside: Redis;
  let clock: ManualClock;
  const open: { readonly redis: RedisConnection; readonly pages: Pages }[] = [];

  const listeners = async () => ((await outside.pubsub('NUMSUB', 'rolescope:1:versions')) as [string, number])[1];

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
    // Redis counts those of the test before until their connections have ended.
    await until(async () => (await listeners()) === 0);
    await outside.flushall();
  });
  afterEach(() => {
    for (const { redis, pages } of open.splice(0)) {
      pages.close();
      redis.close();
    }
  });

  /** What is in Redis for good, once every claim has been given back: those end within ten seconds, all else lives for longer. */
  const untilGivenBack = async (): Promise<number> => {
    let names: string[] = [];
    await until(async () => {
      names = await outside.keys('*');
      const leftMs = await Promise.all(names.map((name) => outside.pttl(name)));
      return leftMs.every((ms) => ms > 10_000);
    });
    return names.length;
  };
  const untilShared = (count: number) => until(async () => (await untilGivenBack()) === count);

  /** A replica that listens to the others. */
  const openReplica = async (count = 5) => {
    const earlier = await listeners();
    const source = createArraySource({ subjects: subjectsUpTo(count), clock });
    const redis = connectRedis({ url: server.url, clock, logger: silentLogger });
    const pages = createPages({ clock, random: systemRandom, maxBytes: 2 ** 26, redis });
    const subjects = openSubjects(pages, source, 30_000);
    open.push({ redis, pages });
    await until(async () => (await listeners()) > earlier);
    const ask = async (wishes: OperationWishes = {}) => {
      const { items } = await subjects.source.fetchPage(listPage(), createOperation(wishes));
      // Pages are shared behind the answer. Who asks meanwhile looks again when this clock has moved, which it never does here.
      await untilGivenBack();
      return items.length;
    };
    return { source, pages, redis, ask };
  };

  it('is seen by whoever asks next at any of them', async () => {
    const [one, other] = [await openReplica(), await openReplica()];
    expect([await one.ask(), await other.ask()]).toEqual([5, 5]);
    one.source.subjects = other.source.subjects = subjectsUpTo(3);
    await one.pages.invalidate('alice');
    await until(async () => other.pages.state().pages === 0);
    expect([await other.ask(), await one.ask()]).toEqual([3, 3]);
    expect(other.source.transcript.length + one.source.transcript.length).toBeLessThanOrEqual(4);
  });

  it('is seen by a replica that has kept nothing yet, which then keeps what it reads', async () => {
    const [one, other] = [await openReplica(), await openReplica(3)];
    await one.ask();
    await untilShared(1);
    await one.pages.invalidate('alice');
    expect([await other.ask(), await other.ask()]).toEqual([3, 3]);
    expect(other.source.transcript).toHaveLength(1);
    await untilShared(3);
    expect(await one.ask()).toBe(3);
    expect(one.source.transcript).toHaveLength(1);
  });

  it("leaves other credentials' pages where they are", async () => {
    const [one, other] = [await openReplica(), await openReplica(3)];
    await one.ask({ credentialKey: 'eve' });
    await untilShared(1);
    await one.pages.invalidate('alice');
    expect(await other.ask({ credentialKey: 'eve' })).toBe(5);
    expect(one.pages.state().pages).toBe(1);
  });

  it('keeps from all of them what was asked before it and comes after it', async () => {
    const [one, other] = [await openReplica(), await openReplica(3)];
    await one.ask({ credentialKey: 'eve' });
    const release = one.source.hold();
    const before = one.ask();
    await until(async () => one.source.transcript.length === 2);
    await other.pages.invalidate('alice');
    // Told in the order in which it happened: who has heard of eve's has heard of hers.
    await other.pages.invalidate('eve');
    await until(async () => one.pages.state().pages === 0);
    release();
    expect(await before).toBe(5);
    expect(one.pages.state().pages).toBe(0);
    expect(await other.ask()).toBe(3);
    // Eve's page, two versions, what came too late under a name that nobody asks for any more, and what is good now.
    await untilShared(5);
    expect(await one.ask()).toBe(3);
  });

  it('is seen although nobody heard of it: versions are read again where listening begins again', async () => {
    const [one, other] = [await openReplica(), await openReplica()];
    await other.pages.invalidate('alice');
    await one.ask();
    expect(one.pages.state().pages).toBe(1);
    const [version] = (await outside.keys('rolescope:1:version:*')) as [string];
    await outside.client('KILL', 'TYPE', 'pubsub');
    await outside.set(version, 'another');
    await until(async () => one.pages.state().pages === 0);
    expect(await listeners()).toBeGreaterThan(0);
  });

  it('is made although Redis is out of reach, and never fails', async () => {
    const { pages, ask, redis, source } = await openReplica();
    await ask();
    redis.close();
    await pages.invalidate('alice');
    await ask();
    expect(source.transcript).toHaveLength(2);
  });

  it('leaves nothing in Redis that tells whose it is', async () => {
    const { pages } = await openReplica();
    await pages.invalidate('the-key-of-alice');
    const [name] = (await outside.keys('*')) as [string];
    expect(name).not.toContain('alice');
    expect(await outside.get(name)).not.toContain('alice');
    expect(await outside.pttl(name)).toBeGreaterThan(0);
  });
});
