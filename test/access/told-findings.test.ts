import { beforeEach, describe, expect, it } from 'vitest';
import { indexCensus } from '../../src/access/census/index-census.ts';
import type { Census } from '../../src/access/census/census.ts';
import type { FindingKind } from '../../src/access/finding-kinds.ts';
import { createFindTold, type FindTold } from '../../src/access/told-findings.ts';
import type { Directory } from '../../src/directory/directory.ts';
import { found, missing, type Resolved } from '../../src/directory/resolved.ts';
import { scopeOfThing } from '../../src/directory/scope-path.ts';
import type { Operation } from '../../src/model/operation.ts';
import { createSubject } from '../../src/model/subject.ts';
import { createMemoryStore, type Kept } from '../../src/pages/memory-store.ts';
import { recordHit } from '../../src/pages/record-hit.ts';
import { Aborter } from '../../src/platform/abort.ts';
import { createTurns } from '../../src/platform/turns.ts';
import { createOperation } from '../pages/operations.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

const namesTtlMs = 1000;
const subjects = ['ann', 'bob', 'eve'].map((name) =>
  createSubject(name, 'SUBJECT_TYPE_USER', [{ name: 'admin', scopes: [scopeOfThing('POLICY', `policy of ${name}`)] }]),
);

/** A directory that knows `listed` and no policy, and notes what it is asked for. */
const createDirectoryOf = (operation: Operation, clock: ManualClock, listed: ReadonlySet<string>) => {
  const asked: string[] = [];
  const directory: Pick<Directory, 'membersOf' | 'readMany'> = {
    membersOf: () => Promise.resolve(missing),
    readMany({ subjects: named = [], scopes = [] }) {
      for (const { reference } of named) asked.push(reference);
      for (const { uuid } of scopes) asked.push(uuid);
      recordHit(operation.report, { atMs: clock.nowMs(), ttlMs: namesTtlMs });
      return Promise.resolve({
        nameOfSubject: ({ reference }) =>
          listed.has(reference) ? (found({ displayName: reference }) as Resolved<never>) : missing,
        nameOfScope: () => missing,
        pathOf: () => missing,
      });
    },
  };
  return { directory, asked };
};

describe('findings that the directory tells', () => {
  let clock: ManualClock;
  let census: Census;
  let findTold: FindTold;
  let held: Kept[];
  let memory: ReturnType<typeof createMemoryStore>;
  beforeEach(async () => {
    clock = createManualClock();
    let version = 0;
    memory = createMemoryStore({ clock, maxBytes: 1e6, nextVersion: () => ++version, sweepEveryMs: 1e9 });
    held = [];
    const hold = (kept: Kept) => (held.push(kept), memory.hold(kept));
    findTold = createFindTold({ memory: { hold, touch: (kept) => memory.touch(kept) }, clock });
    const page = { items: subjects, pageSize: 1000, fetchedAtMs: 0, bodyBytes: 0 };
    census = await indexCensus({ pages: [page], oldestAtMs: 0 });
  });

  interface Asking {
    readonly kinds?: readonly FindingKind[];
    readonly listed?: readonly string[];
    readonly operation?: Operation;
    readonly of?: Census;
  }
  /** Who is missing, and how many things the directory was asked for. */
  const ask = async ({
    kinds = ['MISSING_SUBJECT'],
    listed = ['ann'],
    operation = createOperation(),
    of = census,
  }: Asking = {}) => {
    const { directory, asked } = createDirectoryOf(operation, clock, new Set(listed));
    const taker = { owner: operation, signal: operation.signal };
    const told = await findTold(of, new Set(kinds), { directory, operation, taker });
    const list = told.of('MISSING_SUBJECT', 'MEDIUM');
    const missed = Array.from({ length: list?.length ?? 0 }, (_, at) => list?.at(at).subject.reference);
    return { missed, asked: asked.length, report: operation.report };
  };

  it('are looked for once while all is fresh that they follow from, and are as old as that', async () => {
    expect(await ask()).toMatchObject({ missed: ['bob', 'eve'], asked: 3 });
    clock.advance(namesTtlMs - 1);
    const again = await ask({ listed: [] });
    expect(again).toMatchObject({ missed: ['bob', 'eve'], asked: 0 });
    const began = clock.nowMs() - (namesTtlMs - 1);
    expect(again.report).toMatchObject({ fromCache: 1, oldestPageAtMs: began, freshUntilMs: began + namesTtlMs });
    clock.advance(1);
    expect(await ask({ listed: [] })).toMatchObject({ missed: ['ann', 'bob', 'eve'], asked: 3 });
    expect(await ask({ listed: ['ann'] })).toMatchObject({ missed: ['ann', 'bob', 'eve'], asked: 0 });
  });

  it('are looked for kind by kind', async () => {
    await ask();
    expect(await ask({ kinds: ['MISSING_SUBJECT', 'MISSING_SCOPE'] })).toMatchObject({
      missed: ['bob', 'eve'],
      asked: 3,
    });
    expect(await ask({ kinds: ['MISSING_SUBJECT', 'MISSING_SCOPE'] })).toMatchObject({
      missed: ['bob', 'eve'],
      asked: 0,
    });
    expect(await ask({ kinds: ['MISSING_SCOPE'] })).toMatchObject({ missed: [], asked: 0 });
  });

  it('are looked for anew in another census, and for whoever bypasses what is kept, which is not kept', async () => {
    await ask();
    const page = { items: subjects.slice(1), pageSize: 1000, fetchedAtMs: 0, bodyBytes: 0 };
    const other = await indexCensus({ pages: [page], oldestAtMs: 0 });
    expect(await ask({ of: other })).toMatchObject({ missed: ['bob', 'eve'], asked: 2 });
    const operation = createOperation({ bypassCache: true });
    expect(await ask({ operation, listed: [] })).toMatchObject({ missed: ['ann', 'bob', 'eve'], asked: 3 });
    expect(await ask()).toMatchObject({ missed: ['bob', 'eve'], asked: 0 });
  });

  it('are not kept where something could not be asked, or nothing is kept', async () => {
    const operation = createOperation();
    operation.report.freshUntilMs = clock.nowMs();
    await ask({ operation });
    expect(await ask()).toMatchObject({ asked: 3 });
    findTold = createFindTold({ memory: undefined, clock });
    await ask();
    expect(await ask()).toMatchObject({ asked: 3 });
  });

  it('go with the memory that counts them', async () => {
    await ask();
    expect(held.map(({ credentialKey, sizeBytes }) => [credentialKey, sizeBytes > 12_000])).toEqual([['alice', true]]);
    memory.dropAllOf('alice');
    expect(await ask()).toMatchObject({ asked: 3 });
  });

  it('are looked for once by those who ask at the same time, and by each who waited for nothing', async () => {
    const both = await Promise.all([ask(), ask(), ask({ operation: createOperation({ bypassCache: true }) })]);
    expect(both.map(({ missed, asked }) => [missed.length, asked])).toEqual([
      [2, 3],
      [2, 0],
      [2, 3],
    ]);
    memory.dropAllOf('alice');
    const failing = createOperation();
    failing.report.freshUntilMs = clock.nowMs();
    const [, second] = await Promise.all([ask({ operation: failing, listed: [] }), ask()]);
    expect(second).toMatchObject({ missed: ['bob', 'eve'], asked: 3 });
  });

  it('are waited for no longer than the operation lasts', async () => {
    const aborter = new Aborter();
    const first = ask();
    const second = ask({ operation: createOperation({ signal: aborter.signal }) });
    aborter.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    expect(await first).toMatchObject({ missed: ['bob', 'eve'] });
  });

  it('are looked for no further once the operation has ended', async () => {
    const aborter = new Aborter();
    const operation = createOperation({ signal: aborter.signal });
    const { directory } = createDirectoryOf(operation, clock, new Set());
    // Every look is behind the end of a turn.
    const turns = { ...createTurns(), isOver: () => true };
    const finding = findTold(census, new Set(['MISSING_SUBJECT']), {
      directory,
      operation,
      taker: { owner: operation, turns, signal: aborter.signal },
    });
    aborter.abort(new Error('gone'));
    await expect(finding).rejects.toThrow('gone');
    expect(held).toEqual([]);
  });
});
