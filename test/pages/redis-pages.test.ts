import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/platform/clock.ts';
import type { Logger } from '../../src/platform/logger.ts';
import type { SubjectPage } from '../../src/model/subject-list.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { connectRedis, type RedisConnection } from '../../src/redis/connection.ts';
import { createRedisPages } from '../../src/pages/redis/pages.ts';
import { createSharedVersions } from '../../src/pages/redis/versions.ts';
import { subjectList } from '../../src/pages/subjects/subjects.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { hasRedis, runRedis, type RunningRedis, until } from '../support/redis-server.ts';
import { createArraySource, subjectsUpTo } from './array-source.ts';
import { createOperation, listPage, lookupPage, type OperationWishes } from './operations.ts';

describe.skipIf(!hasRedis)('with a real Redis', () => {
  let server: RunningRedis;
  /** Looks at Redis from outside. */
  let outside: Redis;
  let clock: ManualClock;
  let lines: [level: string, message: string][];
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

  const note = (level: string) => (_: object, message: string) => lines.push([level, message]);
  const logger: Logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };

  /** The connection of one replica. */
  const connect = (time: Clock = clock): RedisConnection => {
    const redis = connectRedis({ url: server.url, clock: time, logger });
    open.push(redis);
    return redis;
  };

  /** Of a replica that keeps nothing itself. */
  const versionsOver = (redis: RedisConnection) =>
    createSharedVersions({
      redis,
      clock,
      random: systemRandom,
      onRenewed: () => {},
      memory: { credentials: () => [], holds: () => false },
    });

  const untilShared = (count: number) => until(async () => (await outside.dbsize()) === count);

  describe('pages', () => {
    const ttlMs = 30_000;
    const openReplica = (subjects = subjectsUpTo(250)) => {
      const source = createArraySource({ subjects, clock });
      const redis = connect();
      const pages = createRedisPages({
        list: subjectList,
        source,
        redis,
        versions: versionsOver(redis),
        clock,
        random: systemRandom,
        ttlMs,
      });
      const ask = (request = listPage(100), wishes: OperationWishes = {}): Promise<SubjectPage> =>
        pages.fetchPage(request, createOperation(wishes));
      return { source, redis, pages, ask };
    };

    it('are read once by one of the replicas', async () => {
      const [one, other] = [openReplica(), openReplica([])];
      const first = await one.ask();
      await untilShared(1);
      const operation = createOperation();
      expect(await other.pages.fetchPage(listPage(1000), operation)).toEqual(first);
      expect(other.source.transcript).toEqual([]);
      expect(operation.report).toMatchObject({ calls: 0, fromCache: 1, oldestPageAtMs: first.fetchedAtMs });
      await other.ask(listPage(100, '@100'));
      await other.ask(lookupPage('reference-1'));
      expect(other.source.transcript).toEqual(['list @100 100', 'reference-1 start']);
    });

    it('tell whoever can read Redis nothing, and whoever can write it cannot forge them', async () => {
      const [one, other] = [openReplica(), openReplica([])];
      await one.ask(listPage(100), { credentialKey: 'the-key-of-alice' });
      await untilShared(1);
      const [name] = (await outside.keys('*')) as [string];
      const value = (await outside.getBuffer(name)) as Buffer;
      for (const secret of ['the-key-of-alice', 'reference-', 'role-0', 'customer-', 'SUBJECT_TYPE', 'list']) {
        expect(name).not.toContain(secret);
        expect(value.includes(secret)).toBe(false);
      }
      // Compressed: the same page as JSON is many times as long.
      expect(value.length).toBeLessThan(4000);
      await one.ask(listPage(100, '@100'), { credentialKey: 'the-key-of-alice' });
      await untilShared(2);
      const [second] = (await outside.keys('*')).filter((each) => each !== name) as [string];
      await outside.set(second, value);
      await other.ask(listPage(100, '@100'), { credentialKey: 'the-key-of-alice' });
      expect(other.source.transcript).toEqual(['list @100 100']);
    });

    it('are not read by an operation that bypasses caches, and renewed by it', async () => {
      const [one, other] = [openReplica(), openReplica(subjectsUpTo(3))];
      await one.ask();
      await untilShared(1);
      const [name] = (await outside.keys('*')) as [string];
      const before = (await outside.getBuffer(name)) as Buffer;
      expect((await other.ask(listPage(100), { bypassCache: true })).items).toHaveLength(3);
      await until(async () => !before.equals((await outside.getBuffer(name)) as Buffer));
      expect((await one.ask()).items).toHaveLength(3);
      expect(one.source.transcript).toHaveLength(1);
    });

    it('answer no longer than they are fresh, and leave Redis by themselves', async () => {
      const [one, other] = [openReplica(), openReplica([])];
      await one.ask();
      await untilShared(1);
      const [name] = (await outside.keys('*')) as [string];
      expect(await outside.pttl(name)).toBeGreaterThan(0);
      expect(await outside.pttl(name)).toBeLessThanOrEqual(ttlMs);
      clock.advance(ttlMs);
      expect((await other.ask()).items).toEqual([]);
    });

    describe('of a walk', () => {
      const walkPage = listPage(1000);
      type Replica = ReturnType<typeof openReplica>;

      /** Each has its connection, and nothing is shared yet. */
      const openReplicas = async (): Promise<readonly [Replica, Replica]> => {
        const replicas = [openReplica(subjectsUpTo(3)), openReplica(subjectsUpTo(2))] as const;
        for (const { redis } of replicas) await redis.read('anything');
        return replicas;
      };
      const claims = async () => (await outside.keys('*')).filter((name) => name.includes(':page:'));
      /** Whoever waits for another replica looks again now and then. */
      const settle = async <Value>(work: Promise<Value>): Promise<Value> => {
        const state = { isOver: false };
        const over = work.finally(() => (state.isOver = true));
        while (!state.isOver) {
          // Redis has answered before its time is over.
          await outside.ping();
          clock.advance(30);
        }
        return over;
      };
      const callsOf = (replicas: readonly Replica[]) => replicas.flatMap(({ source }) => source.transcript);

      /** Replicas, of which the first has claimed the page and waits for upstream. */
      const openWhileOneCalls = async () => {
        const replicas = await openReplicas();
        const [one] = replicas;
        const release = one.source.hold();
        const first = one.ask(walkPage);
        await until(async () => (await claims()).length === 1 && one.source.transcript.length === 1);
        return { replicas, release, first };
      };

      it('are read once, also where Redis is busy for a moment', async () => {
        const replicas = await openReplicas();
        await outside.client('PAUSE', 200, 'ALL');
        const asked = Promise.all(replicas.map(({ ask }) => ask(walkPage)));
        // Other answers would be given up by now.
        clock.advance(150);
        await outside.ping();
        const [first, second] = await settle(asked);
        expect(callsOf(replicas)).toEqual(['list start 1000']);
        expect(first).toEqual(second);
      });

      it('stay claimed for as long as the call takes', async () => {
        const { replicas, release, first } = await openWhileOneCalls();
        const [one, other] = replicas;
        // It expires: upstream is slow, or there is no slot for what nobody waits for.
        await outside.flushall();
        clock.advance(3000);
        await until(async () => (await claims()).length === 1);
        const second = other.ask(walkPage);
        await one.redis.read('anything');
        release();
        expect((await settle(Promise.all([first, second]))).map(({ items }) => items.length)).toEqual([3, 3]);
        expect(callsOf(replicas)).toEqual(['list start 1000']);
      });

      it('are those of the replica that was first, for one that has lost its claim', async () => {
        const { replicas, release, first } = await openWhileOneCalls();
        const [one, other] = replicas;
        await outside.flushall();
        expect((await other.ask(walkPage)).items).toHaveLength(2);
        // The claim is given back once the page can be found, which stays for longer.
        await until(async () => {
          const [name = '', ...others] = await claims();
          return others.length === 0 && (await outside.pttl(name)) > 15_000;
        });
        clock.advance(3000);
        // Behind what tells it that the claim is lost.
        await one.redis.read('anything');
        release();
        expect((await first).items).toHaveLength(2);
        expect(callsOf(replicas)).toHaveLength(2);
      });
    });

    it('that were refused are not shared', async () => {
      const { ask, source } = openReplica();
      source.failures.push(new Error('refused'));
      await expect(ask()).rejects.toThrow('refused');
      await ask(listPage(100, '@100'));
      await untilShared(1);
    });
  });

  describe('an outage', () => {
    it('is survived alone, told once, and ends by itself', async () => {
      const source = createArraySource({ subjects: subjectsUpTo(5), clock });
      const redis = connect();
      const pages = createRedisPages({
        list: subjectList,
        source,
        redis,
        versions: versionsOver(redis),
        clock,
        random: systemRandom,
        ttlMs: 30_000,
      });
      await pages.fetchPage(listPage(), createOperation());
      await untilShared(1);
      await server.stop();
      for (let asked = 0; asked < 3; asked++) {
        expect((await pages.fetchPage(listPage(), createOperation())).items).toHaveLength(5);
        clock.advance(1000);
      }
      const outage = ['warn', 'Redis is out of reach: this replica goes on alone'];
      expect(lines).toEqual([outage]);
      await server.start();
      await until(async () => {
        clock.advance(1000);
        return (await redis.read('anything')) !== undefined;
      });
      expect(lines).toEqual([outage, ['info', 'Redis is back: replicas share again']]);
      await pages.fetchPage(listPage(), createOperation());
      await untilShared(1);
    });
  });
});
