import { expect, it } from 'vitest';
import type { AccountCensus } from '../../../src/access/account-census.ts';
import { askCensusInMemory } from '../../../src/access/census-in-memory.ts';
import { indexCensus } from '../../../src/access/census/index-census.ts';
import { GatewayError } from '../../../src/model/errors.ts';
import { createSubject, type Subject } from '../../../src/model/subject.ts';
import type { RecordKeeper } from '../../../src/record/create-record.ts';
import type { RecordedCensus } from '../../../src/record/recording/write-census.ts';
import { assignmentText, censusOf, createChance, createWorld, walk } from './world.ts';

const startMs = Date.UTC(2026, 2, 1);
const user = 'SUBJECT_TYPE_USER';
const everything = { from: 'start', count: 1000 } as const;

const heldAt = async (record: RecordKeeper, timeMs: number): Promise<Set<string>> => {
  const page = await record.assignmentsAt(timeMs, {}, everything);
  return new Set(page.items.map(({ subject, roleName, scope }) => assignmentText(subject, roleName, scope)));
};
export const holds = (...names: string[]): Subject[] =>
  names.map((reference) => createSubject(reference, user, [{ name: 'reader', scopes: [] }]));

/** Those who hold something: others are not recorded. */
const inMemory = async ({ subjects, asOfMs }: RecordedCensus): Promise<AccountCensus> => {
  const items = subjects.filter(({ roles }) => roles.length > 0);
  return askCensusInMemory(
    await indexCensus({ pages: [{ items, pageSize: 1000, fetchedAtMs: asOfMs, bodyBytes: 0 }], oldestAtMs: asOfMs }),
  );
};

/** All that is counted. Without names, because long ones are cut. */
const countsOf = async (census: AccountCensus | undefined): Promise<unknown> => {
  if (census === undefined) throw new Error('nothing is recorded');
  const { assignmentCount, globalAssignmentCount, subjectTypes, scopeKinds } = census;
  const roles = (await census.roles({}, { first: 1000 })).items;
  const readMany = () => Promise.reject(new Error('not asked'));
  const scopes = (await census.scopes({}, { first: 1000 }, { directory: { readMany }, taker: { owner: {} } })).items;
  const lines = [
    ...roles.map((role) => `role ${role.holderCount} ${role.globalHolderCount} ${role.scopeCount}`),
    ...scopes.map(({ scope, holderCount, roleCount }) => `scope ${scope.kind} ${holderCount} ${roleCount}`),
  ].sort();
  return { assignmentCount, globalAssignmentCount, subjectTypes, scopeKinds, lines };
};

/** In any order, some of them twice, and some in two entries that have to be put together. */
const scattered = (subjects: readonly Subject[], seed: number): Subject[] => {
  const { below } = createChance(seed);
  const entries = subjects.flatMap((subject) => {
    const { reference, rawType, roles } = subject;
    if (below(5) > 0) return [subject];
    const cut = below(roles.length + 1);
    return [
      createSubject(reference, rawType, roles.slice(0, cut)),
      createSubject(reference, rawType, roles.slice(below(cut + 1))),
    ];
  });
  return entries
    .map((entry) => ({ entry, place: below(1_000_000) }))
    .sort((one, other) => one.place - other.place)
    .map(({ entry }) => entry);
};

interface WalkSuite {
  /** There is no such database here. */
  readonly isMissing: boolean;
  /** An empty record, closed after the test. */
  readonly begin: () => Promise<RecordKeeper>;
}

/** What holds of recording a walk, wherever the record is kept. */
export const testWalks = ({ isMissing, begin }: WalkSuite): void => {
  it.skipIf(isMissing)(
    'shows what held at every census, whichever way each was recorded',
    async () => {
      const record = await begin();
      const world = createWorld(7, 40);
      world.change(60);
      for (let round = 0; round < 12; round++) {
        const timeMs = startMs + round * 60_000;
        const census = world.census(timeMs);
        const before = round === 0 ? new Set<string>() : await heldAt(record, timeMs);
        const held = world.assignments();
        const written = await (round % 3 === 2
          ? record.record(census)
          : record.recordWalk(walk(scattered(census.subjects, round), timeMs)));
        const granted = [...held].filter((text) => !before.has(text)).length;
        const revoked = [...before].filter((text) => !held.has(text)).length;
        const outcome = round === 0 ? 'begun' : granted + revoked === 0 ? 'equal' : 'different';
        expect(written).toEqual({ outcome, asOfMs: timeMs, granted, revoked });
        expect(await heldAt(record, timeMs)).toEqual(held);
        expect(await countsOf(await record.census())).toEqual(await countsOf(await inMemory(census)));
        // Now and then nothing happens between two.
        if (round % 4 !== 1) world.change(1 + ((round * 7) % 15));
      }
      expect((await record.status()).censuses).toBe(12);
    },
    60_000,
  );

  it.skipIf(isMissing)('adds what another entry shows of somebody whose first showed what was known', async () => {
    const record = await begin();
    const entry = (name: string) => createSubject('anna', user, [{ name, scopes: [] }]);
    await record.recordWalk(walk([entry('reader')], startMs));
    const twice = [entry('reader'), ...holds('a', 'b', 'c', 'd', 'e', 'f', 'g'), entry('owner')];
    expect(await record.recordWalk(walk(twice, startMs + 1000))).toMatchObject({ granted: 8, revoked: 0 });
    expect(await record.recordWalk(walk(twice, startMs + 2000))).toMatchObject({ outcome: 'equal' });
    expect(await record.recordWalk(walk(twice.slice(1), startMs + 3000))).toMatchObject({ granted: 0, revoked: 1 });
    expect(await record.recordWalk(walk([], startMs + 4000))).toMatchObject({ granted: 0, revoked: 8 });
  });

  it.skipIf(isMissing)('counts who holds nothing once, however often they are shown', async () => {
    const record = await begin();
    const empty = (...names: string[]) => names.map((reference) => createSubject(reference, user, []));
    const subjects = [...empty('anna', 'berta', 'anna'), ...holds('carla', 'dora'), ...empty('carla', 'x', 'y', 'x')];
    await record.recordWalk(walk(subjects, startMs));
    expect((await record.census())?.subjectCount).toBe(6);
    // Who held something and holds nothing any more is among them.
    await record.recordWalk(walk([...empty('anna', 'carla'), ...holds('dora'), ...empty('carla')], startMs + 1000));
    expect((await record.census())?.subjectCount).toBe(3);
  });

  it.skipIf(isMissing)('records nothing of a walk that does not end, and all of the next one', async () => {
    const record = await begin();
    await record.recordWalk(walk(holds('anna'), startMs));
    const many = holds(...Array.from({ length: 30 }, (_, at) => `subject-${at}`));
    const torn = new GatewayError('UPSTREAM_UNAVAILABLE', 'torn');
    const pages = walk(many, startMs + 1000, (number) => {
      if (number === 3) throw torn;
    });
    await expect(record.recordWalk(pages)).rejects.toBe(torn);
    // Nor is it the database that is at fault where a gateway ends.
    const ended = new Error('the gateway ends');
    await expect(
      record.recordWalk(
        walk(many, startMs + 1000, (number) => {
          if (number === 1) throw ended;
        }),
      ),
    ).rejects.toBe(ended);
    expect(record.state()).toMatchObject({ isReachable: true, lastRecordedMs: startMs });
    expect(await record.summary()).toMatchObject({ latestMs: startMs });
    expect((await heldAt(record, startMs + 5000)).size).toBe(1);
    expect(await record.recordWalk(walk(many, startMs + 2000))).toMatchObject({ granted: 30, revoked: 1 });
  });

  it.skipIf(isMissing)(
    'answers questions between two pages, and is left out where something else was recorded',
    async () => {
      const record = await begin();
      await record.record(censusOf(startMs, holds('anna')));
      const written = await record.recordWalk(
        walk(holds('berta'), startMs + 1000, async () => {
          expect((await heldAt(record, startMs)).size).toBe(1);
          await record.record(censusOf(startMs + 500, holds('carla')));
        }),
      );
      expect(written).toEqual({ outcome: 'older' });
      // A clock that has gone back makes none of it older.
      expect(await record.recordWalk(walk(holds('berta'), startMs - 1000))).toEqual({
        outcome: 'different',
        asOfMs: startMs + 501,
        granted: 1,
        revoked: 1,
      });
    },
  );
};
