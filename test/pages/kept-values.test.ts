import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPages, type Pages } from '../../src/pages/create-pages.ts';
import type { KeptValues } from '../../src/pages/values/kept-values.ts';
import { plainValues } from '../../src/pages/values/value-kind.ts';
import { silentLogger } from '../../src/platform/logger.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { connectRedis, type RedisConnection } from '../../src/redis/connection.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { hasRedis, runRedis, type RunningRedis } from '../support/redis-server.ts';
import { createOperation } from './operations.ts';

interface Person {
  readonly name: string;
}

const ttlMs = 600_000;
const people = plainValues<Person>('people');

let clock: ManualClock;
let pages: Pages;
let values: KeptValues<Person>;

const namesOf = async (keys: readonly string[], operation = createOperation()) =>
  [...(await values.find(keys, operation))].map(([key, { value }]) => [key, value?.name]);

const keep = (entries: readonly (readonly [string, Person | undefined])[], operation = createOperation()) =>
  values.beginReading(operation)(new Map(entries), clock.nowMs());

/** What every place that keeps values promises. `settle` waits until what was kept can be found. */
const keepsValues = (open: () => void, settle: () => Promise<void> = () => Promise.resolve()) => {
  beforeEach(() => open());

  it('knows what was kept, also that there is none, and nothing of other keys', async () => {
    keep([
      ['1', { name: 'Ada' }],
      ['2', undefined],
    ]);
    await settle();
    expect(await namesOf(['1', '2', '3'])).toEqual([
      ['1', 'Ada'],
      ['2', undefined],
    ]);
  });

  it('tells nobody what another was told', async () => {
    keep([['1', { name: 'Ada' }]]);
    await settle();
    expect(await namesOf(['1'], createOperation({ credentialKey: 'eve' }))).toEqual([]);
    expect(await namesOf(['1'], createOperation({ credentialKey: null }))).toEqual([]);
  });

  it('tells an operation that bypasses the cache nothing, and keeps what it read', async () => {
    keep([['1', { name: 'Ada' }]]);
    const operation = createOperation({ bypassCache: true });
    expect(await namesOf(['1'], operation)).toEqual([]);
    keep([['1', { name: 'Countess' }]], operation);
    await settle();
    expect(await namesOf(['1'])).toEqual([['1', 'Countess']]);
  });

  it('forgets what is as old as it may be', async () => {
    keep([['1', { name: 'Ada' }]]);
    await settle();
    clock.advance(ttlMs - 1);
    expect(await namesOf(['1'])).toHaveLength(1);
    clock.advance(1);
    expect(await namesOf(['1'])).toEqual([]);
  });

  it('forgets what was read before a change, whenever it comes', async () => {
    keep([['1', { name: 'Ada' }]]);
    await settle();
    const late = values.beginReading(createOperation());
    await pages.invalidate('alice');
    late(new Map([['2', { name: 'Grace' }]]), clock.nowMs());
    expect(await namesOf(['1', '2'])).toEqual([]);
    keep([['3', { name: 'Joan' }]]);
    await settle();
    expect(await namesOf(['1', '2', '3'])).toEqual([['3', 'Joan']]);
  });

  it('counts an answer once, and tells until when it is fresh', async () => {
    const startMs = clock.nowMs();
    keep([['1', { name: 'Ada' }]]);
    await settle();
    clock.advance(1000);
    keep([['2', { name: 'Grace' }]]);
    await settle();
    const operation = createOperation();
    await values.find(['1', '2', '3'], operation);
    expect(operation.report).toMatchObject({ fromCache: 1, oldestPageAtMs: startMs, freshUntilMs: startMs + ttlMs });
  });
};

describe('values in this process', () => {
  const open = (maxBytes = 2 ** 20) => {
    clock = createManualClock();
    pages = createPages({ clock, random: systemRandom, maxBytes });
    values = pages.openValues({ kind: people, ttlMs });
  };

  keepsValues(open);

  it('are known at once, with their age, and counted by who asks', () => {
    keep([['1', { name: 'Ada' }]]);
    const operation = createOperation();
    const atMs = clock.nowMs();
    expect(values.of('1', operation)).toMatchObject({ value: { name: 'Ada' }, atMs });
    expect(values.of('2', operation)).toBeUndefined();
    expect(values.of('1', createOperation({ bypassCache: true }))).toBeUndefined();
    expect(operation.report).toMatchObject({ fromCache: 0, oldestPageAtMs: atMs, freshUntilMs: atMs + ttlMs });
  });

  it('share the bound of pages: what was of no use for longest goes first', async () => {
    open(4000);
    for (let key = 0; key < 100; key++) keep([[String(key), { name: 'A name of some length' }]]);
    expect(pages.state().bytes).toBeLessThanOrEqual(4000);
    const { pages: count } = pages.state();
    expect(count).toBeGreaterThan(3);
    expect(await namesOf(['0', '99'])).toEqual([['99', 'A name of some length']]);
    expect(await namesOf([String(100 - count)])).toHaveLength(1);
    keep([['100', { name: 'A name of some length' }]]);
    expect(await namesOf([String(100 - count), String(101 - count)])).toHaveLength(1);
  });

  it('let go of everything, and leave no timer behind', () => {
    keep([['1', { name: 'Ada' }]]);
    clock.advance(2 * ttlMs);
    expect(pages.state()).toEqual({ pages: 0, bytes: 0 });
    expect(clock.waiting).toBe(0);
    keep([['1', { name: 'Ada' }]]);
    pages.close();
    expect(pages.state().pages).toBe(0);
    expect(clock.waiting).toBe(0);
  });

  it('are not gathered for others where there are none', () => {
    expect(values.beginSharing(createOperation())).toBeUndefined();
  });

  it.each([{ maxBytes: 0 }, { ttl: 0 }])('are not kept with %j', async ({ maxBytes = 2 ** 20, ttl = ttlMs }) => {
    pages = createPages({ clock, random: systemRandom, maxBytes });
    values = pages.openValues({ kind: people, ttlMs: ttl });
    keep([['1', { name: 'Ada' }]]);
    expect(await namesOf(['1'])).toEqual([]);
    expect(values.of('1', createOperation())).toBeUndefined();
  });

  it('change the stamp of their credential, so that no answer is given again that was made without them', () => {
    const before = pages.freshness?.versionOf('alice');
    keep([['1', { name: 'Ada' }]]);
    expect(pages.freshness?.versionOf('alice')).not.toBe(before);
  });
});

describe.skipIf(!hasRedis)('values of all replicas', () => {
  let server: RunningRedis;
  let redis: RedisConnection;
  const open: RedisConnection[] = [];

  beforeAll(async () => {
    server = await runRedis();
  });
  afterAll(() => server.remove());
  afterEach(() => {
    pages.close();
    for (const each of open.splice(0)) each.close();
  });

  const connect = () => {
    const made = connectRedis({ url: server.url, clock, logger: silentLogger });
    open.push(made);
    return made;
  };

  const openReplica = () => {
    const connection = connect();
    const made = createPages({ clock, random: systemRandom, maxBytes: 2 ** 20, redis: connection });
    return { connection, made, opened: made.openValues({ kind: people, ttlMs }) };
  };

  /** Finds at one replica what is kept at another. */
  const openBoth = () => {
    clock = createManualClock();
    const [writer, reader] = [openReplica(), openReplica()];
    redis = writer.connection;
    pages = {
      ...writer.made,
      close() {
        writer.made.close();
        reader.made.close();
      },
    };
    values = {
      of: (key, operation) => reader.opened.of(key, operation),
      find: (keys, operation) => reader.opened.find(keys, operation),
      beginReading: (operation) => writer.opened.beginReading(operation),
      beginSharing: (operation) => writer.opened.beginSharing(operation),
    };
  };

  beforeEach(async () => {
    clock = createManualClock();
    const cleaner = connect();
    await cleaner.run({ lua: "redis.call('FLUSHALL') return {}", keys: [], args: [] });
  });

  /** The writer's connection answers in order: what was kept before stands there once this is answered. */
  const settled = async () => {
    expect(await redis.read('anything')).toBeDefined();
  };

  keepsValues(openBoth, settled);

  it('are kept in this process once they were found', async () => {
    openBoth();
    keep([['1', { name: 'Ada' }]]);
    await settled();
    await namesOf(['1']);
    expect(values.of('1', createOperation())).toMatchObject({ value: { name: 'Ada' } });
  });

  it('are told to others where a list of this process has them, and not kept here', async () => {
    openBoth();
    values.beginSharing(createOperation())?.(new Map([['1', { name: 'Ada' }]]), clock.nowMs());
    await settled();
    expect(pages.state().bytes).toBe(0);
    expect(await namesOf(['1'])).toEqual([['1', 'Ada']]);
    expect(values.beginSharing(createOperation({ credentialKey: null }))).toBeUndefined();
  });

  it('tell whoever can read Redis nothing', async () => {
    openBoth();
    keep([['the-uuid', { name: 'Ada' }]], createOperation({ credentialKey: 'the-key-of-alice' }));
    await settled();
    const names = await redis.run({
      lua: "for _, name in ipairs(redis.call('KEYS', '*')) do if string.find(name .. redis.call('GET', name), 'Ada') or string.find(name, 'uuid') then return { 1 } end end return { 0, #redis.call('KEYS', '*') }",
      keys: [],
      args: [],
    });
    expect(names?.value).toEqual([0, 1]);
  });
});
