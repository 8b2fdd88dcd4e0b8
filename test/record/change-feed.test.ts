import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ChangeFeed, createChangeFeed } from '../../src/record/change-feed.ts';
import type { RecordKeeper } from '../../src/record/create-record.ts';
import type { AccessChange } from '../../src/record/record.ts';
import { databaseKinds, keep, type TestDatabases } from './support/databases.ts';
import { censusOf } from './support/world.ts';

const startMs = Date.UTC(2026, 2, 1);
const holds = (role: string, ...names: string[]) =>
  names.map((reference) => ({ reference, rawType: 'SUBJECT_TYPE_USER', roles: [{ name: role, scopes: [] }] }));

const [directories, servers] = databaseKinds;
const { open: openDatabases } = servers.isMissing ? directories : servers;

describe('a feed of changes over a record', () => {
  let databases: TestDatabases;
  let record: RecordKeeper;
  let feed: ChangeFeed;
  /** How often the record has been asked to tell, and how many of those are left. */
  const asked = { times: 0, now: 0 };

  beforeAll(async () => {
    databases = await openDatabases();
  }, 120_000);
  afterEach(() => record.close());
  afterAll(() => databases?.close());

  /** A record that has begun, and a feed of it. */
  const begin = async (): Promise<void> => {
    Object.assign(asked, { times: 0, now: 0 });
    record = keep(await databases.make());
    await record.record(censusOf(startMs, []));
    feed = createChangeFeed({
      listen: (onChanges) => {
        asked.times++;
        asked.now++;
        const stop = record.listen(onChanges);
        return () => {
          asked.now--;
          stop();
        };
      },
    });
  };
  const take = async (subscriber: AsyncIterator<AccessChange>, count: number): Promise<AccessChange[]> => {
    const taken: AccessChange[] = [];
    while (taken.length < count) {
      const { value, done } = await subscriber.next();
      if (done === true) break;
      taken.push(value);
    }
    return taken;
  };

  it('tells a thousand subscribers from one place, and keeps what waits for them once', async () => {
    await begin();
    const everybody = Array.from({ length: 1000 }, (_, at) =>
      feed.subscribe(at % 2 === 0 ? {} : { subject: { reference: `subject-${at % 10}` } }),
    );
    expect(asked).toEqual({ times: 1, now: 1 });
    const names = Array.from({ length: 500 }, (_, at) => `subject-${at}`);
    await record.record(censusOf(startMs + 1000, holds('reader', ...names)));
    const told = await Promise.all(everybody.map((subscriber, at) => take(subscriber, at % 2 === 0 ? 500 : 1)));
    const [first = []] = told;
    expect(first.map(({ subject }) => subject.reference).sort()).toEqual(names.toSorted());
    for (const [at, changes] of told.entries()) {
      if (at % 2 === 0) {
        // The very same objects: a thousand subscribers hold no more than one.
        expect(changes.every((change, index) => change === first[index])).toBe(true);
      } else {
        expect(changes.map(({ subject }) => subject.reference)).toEqual([`subject-${at % 10}`]);
      }
    }
    for (const subscriber of everybody) await subscriber.return?.();
    expect(asked).toEqual({ times: 1, now: 0 });
    expect(await everybody[0]?.next()).toEqual({ done: true, value: undefined });
  }, 60_000);

  it('ends a subscriber that has more than 10,000 changes waiting, and nobody else', async () => {
    await begin();
    const [slow, quick] = [feed.subscribe({}), feed.subscribe({})];
    const narrow = feed.subscribe({ subject: { reference: 'subject-7' } });
    const names = Array.from({ length: 5000 }, (_, at) => `subject-${at}`);
    const reading = take(quick, 10_002);
    await record.record(censusOf(startMs + 1000, holds('reader', ...names)));
    // As many as may wait, exactly.
    await record.record(censusOf(startMs + 2000, []));
    await expect.poll(async () => (await record.changes({}, { from: 'start', count: 1 })).total()).toBe(10_000);
    await record.record(censusOf(startMs + 3000, holds('reader', 'last', 'subject-7')));
    expect(await reading).toHaveLength(10_002);
    await expect(slow.next()).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      message: expect.stringContaining('Read `record.changes` since the last one, and subscribe again.') as string,
    });
    expect(await slow.next()).toEqual({ done: true, value: undefined });
    expect((await take(narrow, 3)).map(({ kind }) => kind)).toEqual(['GRANTED', 'REVOKED', 'GRANTED']);
    await narrow.return?.();
    await quick.return?.();
    expect(asked).toEqual({ times: 1, now: 0 });
  }, 60_000);
});
