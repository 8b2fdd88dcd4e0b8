import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RecordKeeper } from '../../src/record/create-record.ts';
import type { AccessChange, RecordedAssignment, RecordPage, RecordWindow } from '../../src/record/record.ts';
import { databaseKinds, keep, type TestDatabases } from './support/databases.ts';
import { testWalks } from './support/walk-suite.ts';
import { assignmentText, censusOf, createWorld, scopeOf } from './support/world.ts';

const startMs = Date.UTC(2026, 2, 1);
const user = 'SUBJECT_TYPE_USER';

/** All of a list, some at a time. */
const readAll = async <Item extends { readonly key: unknown }>(
  read: (window: RecordWindow<Item['key']>) => Promise<RecordPage<Item>>,
  count = 1000,
): Promise<Item[]> => {
  const all: Item[] = [];
  for (;;) {
    const page = await read({ from: 'start', count, after: all.at(-1)?.key });
    all.push(...page.items);
    if (!(await page.hasNext())) return all;
  }
};

describe.each(databaseKinds)('a record in $name', ({ isMissing, open: openDatabases }) => {
  let databases: TestDatabases;
  const open: RecordKeeper[] = [];
  beforeAll(async () => {
    if (!isMissing) databases = await openDatabases();
  }, 120_000);
  afterEach(async () => {
    for (const record of open.splice(0)) await record.close();
  });
  afterAll(() => databases?.close());

  const begin = async (options: { readonly retentionDays?: number } = {}): Promise<RecordKeeper> => {
    const record = keep(await databases.make(), options);
    open.push(record);
    return record;
  };

  const heldAt = async (record: RecordKeeper, timeMs: number): Promise<Set<string>> => {
    const all = await readAll<RecordedAssignment>((window) => record.assignmentsAt(timeMs, {}, window));
    const texts = new Set(all.map(({ subject, roleName, scope }) => assignmentText(subject, roleName, scope)));
    expect(texts.size).toBe(all.length);
    return texts;
  };
  const textOf = ({ subject, roleName, scope }: AccessChange): string => assignmentText(subject, roleName, scope);

  it.skipIf(isMissing).each([1, 2])(
    'shows what held at every census, and changes that lead from each to the next (seed %i)',
    async (seed) => {
      const record = await begin();
      const world = createWorld(seed, 40);
      const states: { readonly timeMs: number; readonly held: Set<string> }[] = [];
      world.change(60);
      for (let round = 0; round < 14; round++) {
        const timeMs = startMs + round * 60_000;
        const { outcome } = await record.record(world.census(timeMs));
        expect(outcome === 'notWriter' || outcome === 'older').toBe(false);
        states.push({ timeMs, held: world.assignments() });
        // Now and then nothing happens between two.
        world.change(round % 4 === 3 ? 0 : 1 + ((round * 7) % 15));
      }
      for (const { timeMs, held } of states) {
        expect(await heldAt(record, timeMs)).toEqual(held);
        expect(await heldAt(record, timeMs + 59_999)).toEqual(held);
      }
      const changes = await readAll<AccessChange>((window) => record.changes({}, window), 37);
      expect(changes.length).toBeGreaterThan(50);
      expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length);
      const folded = new Set(states[0]?.held);
      for (const change of [...changes].reverse()) {
        expect(change.notBeforeMs).toBe(change.seenAtMs - 60_000);
        if (change.kind === 'GRANTED') {
          expect(folded.has(textOf(change))).toBe(false);
          folded.add(textOf(change));
        } else {
          expect(folded.delete(textOf(change))).toBe(true);
        }
      }
      expect(folded).toEqual(states.at(-1)?.held);
      const different = new Set(changes.map(({ seenAtMs }) => seenAtMs));
      expect(await record.summary()).toEqual({
        sinceMs: startMs,
        latestMs: states.at(-1)?.timeMs,
        revisionCount: different.size,
      });
    },
    60_000,
  );

  it.skipIf(isMissing)('cuts lists from both ends, with exact flags and totals', async () => {
    const record = await begin();
    const world = createWorld(5, 12);
    for (let round = 0; round < 4; round++) {
      world.change(9);
      await record.record(world.census(startMs + round * 1000));
    }
    const check = async <Item extends { readonly key: unknown }>(
      read: (window: RecordWindow<Item['key']>) => Promise<RecordPage<Item>>,
    ): Promise<void> => {
      const all = await readAll<Item>(read);
      expect(all.length).toBeGreaterThan(8);
      for (const [after, before] of [
        [undefined, undefined],
        [2, undefined],
        [undefined, 6],
        [1, 5],
        [5, 2],
        [all.length - 1, undefined],
        [undefined, 0],
      ] as const) {
        for (const [from, count] of [
          ['start', 0],
          ['start', 2],
          ['start', 1000],
          ['end', 0],
          ['end', 3],
          ['end', 1000],
        ] as const) {
          const [min, max] = [after === undefined ? 0 : after + 1, before ?? all.length];
          const bounded = Math.max(min, max);
          const start = from === 'start' ? min : Math.max(min, bounded - count);
          const end = from === 'start' ? Math.min(bounded, min + count) : bounded;
          const page = await read({
            from,
            count,
            after: after === undefined ? undefined : all[after]?.key,
            before: before === undefined ? undefined : all[before]?.key,
          });
          const where = JSON.stringify({ after, before, from, count });
          expect(page.items, where).toEqual(all.slice(start, end));
          expect(await page.hasNext(), where).toBe(end < all.length);
          expect(await page.hasPrevious(), where).toBe(start > 0);
        }
      }
      expect(await (await read({ from: 'start', count: 1 })).total()).toBe(all.length);
    };
    await check<AccessChange>((window) => record.changes({}, window));
    await check<RecordedAssignment>((window) => record.assignmentsAt(startMs + 3000, {}, window));
  });

  it.skipIf(isMissing)('finds what meets a filter, and nothing else', async () => {
    const record = await begin();
    const site = scopeOf(['siteUuid', 's1'], ['customerUuid', 'c1']);
    const people = (roles: readonly { name: string; scopes: (typeof site)[] }[]) => [
      { reference: 'anna', rawType: user, roles },
      { reference: 'anna', rawType: 'SUBJECT_TYPE_ROBOT', roles: [{ name: 'reader', scopes: [scopeOf()] }] },
    ];
    await record.record(censusOf(startMs, []));
    await record.record(censusOf(startMs + 1000, people([{ name: 'reader', scopes: [site] }])));
    await record.record(censusOf(startMs + 2000, people([{ name: 'editor', scopes: [] }])));
    const window = { from: 'start', count: 100 } as const;
    const count = async (filter: Parameters<typeof record.changes>[0]): Promise<number> => {
      const page = await record.changes(filter, window);
      expect(await page.total()).toBe(page.items.length);
      return page.items.length;
    };
    expect(await count({})).toBe(4);
    expect(await count({ kinds: ['REVOKED'] })).toBe(1);
    expect(await count({ kinds: [] })).toBe(0);
    expect(await count({ sinceMs: startMs + 2000 })).toBe(2);
    expect(await count({ untilMs: startMs + 2000 })).toBe(2);
    expect(await count({ subject: { reference: 'anna' } })).toBe(4);
    expect(await count({ subject: { reference: 'anna', type: 'USER' } })).toBe(3);
    expect(await count({ subject: { reference: 'anna', type: 'UNKNOWN' } })).toBe(1);
    expect(await count({ subject: { reference: 'anna', rawType: 'SUBJECT_TYPE_ROBOT' } })).toBe(1);
    expect(await count({ subject: { reference: 'berta' } })).toBe(0);
    expect(await count({ roleName: 'editor' })).toBe(1);
    expect(await count({ roleName: 'edit…' })).toBe(0);
    expect(await count({ scope: [{ field: 'customerUuid', uuid: 'c1' }] })).toBe(2);
    expect(
      await count({
        scope: [
          { field: 'customerUuid', uuid: 'c1' },
          { field: 'siteUuid', uuid: 's1' },
        ],
      }),
    ).toBe(2);
    expect(await count({ scope: [{ field: 'siteUuid', uuid: 'c1' }] })).toBe(0);
    expect(await count({ scope: [] })).toBe(1);
    const [first] = (await record.assignmentsAt(startMs + 1500, { roleName: 'reader', scope: [] }, window)).items;
    expect(first).toMatchObject({
      subject: { reference: 'anna', type: 'UNKNOWN', rawType: 'SUBJECT_TYPE_ROBOT' },
      scope: { kind: 'UNKNOWN', uuid: '', components: [] },
      fromMs: startMs + 1000,
      untilMs: null,
    });
    const held = (await record.assignmentsAt(startMs + 1500, { subject: { reference: 'anna', type: 'USER' } }, window))
      .items;
    expect(held).toMatchObject([{ scope: site, fromMs: startMs + 1000, untilMs: startMs + 2000 }]);
  });

  it.skipIf(isMissing)('refuses to say what was before it began, and has nothing before its first census', async () => {
    const record = await begin();
    const window = { from: 'start', count: 1 } as const;
    expect(await record.summary()).toBeNull();
    await expect(record.assignmentsAt(startMs, {}, window)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await record.record(censusOf(startMs, []));
    await expect(record.assignmentsAt(startMs - 1, {}, window)).rejects.toThrow('begins at 2026-03-01T00:00:00.000Z');
    expect((await record.assignmentsAt(startMs, {}, window)).items).toEqual([]);
    expect(await record.summary()).toEqual({ sinceMs: startMs, latestMs: startMs, revisionCount: 0 });
  });

  it.skipIf(isMissing)('keeps nothing of a census that breaks off half-way', async () => {
    const record = await begin();
    const people = Array.from({ length: 2500 }, (_, at) => ({
      reference: `subject-${at}`,
      rawType: user,
      roles: [{ name: 'reader', scopes: [] }],
    }));
    await record.record(censusOf(startMs, people.slice(0, 100)));
    const whole = censusOf(startMs + 1000, people);
    let reads = 0;
    const broken = new Proxy(whole.subjects, {
      get(subjects, name) {
        // Digests are made of all of them first, so it is the second page of what is written that is not there.
        if (name === '1500' && ++reads === 2) throw new Error('torn');
        return Reflect.get(subjects, name) as unknown;
      },
    });
    await expect(record.record({ ...whole, subjects: broken })).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(await record.summary()).toMatchObject({ latestMs: startMs, revisionCount: 0 });
    expect((await heldAt(record, startMs + 5000)).size).toBe(100);
    expect(await record.record(whole)).toEqual({
      outcome: 'different',
      asOfMs: startMs + 1000,
      granted: 2400,
      revoked: 0,
    });
  });

  it.skipIf(isMissing)('goes on where a clock has gone back, and leaves out what may be older', async () => {
    const location = await databases.make();
    const first = keep(location);
    const holds = (name: string) => [{ reference: 'anna', rawType: user, roles: [{ name, scopes: [] }] }];
    await first.record(censusOf(startMs, holds('a')));
    // The same process: it has been read later, whatever the clock says.
    expect(await first.record(censusOf(startMs - 5000, holds('b')))).toMatchObject({
      outcome: 'different',
      asOfMs: startMs + 1,
    });
    await first.close();
    const second = keep(location);
    open.push(second);
    expect(await second.record(censusOf(startMs - 4000, holds('c')))).toEqual({ outcome: 'older' });
    expect(await second.record(censusOf(startMs - 3000, holds('d')))).toMatchObject({ asOfMs: startMs + 2 });
    const roles = (await readAll<AccessChange>((window) => second.changes({ kinds: ['GRANTED'] }, window))).map(
      ({ roleName }) => roleName,
    );
    expect(roles).toEqual(['d', 'b']);
  });

  it.skipIf(isMissing)('lets go of what has ended long enough ago, and of whoever is left with nothing', async () => {
    const dayMs = 24 * 3600 * 1000;
    const record = await begin({ retentionDays: 10 });
    const holds = (...names: string[]) =>
      names.map((reference) => ({
        reference,
        rawType: user,
        roles: [{ name: reference, scopes: [scopeOf(['customerUuid', reference])] }],
      }));
    await record.record(censusOf(startMs, holds('anna', 'berta')));
    await record.record(censusOf(startMs + dayMs, holds('berta', 'carla')));
    await record.record(censusOf(startMs + 5 * dayMs, holds('berta')));
    // It is looked once an hour, so this is by hand.
    await record.record(censusOf(startMs + 12 * dayMs, holds('berta', 'dora')));
    await record.prune(startMs + 2 * dayMs);
    expect(await record.summary()).toEqual({
      sinceMs: startMs + dayMs,
      latestMs: startMs + 12 * dayMs,
      revisionCount: 2,
    });
    expect(await record.status()).toMatchObject({ censuses: 3, assignments: 3, subjects: 3 });
    await expect(record.assignmentsAt(startMs, {}, { from: 'start', count: 1 })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
    expect((await heldAt(record, startMs + 2 * dayMs)).size).toBe(2);
    const changes = await readAll<AccessChange>((window) => record.changes({}, window));
    expect(changes.map(({ kind, roleName }) => `${kind} ${roleName}`)).toEqual(['GRANTED dora', 'REVOKED carla']);
    await record.prune(startMs + 1000 * dayMs);
    expect(await record.status()).toMatchObject({ censuses: 1, assignments: 2, subjects: 2 });
  });

  it.skipIf(isMissing)('tells listeners of changes once, oldest first, until they end', async () => {
    const record = await begin();
    const world = createWorld(11, 30);
    world.change(20);
    await record.record(world.census(startMs));
    const heard: AccessChange[] = [];
    const others: AccessChange[] = [];
    const stop = record.listen((changes) => heard.push(...changes));
    const stopOther = record.listen((changes) => others.push(...changes));
    for (let round = 1; round < 5; round++) {
      world.change(10);
      await record.record(world.census(startMs + round * 1000));
    }
    const all = (await readAll<AccessChange>((window) => record.changes({}, window))).reverse();
    await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(all.length);
    expect(heard).toEqual(all);
    await expect.poll(() => others.length, { timeout: 10_000 }).toBe(all.length);
    stop();
    stopOther();
    world.change(10);
    await record.record(world.census(startMs + 10_000));
    await record.changes({}, { from: 'start', count: 1 });
    expect(heard).toEqual(all);
  });

  testWalks({ isMissing, begin: () => begin() });
});
