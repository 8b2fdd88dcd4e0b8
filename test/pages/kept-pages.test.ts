import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/model/errors.ts';
import type { SubjectPageRequest, SubjectPageSource } from '../../src/model/subject-list.ts';
import { createPages, type Pages } from '../../src/pages/create-pages.ts';
import { openSubjects } from '../../src/pages/subjects/subjects.ts';
import { silentLogger } from '../../src/platform/logger.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { connectRedis, type RedisConnection } from '../../src/redis/connection.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { hasRedis, runRedis, type RunningRedis, until } from '../support/redis-server.ts';
import { type ArraySource, createArraySource, subjectsUpTo } from './array-source.ts';
import { createOperation, listPage, lookupPage, plainQuestion } from './operations.ts';

const ttlMs = 30_000;

let clock: ManualClock;
/** What upstream says, and what it was asked. */
let source: ArraySource;

/** Where pages are kept: read by one, and found by the same or another. */
interface Keeper {
  readonly reader: SubjectPageSource;
  readonly finder: SubjectPageSource;
  invalidate(): Promise<void>;
  /** Waits until what was read can be found. */
  settle(): Promise<void>;
}

/** What every place that keeps pages promises. */
const keepsPages = (open: () => Keeper) => {
  let keeper: Keeper;
  beforeEach(() => {
    clock = createManualClock();
    source = createArraySource({ subjects: subjectsUpTo(250), clock });
    keeper = open();
  });
  const read = async (request: SubjectPageRequest = listPage(100), operation = createOperation()) => {
    const page = await keeper.reader.fetchPage(request, operation);
    await keeper.settle();
    return page;
  };
  const find = (request: SubjectPageRequest = listPage(100), operation = createOperation()) =>
    keeper.finder.fetchPage(request, operation);
  const calls = () => source.transcript.length;

  it('answers what was read without a call, and says so in the report', async () => {
    const page = await read();
    clock.advance(10);
    const operation = createOperation();
    expect(await find(listPage(100), operation)).toEqual(page);
    expect(calls()).toBe(1);
    const { fetchedAtMs: atMs } = page;
    expect(operation.report).toMatchObject({
      calls: 0,
      fromCache: 1,
      oldestPageAtMs: atMs,
      freshUntilMs: atMs + ttlMs,
    });
  });

  it('answers whatever page size is asked for', async () => {
    await read();
    expect(await find(listPage(7))).toMatchObject({ pageSize: 100 });
    expect(await find(listPage(1000))).toMatchObject({ pageSize: 100 });
    expect(calls()).toBe(1);
  });

  it.each([
    ['another page', listPage(100, '@100')],
    ['another order', { ...listPage(), question: { ...plainQuestion, orderBy: 'subjectReference' } }],
    ['nested scopes', { ...listPage(), question: { includeNestedScopes: true } }],
    ['one subject', lookupPage('reference-249')],
  ])('asks for %s', async (_, request) => {
    await read();
    await find(request);
    expect(calls()).toBe(2);
  });

  it('tells nobody what another was told', async () => {
    await read();
    source.subjects = subjectsUpTo(1);
    expect((await find(listPage(100), createOperation({ credentialKey: 'eve' }))).items).toHaveLength(1);
    expect((await find()).items).toHaveLength(100);
  });

  it('hands an operation without a caller on, and keeps nothing for it', async () => {
    const nobody = createOperation({ credentialKey: null });
    await read(listPage(100), nobody);
    await find(listPage(100), nobody);
    await find();
    expect(calls()).toBe(3);
  });

  it('passes by an operation that bypasses the cache, and keeps what it reads', async () => {
    await read();
    source.subjects = subjectsUpTo(3);
    expect((await read(listPage(100), createOperation({ bypassCache: true }))).items).toHaveLength(3);
    expect((await find()).items).toHaveLength(3);
    expect(calls()).toBe(2);
  });

  it('answers until the page is as old as it may be', async () => {
    await read();
    clock.advance(ttlMs - 1);
    await find();
    expect(calls()).toBe(1);
    clock.advance(1);
    await find();
    expect(calls()).toBe(2);
  });

  it('keeps no error', async () => {
    source.failures.push(new GatewayError('UPSTREAM_PENDING', 'Not ready yet.'));
    await expect(read()).rejects.toThrow('Not ready yet.');
    expect((await find()).items).toHaveLength(100);
    expect(calls()).toBe(2);
  });

  it('forgets everything of a credential that has changed, and nothing of others', async () => {
    const eve = createOperation({ credentialKey: 'eve' });
    await read();
    await read(listPage(100), eve);
    await keeper.invalidate();
    await find(listPage(100), createOperation({ credentialKey: 'eve' }));
    expect(calls()).toBe(2);
    await find();
    expect(calls()).toBe(3);
  });

  it('begins a list anew where it leads to a page token that upstream refuses', async () => {
    await read();
    await find();
    source.failures.push(new GatewayError('BAD_USER_INPUT', 'Unknown token.', { upstreamStatus: 400 }));
    await expect(find(listPage(100, '@100'))).rejects.toThrow('Unknown token.');
    await find();
    await find();
    expect(source.transcript).toEqual(['list start 100', 'list @100 100', 'list start 100']);
  });
};

describe('pages in this process', () => {
  let pages: Pages;
  afterEach(() => pages.close());

  keepsPages(() => {
    pages = createPages({ clock, random: systemRandom, maxBytes: 2 ** 26 });
    const subjects = openSubjects(pages, source, ttlMs).source;
    return {
      reader: subjects,
      finder: subjects,
      invalidate: () => pages.invalidate('alice'),
      settle: () => Promise.resolve(),
    };
  });
});

describe.skipIf(!hasRedis)('pages of another replica', () => {
  let server: RunningRedis;
  const open: { close(): void }[] = [];

  beforeAll(async () => {
    server = await runRedis();
  });
  afterAll(() => server.remove());
  afterEach(() => {
    for (const each of open.splice(0)) each.close();
  });
  beforeEach(async () => {
    const cleaner = connect();
    await cleaner.run({ lua: "redis.call('FLUSHALL') return {}", keys: [], args: [] });
  });

  const connect = (): RedisConnection => {
    const made = connectRedis({ url: server.url, clock: createManualClock(), logger: silentLogger });
    open.push(made);
    return made;
  };

  /** A replica, with how many pages upstream gave it and how many it has shared. */
  const openReplica = () => {
    const connection = connect();
    const count = { read: 0, shared: 0 };
    const redis: RedisConnection = {
      ...connection,
      async write(name, value, leftMs) {
        const reached = await connection.write(name, value, leftMs);
        count.shared++;
        return reached;
      },
    };
    const counted: SubjectPageSource = {
      async fetchPage(request, operation) {
        const page = await source.fetchPage(request, operation);
        if (operation.caller !== undefined) count.read++;
        return page;
      },
    };
    const pages = createPages({ clock, random: systemRandom, maxBytes: 2 ** 26, redis });
    open.push(pages);
    return { pages, subjects: openSubjects(pages, counted, ttlMs).source, count };
  };

  keepsPages(() => {
    const [reader, finder] = [openReplica(), openReplica()];
    return {
      reader: reader.subjects,
      finder: finder.subjects,
      invalidate: () => reader.pages.invalidate('alice'),
      settle: () => until(() => Promise.resolve(reader.count.shared === reader.count.read)),
    };
  });
});
