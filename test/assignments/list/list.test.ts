import { beforeEach, describe, expect, it } from 'vitest';
import { assignmentsKeptIn, assignmentsOver } from '../open-assignments.ts';
import { createLister } from '../../../src/assignments/list/list.ts';
import { createWholeList } from '../../../src/assignments/list/whole-list.ts';
import type { ConnectionArgs, SubjectsQuestion } from '../../../src/assignments/assignments.ts';
import { GatewayError } from '../../../src/model/errors.ts';
import type { Operation } from '../../../src/model/operation.ts';
import type { PageToken } from '../../../src/model/page.ts';
import { createScope, createSubject, type Subject } from '../../../src/model/subject.ts';
import { Aborter } from '../../../src/platform/abort.ts';
import { createTurns } from '../../../src/platform/turns.ts';
import type { KnownSubjects } from '../../../src/pages/subjects/subjects.ts';
import { createSubjectCache, openUncached } from '../../pages/subject-cache.ts';
import { createOperation } from '../../pages/operations.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createModelSource, type ModelSource, plainShape, type PageShape } from '../../support/model-source.ts';

const everything: SubjectsQuestion = { orderBy: [], includeNestedScopes: false };
const admins: SubjectsQuestion = { ...everything, role: { name: 'admin' } };

/** `count` users; every hundredth, the first of all included, is an admin. */
const people = (count: number): Subject[] =>
  Array.from({ length: count }, (_, index) =>
    createSubject(`person-${index}`, 'SUBJECT_TYPE_USER', [
      { name: index % 100 === 0 ? 'admin' : 'viewer', scopes: [] },
    ]),
  );

let model: ModelSource;
const open = (count: number, shape: Partial<PageShape> = {}) => {
  model = createModelSource(people(count), { ...plainShape, ...shape });
};
beforeEach(() => open(3000));

const list = (args: ConnectionArgs, question = everything, operation: Operation = createOperation()) =>
  assignmentsOver(model).forOperation(operation).list(question, args);
const numbers = (subjects: readonly Subject[]) => subjects.map(({ reference }) => Number(reference.split('-')[1]));
const range = (start: number, end: number, by = 1) =>
  Array.from({ length: Math.ceil((end - start) / by) }, (_, index) => start + index * by);
/** Page token and size of every call since the last look. */
const calls = () => model.requests.splice(0).map(({ pageToken, pageSize }) => `${pageToken ?? 'start'} ${pageSize}`);

describe('what a page costs', () => {
  it('is one call of the size asked for, and nothing for flags, cursors and total where upstream tells its total', async () => {
    const slice = await list({ first: 50 });
    expect(numbers(slice.items)).toEqual(range(0, 50));
    expect([await slice.hasNextPage(), await slice.hasPreviousPage(), slice.totalCount()]).toEqual([true, false, 3000]);
    expect(slice.endCursor()).not.toBe(null);
    expect(calls()).toEqual(['start 50']);
  });

  it('is nothing but the page itself where the page is the slice', async () => {
    const kept = createSubjectCache({ source: model, clock: createManualClock(), ttlMs: Infinity, maxBytes: 2 ** 26 });
    const operation = createOperation();
    const page = await kept.fetchPage({ question: { includeNestedScopes: false }, pageSize: 50 }, operation);
    expect((await assignmentsOver(kept).forOperation(operation).list(everything, { first: 50 })).items).toBe(
      page.items,
    );
  });

  it('is one call for the next page, also with another size', async () => {
    const first = await list({ first: 50 });
    calls();
    expect(numbers((await list({ first: 7, after: first.endCursor() })).items)).toEqual(range(50, 57));
    expect(numbers((await list({ first: 1000, after: first.endCursor() })).items)).toEqual(range(50, 1050));
    expect(calls()).toEqual(['page ~50~1 7', 'page ~50~1 1000']);
  });

  it('is one more call from the middle of a page, which is read again', async () => {
    const first = await list({ first: 50 });
    calls();
    const slice = await list({ first: 50, after: first.cursorAt(29) });
    expect(numbers(slice.items)).toEqual(range(30, 80));
    expect(calls()).toEqual(['start 50', 'page ~50~1 30']);
    expect(numbers((await list({ first: 3, after: first.cursorAt(9) })).items)).toEqual([10, 11, 12]);
    expect(calls()).toEqual(['start 50']);
  });

  it('is one call for the page before, from a page that holds enough', async () => {
    const slice = await list({ first: 1000 });
    calls();
    const before = await list({ last: 50, before: slice.cursorAt(500) });
    expect(numbers(before.items)).toEqual(range(450, 500));
    expect([await before.hasNextPage(), await before.hasPreviousPage(), before.totalCount()]).toEqual([
      true,
      true,
      3000,
    ]);
    expect(calls()).toEqual(['start 1000']);
  });

  it('is the walk from the start for the page before a page that is read no more', async () => {
    let slice = await list({ first: 900 });
    for (let page = 0; page < 2; page++) slice = await list({ first: 900, after: slice.endCursor() });
    calls();
    const before = await list({ last: 100, before: slice.startCursor() });
    expect(numbers(before.items)).toEqual(range(1700, 1800));
    expect(calls()).toEqual(['start 1000', 'page ~1000~1 1000']);
  });

  it("is one call less for the page before where the cursor is that of the next page's first item", async () => {
    const first = await list({ first: 1000 });
    const next = await list({ first: 10, after: first.endCursor() });
    calls();
    expect(numbers((await list({ last: 3, before: next.startCursor() })).items)).toEqual([997, 998, 999]);
    expect(calls()).toEqual(['start 1000']);
  });

  it('is one call for the last items of a page, down to its first or to another cursor', async () => {
    const first = await list({ first: 100 });
    const next = await list({ first: 100, after: first.endCursor() });
    calls();
    const between = { after: next.cursorAt(10), before: next.cursorAt(20) };
    expect(numbers((await list({ last: 50, ...between })).items)).toEqual(range(111, 120));
    expect(calls()).toEqual(['page ~100~1 100']);
    expect(numbers((await list({ last: 20, before: next.cursorAt(20) })).items)).toEqual(range(100, 120));
    expect(calls()).toEqual(['page ~100~1 100']);
  });

  it('is the whole walk for the end of the list', async () => {
    const slice = await list({ last: 10 });
    expect(numbers(slice.items)).toEqual(range(2990, 3000));
    expect([await slice.hasNextPage(), await slice.hasPreviousPage(), slice.totalCount()]).toEqual([false, true, 3000]);
    expect(calls()).toEqual(['start 1000', 'page ~1000~1 1000', 'page ~2000~2 1000']);
  });

  it('is one small call for nothing but the total', async () => {
    const slice = await list({ first: 0 });
    expect([slice.items, slice.totalCount(), await slice.hasNextPage(), slice.endCursor()]).toEqual([
      [],
      3000,
      true,
      null,
    ]);
    expect(calls()).toEqual(['start 1']);
  });

  it('is pages of 1000 where a filter applies, until enough is found', async () => {
    const slice = await list({ first: 15 }, admins);
    expect(numbers(slice.items)).toEqual(range(0, 1500, 100));
    expect(await slice.hasNextPage()).toBe(true);
    expect(calls()).toEqual(['start 1000', 'page ~1000~1 1000']);
    const next = await list({ first: 15, after: slice.endCursor() }, admins);
    expect(numbers(next.items)).toEqual(range(1500, 3000, 100));
    expect([await next.hasNextPage(), await next.hasPreviousPage()]).toEqual([false, true]);
    expect(calls()).toEqual(['page ~1000~1 1000', 'page ~2000~2 1000']);
  });

  it('is a look ahead where only that can tell whether a filtered list goes on, and only if somebody asks', async () => {
    const slice = await list({ first: 10 }, admins);
    expect(calls()).toEqual(['start 1000']);
    expect(await slice.hasNextPage()).toBe(true);
    expect(await slice.hasNextPage()).toBe(true);
    expect(calls()).toEqual(['page ~1000~1 1000']);
  });

  it('tells the total of a filtered list that was read whole', async () => {
    expect((await list({ first: 1000 }, admins)).totalCount()).toBe(30);
    expect((await list({ last: 1 }, admins)).totalCount()).toBe(30);
    open(1000);
    expect((await list({ first: 1 }, admins)).totalCount()).toBe(10);
  });

  it('is that of the whole list for the total of a filtered list, whatever the page size, and only if somebody asks', async () => {
    const cache = createSubjectCache({ source: model, clock: createManualClock(), ttlMs: Infinity, maxBytes: 2 ** 26 });
    const ask = (args: ConnectionArgs) => assignmentsKeptIn(cache).forOperation(createOperation()).list(admins, args);
    const slice = await ask({ first: 1 });
    expect(calls()).toEqual(['start 1000']);
    expect([await slice.totalCount(), await slice.totalCount()]).toEqual([30, 30]);
    expect(calls()).toEqual(['page ~1000~1 1000', 'page ~2000~2 1000']);
    const next = await ask({ first: 1, after: slice.endCursor() });
    const last = await ask({ last: 1, before: next.endCursor() });
    expect([await next.totalCount(), await last.totalCount()]).toEqual([30, 30]);
    expect(calls()).toEqual([]);
  });

  it('reads the list for one total, however many are asked for at once, and in whatever order they are', async () => {
    const assignments = assignmentsOver(model).forOperation(createOperation());
    const questions: SubjectsQuestion[] = [
      admins,
      { ...everything, role: { name: 'viewer' } },
      { ...admins, orderBy: [{ field: 'REFERENCE', direction: 'DESC' }] },
    ];
    const slices = await Promise.all(questions.map((question) => assignments.list(question, { first: 1 })));
    calls();
    expect(await Promise.all(slices.map(async (slice) => slice.totalCount()))).toEqual([30, 2970, 30]);
    expect(calls()).toEqual(['start 1000', 'page ~1000~1 1000', 'page ~2000~2 1000']);
  });

  it('counts itself where upstream does not tell its total', async () => {
    open(120, { tellsSize: false });
    const first = await list({ first: 100 });
    calls();
    expect([await first.totalCount(), await first.hasNextPage()]).toEqual([120, true]);
    expect((await list({ first: 200 })).totalCount()).toBe(120);
    expect((await list({ last: 1 })).totalCount()).toBe(120);
  });

  it('tells no total that GraphQL cannot say', async () => {
    model.totalSize = 2 ** 31 - 1;
    expect((await list({ first: 1 })).totalCount()).toBe(2 ** 31 - 1);
    model.totalSize = 2 ** 31;
    const slice = await list({ first: 1 });
    expect([slice.totalCount(), numbers(slice.items)]).toEqual([null, [0]]);
  });

  it('grows while a client pages on, where pages are kept', async () => {
    const cache = createSubjectCache({ source: model, clock: createManualClock(), ttlMs: Infinity, maxBytes: 2 ** 26 });
    const assignments = assignmentsKeptIn(cache);
    const seen: number[] = [];
    let after: string | null = null;
    do {
      const slice = await assignments.forOperation(createOperation()).list(everything, { first: 50, after });
      seen.push(...numbers(slice.items));
      after = (await slice.hasNextPage()) ? slice.endCursor() : null;
    } while (after !== null);
    expect(seen).toEqual(range(0, 3000));
    expect(calls()).toEqual([
      'start 50',
      'page ~50~1 100',
      'page ~150~2 200',
      'page ~350~3 400',
      'page ~750~4 800',
      'page ~1550~5 1000',
      'page ~2550~6 1000',
    ]);
  });

  it('is nothing on the way back through kept pages, and for the total of a list that is kept whole', async () => {
    const cache = createSubjectCache({ source: model, clock: createManualClock(), ttlMs: Infinity, maxBytes: 2 ** 26 });
    const assignments = assignmentsKeptIn(cache);
    const ask = (args: ConnectionArgs, question = everything, maxCalls = 0) =>
      assignments.forOperation(createOperation({ maxCalls })).list(question, args);
    let slice = await ask({ first: 500 }, everything, 1);
    while (await slice.hasNextPage()) slice = await ask({ first: 500, after: slice.endCursor() }, everything, 1);
    calls();
    const backwards = numbers(slice.items);
    while (await slice.hasPreviousPage()) {
      slice = await ask({ last: 70, before: slice.startCursor() });
      backwards.unshift(...numbers(slice.items));
    }
    expect(backwards).toEqual(range(0, 3000));
    expect(numbers((await ask({ last: 2 })).items)).toEqual([2998, 2999]);
    expect(await (await ask({ first: 1 }, admins)).totalCount()).toBe(30);
    expect(calls()).toEqual([]);
  });
});

describe('pages of other sizes than asked for', () => {
  it('do not make a filtered list begin earlier than it does', async () => {
    model.subjects = people(3000).map((subject, index) =>
      createSubject(
        subject.reference,
        subject.rawType,
        index === 60 || index === 70 ? [{ name: 'root', scopes: [] }] : [],
      ),
    );
    const roots: SubjectsQuestion = { ...everything, role: { name: 'root' } };
    const cache = createSubjectCache({ source: model, clock: createManualClock(), ttlMs: Infinity, maxBytes: 2 ** 26 });
    const kept = assignmentsKeptIn(cache).forOperation(createOperation());
    await kept.list(everything, { first: 50 });
    const both = await kept.list(roots, { first: 2 });
    expect(numbers(both.items)).toEqual([60, 70]);
    calls();
    const first = await list({ last: 1, before: both.cursorAt(1) }, roots);
    expect([numbers(first.items), await first.hasPreviousPage()]).toEqual([[60], false]);
    expect(calls()).toEqual(['page ~50~1 1000', 'start 1000']);
  });

  it('are not followed in circles, although they are kept', async () => {
    const cursor = (await list({ first: 1000, after: (await list({ first: 1000 })).endCursor() })).cursorAt(3);
    const token = 'page ~1000~1' as PageToken;
    const page = { items: [], nextPageToken: token, pageSize: 1000, fetchedAtMs: 0, bodyBytes: 0 };
    const known: KnownSubjects = {
      entriesOf: () => undefined,
      itemsOf: () => undefined,
      walkOf: () => ({ pages: [], itemCount: 0, isWhole: false }),
      pageBefore: () => ({ page, pageToken: token }),
      likelySize: () => undefined,
    };
    calls();
    const operation = createOperation();
    const wholeList = createWholeList({ walks: openUncached(model).walks, operation, known });
    const turns = createTurns();
    const lister = createLister({ source: model, operation, known, readAhead: true, turns, wholeList });
    expect(numbers((await lister(everything, { last: 5, before: cursor })).items)).toEqual(range(998, 1003));
    expect(calls()).toEqual(['page ~1000~1 1000', 'start 1000', 'page ~1000~1 1000']);
  });
});

describe('kept pages', () => {
  it.each([{ first: 1 }, { last: 1 }])('are looked through no longer than somebody waits for it: %j', async (args) => {
    open(10_000);
    const nobody: SubjectsQuestion = { ...everything, role: { name: 'nobody' } };
    const cache = createSubjectCache({ source: model, clock: createManualClock(), ttlMs: Infinity, maxBytes: 2 ** 26 });
    expect((await assignmentsKeptIn(cache).forOperation(createOperation()).list(nobody, args)).items).toEqual([]);
    const aborter = new Aborter();
    const operation = createOperation({ signal: aborter.signal });
    let nowMs = 0;
    let looks = 0;
    const turns = createTurns({
      sliceMs: 10,
      nowMs: () => {
        if (++looks === 9) aborter.abort(new Error('gone'));
        return (nowMs += 11);
      },
    });
    const wholeList = createWholeList({ walks: cache.walks, operation, known: cache });
    const lister = createLister({ source: cache, operation, known: cache, readAhead: true, turns, wholeList });
    await expect(lister(nobody, args)).rejects.toThrow('gone');
    expect(looks).toBeLessThan(12);
  });
});

describe.each([1, 7, 50, 1000])('a walk with pages of %i', (size) => {
  it.each([everything, admins])('gives the same list forwards and backwards, %j', async (question) => {
    open(1100, { shortPercent: 30, emptyPercent: 20, seed: 5 });
    const all = numbers(model.subjects).filter((number) => question === everything || number % 100 === 0);
    let slice = await list({ first: size }, question);
    const forwards = numbers(slice.items);
    while (await slice.hasNextPage()) {
      slice = await list({ first: size, after: slice.endCursor() }, question);
      forwards.push(...numbers(slice.items));
    }
    expect(forwards).toEqual(all);

    // Far from the start each step walks there again: a short way is enough to tell.
    slice = await list({ last: size, before: slice.endCursor() }, question, createOperation({ maxCalls: 1000 }));
    const backwards = numbers(slice.items);
    for (let step = 0; step < 20 && (await slice.hasPreviousPage()); step++) {
      slice = await list({ last: size, before: slice.startCursor() }, question, createOperation({ maxCalls: 1000 }));
      backwards.unshift(...numbers(slice.items));
    }
    expect(backwards).toEqual(all.slice(0, -1).slice(-Math.min(21 * size, all.length - 1)));
  });
});

describe('what upstream is asked', () => {
  it.each<[Partial<SubjectsQuestion>, object]>([
    [{}, { includeNestedScopes: false }],
    [{ includeNestedScopes: true }, { includeNestedScopes: true }],
    [{ reference: 'person-1' }, { includeNestedScopes: false, subjectReference: 'person-1' }],
    [
      { reference: 'person-1', type: 'USER' },
      { includeNestedScopes: false, subjectReference: 'person-1', subjectType: 'SUBJECT_TYPE_USER' },
    ],
    [
      { reference: 'person-1', type: 'UNKNOWN' },
      { includeNestedScopes: false, subjectReference: 'person-1' },
    ],
    [
      { reference: 'person-1', type: 'UNSPECIFIED' },
      { includeNestedScopes: false, subjectReference: 'person-1' },
    ],
    [{ type: 'USER' }, { includeNestedScopes: false }],
    [
      { orderBy: [{ field: 'REFERENCE', direction: 'ASC' }] },
      { includeNestedScopes: false, orderBy: 'subjectReference' },
    ],
    [
      {
        orderBy: [
          { field: 'TYPE', direction: 'DESC' },
          { field: 'REFERENCE', direction: 'ASC' },
        ],
      },
      { includeNestedScopes: false, orderBy: 'subjectType desc,subjectReference' },
    ],
  ])('for %j is %j', async (question, asked) => {
    await list({ first: 1 }, { ...everything, ...question });
    expect(model.requests[0]?.question).toEqual(asked);
  });

  it.each<[string, Partial<SubjectsQuestion>]>([
    ['an empty reference', { reference: '' }],
    ['a reference of 101 characters', { reference: 'a'.repeat(101) }],
    ['an empty role name', { role: { name: '' } }],
    ['an empty list of scopes', { role: { scopes: [] } }],
    ['an empty scope uuid', { role: { scopes: [[{ field: 'customerUuid', uuid: '' }]] } }],
    [
      'a field to order by twice',
      {
        orderBy: [
          { field: 'TYPE', direction: 'ASC' },
          { field: 'TYPE', direction: 'DESC' },
        ],
      },
    ],
  ])('is nothing for %s, which is refused', async (_, question) => {
    await expect(list({}, { ...everything, ...question })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(calls()).toEqual([]);
  });

  it('checks itself what upstream may not have applied', async () => {
    const bob = createSubject('bob', 'SUBJECT_TYPE_USER', []);
    const source = {
      fetchPage: async () => ({ items: [bob], totalSize: 1, pageSize: 1000, fetchedAtMs: 0, bodyBytes: 0 }),
    };
    const ask = (question: Partial<SubjectsQuestion>) =>
      assignmentsOver(source)
        .forOperation(createOperation())
        .list({ ...everything, ...question }, {});
    const alice = await ask({ reference: 'alice' });
    expect([alice.items, alice.totalCount()]).toEqual([[], 0]);
    expect((await ask({ reference: 'bob', type: 'DEVICE' })).items).toEqual([]);
    expect((await ask({ reference: 'bob', type: 'USER' })).items).toEqual([bob]);
  });

  it('is answered by an empty list where upstream does not know the reference', async () => {
    const source = {
      fetchPage: () => Promise.reject(new GatewayError('NOT_FOUND', 'unknown', { upstreamStatus: 404 })),
    };
    const assignments = assignmentsOver(source).forOperation(createOperation());
    const slice = await assignments.list({ ...everything, reference: 'nobody' }, {});
    expect([slice.items, slice.totalCount(), await slice.hasNextPage()]).toEqual([[], 0, false]);
    await expect(assignments.list(everything, {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a cursor of another question', () => {
  const scope = (uuid: string) => [{ field: 'customerUuid', uuid }];
  const questions: SubjectsQuestion[] = [
    everything,
    { ...everything, includeNestedScopes: true },
    { ...everything, orderBy: [{ field: 'TYPE', direction: 'ASC' }] },
    { ...everything, orderBy: [{ field: 'TYPE', direction: 'DESC' }] },
    { ...everything, reference: 'person-1' },
    { ...everything, reference: 'person-1', type: 'USER' },
    { ...everything, type: 'USER' },
    { ...everything, role: {} },
    { ...everything, role: { name: 'viewer' } },
    { ...everything, role: { name: 'viewer', scopes: [scope('a')], includeGlobal: true } },
    { ...everything, role: { scopes: [scope('a')], includeGlobal: true } },
    { ...everything, role: { scopes: [scope('a'), scope('b')], includeGlobal: true } },
    { ...everything, role: { scopes: [[...scope('a'), ...scope('b')]], includeGlobal: true } },
    { ...everything, role: { isGlobal: true } },
    { ...everything, role: { name: 'viewer', isGlobal: true } },
  ];

  it('is refused before any call', async () => {
    const cursors = await Promise.all(
      questions.map(async (question) => {
        const slice = await list({ first: 1, ...(question.orderBy.length > 0 && { first: 2 }) }, question);
        return slice.cursorAt(0);
      }),
    );
    calls();
    for (const [at, cursor] of cursors.entries()) {
      for (const [other, question] of questions.entries()) {
        if (at === other) continue;
        for (const name of ['after', 'before'] as const) {
          await expect(list({ [name]: cursor }, question), `${at} ${other}`).rejects.toMatchObject({
            code: 'INVALID_CURSOR',
          });
        }
      }
    }
    expect(calls()).toEqual([]);
  });

  it('is not that of the same question in other words', async () => {
    const role = { scopes: [scope('a'), [...scope('b'), ...scope('c')]], includeGlobal: true };
    const cursor = (await list({ first: 1 }, { ...everything, role })).endCursor();
    const reworded = { scopes: [[...scope('c'), ...scope('b')], scope('a'), scope('a')], includeGlobal: true };
    expect((await list({ first: 1, after: cursor }, { ...everything, role: reworded })).items).toHaveLength(1);
    const name = (
      await list({ first: 1 }, { ...everything, role: { name: 'admin', includeGlobal: true } })
    ).endCursor();
    expect((await list({ first: 1, after: name }, admins)).items).toHaveLength(1);
  });
});

describe('the budget of calls', () => {
  it('ends a filtered walk with what it has, and the next page goes on from there', async () => {
    open(10_000);
    const rare: SubjectsQuestion = { ...everything, role: { scopes: [[{ field: 'siteUuid', uuid: 's' }]] } };
    const site = createScope([{ kind: 'SITE', field: 'siteUuid', uuid: 's' }]);
    model.subjects = model.subjects.map((subject, index) =>
      index === 7500 ? createSubject(subject.reference, subject.rawType, [{ name: 'admin', scopes: [site] }]) : subject,
    );
    const seen = [];
    let after: string | null = null;
    for (;;) {
      const slice = await list({ first: 5, after }, rare, createOperation({ maxCalls: 3 }));
      seen.push([numbers(slice.items), await slice.hasPreviousPage(), await slice.hasNextPage()]);
      expect(slice.startCursor() === null).toBe(slice.items.length === 0);
      expect(calls().length).toBeLessThanOrEqual(3);
      if (!(await slice.hasNextPage())) break;
      after = slice.endCursor();
    }
    expect(seen).toEqual([
      [[], false, true],
      [[], false, true],
      [[7500], false, true],
      [[], true, false],
    ]);
  });

  it('leaves a filtered list where it was when nothing at all is left', async () => {
    const operation = createOperation({ maxCalls: 0 });
    const start = await list({ first: 5 }, admins, operation);
    expect([start.items, await start.hasNextPage()]).toEqual([[], true]);
    const next = await list({ first: 5, after: start.endCursor() }, admins);
    expect(numbers(next.items)).toEqual(range(0, 500, 100));
    const stuck = await list({ first: 5, after: next.endCursor() }, admins, operation);
    expect(await stuck.hasPreviousPage()).toBe(true);
    expect(numbers((await list({ first: 5, after: stuck.endCursor() }, admins)).items)).toEqual(range(500, 1000, 100));
  });

  it('is not spent by a total, which has one of its own', async () => {
    const openWith = (maxCensusCalls: number, maxCalls = 1) =>
      assignmentsOver(model, maxCensusCalls).forOperation(createOperation({ maxCalls }));
    const slice = await openWith(3).list(admins, { first: 5 });
    expect(await slice.totalCount()).toBe(30);
    const nothingLeft = await openWith(3, 0).list(admins, { first: 5 });
    expect([nothingLeft.items, await nothingLeft.totalCount()]).toEqual([[], 30]);

    for (const limit of [0, 2]) {
      const tooFew = await openWith(limit).list(admins, { first: 5 });
      await expect(tooFew.totalCount()).rejects.toMatchObject({
        code: 'CALL_BUDGET_EXCEEDED',
        message: expect.stringContaining('ROLESCOPE_MAX_CENSUS_CALLS') as string,
      });
      expect(numbers(tooFew.items)).toEqual(range(0, 500, 100));
    }
    expect((await openWith(0).list(everything, { first: 5 })).totalCount()).toBe(3000);
    open(1000);
    expect((await openWith(0).list(admins, { first: 1 })).totalCount()).toBe(10);
  });

  it('is one for all lists of an operation', async () => {
    const nested = { ...admins, includeNestedScopes: true };
    const assignments = assignmentsOver(model).forOperation(createOperation({ maxCalls: 3 }));
    const one = await assignments.list(admins, { first: 20 });
    const other = await assignments.list(nested, { first: 20 });
    expect([numbers(one.items), await one.hasNextPage()]).toEqual([range(0, 2000, 100), true]);
    expect([numbers(other.items), await other.hasNextPage()]).toEqual([range(0, 1000, 100), true]);
    const rest = await list({ first: 20, after: other.endCursor() }, nested);
    expect(numbers(rest.items)).toEqual(range(1000, 3000, 100));
  });

  it('refuses a list that is not filtered where no call is left', async () => {
    await expect(list({ first: 5 }, everything, createOperation({ maxCalls: 0 }))).rejects.toMatchObject({
      code: 'CALL_BUDGET_EXCEEDED',
    });
  });

  it('refuses a walk back that costs more than is left, before its first call, and says how much it would take', async () => {
    open(9000);
    let slice = await list({ first: 900 });
    for (let page = 0; page < 5; page++) slice = await list({ first: 900, after: slice.endCursor() });
    calls();
    await expect(
      list({ last: 50, before: slice.startCursor() }, everything, createOperation({ maxCalls: 4 })),
    ).rejects.toMatchObject({
      code: 'CALL_BUDGET_EXCEEDED',
      message: expect.stringContaining('would take at least 5 more upstream calls, and this operation has 4 left'),
    });
    expect(calls()).toEqual([]);
    const before = await list({ last: 50, before: slice.startCursor() }, everything, createOperation({ maxCalls: 5 }));
    expect(numbers(before.items)).toEqual(range(4450, 4500));
  });

  it('refuses the end of a list that is further away than is left, as soon as upstream tells its size', async () => {
    open(9000);
    await expect(list({ last: 5 }, admins, createOperation({ maxCalls: 5 }))).rejects.toMatchObject({
      code: 'CALL_BUDGET_EXCEEDED',
      message: expect.stringContaining('would take at least 8 more upstream calls, and this operation has 4 left'),
    });
    expect(calls()).toEqual(['start 1000']);
  });
});
