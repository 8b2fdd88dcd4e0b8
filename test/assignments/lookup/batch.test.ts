import { beforeEach, describe, expect, it } from 'vitest';
import { createFindSubjects } from '../../../src/assignments/lookup/batch.ts';
import type { Found } from '../../../src/assignments/lookup/lookup.ts';
import type { SubjectKey } from '../../../src/model/subject-list.ts';
import { GatewayError } from '../../../src/model/errors.ts';
import type { Logger } from '../../../src/platform/logger.ts';
import { silentLogger } from '../../../src/platform/logger.ts';
import type { Operation } from '../../../src/model/operation.ts';
import { createSubject, type Subject } from '../../../src/model/subject.ts';
import { createOperationSubjects, type SubjectPages } from '../../../src/pages/subjects/subjects.ts';
import { createSubjectCache, type SubjectCache } from '../../pages/subject-cache.ts';
import {
  type ArraySource,
  type ArraySourceOptions,
  createArraySource,
  subjectAt,
  subjectsUpTo,
} from '../../pages/array-source.ts';
import { createOperation, listPage } from '../../pages/operations.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { compareSubjectsByContent } from '../../support/equal-subjects.ts';

compareSubjectsByContent();

let clock: ManualClock;
let source: ArraySource;
let cache: SubjectCache;
let lines: object[];

const logger: Logger = { ...silentLogger, debug: (fields) => lines.push(fields) };

const open = (count: number, options: Partial<ArraySourceOptions> = {}) => {
  clock = createManualClock();
  source = createArraySource({ subjects: subjectsUpTo(count), clock, ...options });
  cache = createSubjectCache({ source, clock, ttlMs: 30_000, maxBytes: 2 ** 28 });
  lines = [];
};
beforeEach(() => open(3000));

const keyOf = (index: number | string, rawType?: string): SubjectKey => ({
  reference: typeof index === 'number' ? `reference-${index}` : index,
  includeNestedScopes: false,
  ...(rawType !== undefined && { rawType }),
});

/** `count` keys, spread over `among` subjects. */
const keysOf = (count: number, among: number) =>
  Array.from({ length: count }, (_, index) => keyOf((index * (among / count)) | 0));

const find = (keys: readonly SubjectKey[], operation: Operation = createOperation(), pages: SubjectPages = cache) =>
  createFindSubjects({ source: pages, known: pages, operation, logger })(keys);

const expectAll = (found: readonly Found[], keys: readonly SubjectKey[]) =>
  expect(found.map((each) => (each as Subject | null)?.reference)).toEqual(keys.map(({ reference }) => reference));

describe('what lookups cost', () => {
  it.each([
    { asked: 1000, among: 3000, calls: 3 },
    { asked: 200, among: 3000, calls: 3 },
    { asked: 3000, among: 3000, calls: 3 },
    { asked: 2, among: 100_000, calls: 2 },
    { asked: 1, among: 3000, calls: 1 },
    { asked: 50, among: 900, calls: 1 },
    { asked: 10, among: 100_000, calls: 10 },
  ])('is $calls calls for $asked distinct of $among subjects', async ({ asked, among, calls }) => {
    open(among);
    const keys = keysOf(asked, among);
    const operation = createOperation();
    expectAll(await find(keys, operation), keys);
    expect(source.transcript).toHaveLength(calls);
    expect(operation.report.calls).toBe(calls);
    expect(operation.budget.spent).toBe(calls);
  });

  it('is nothing where it is known how large the list is not worth a page', async () => {
    open(100_000);
    await cache.fetchPage(listPage(1), createOperation());
    source.transcript.length = 0;
    const keys = keysOf(10, 100_000).map((_, index) => keyOf(50_000 + index));
    expectAll(await find(keys), keys);
    expect(source.transcript).toHaveLength(10);
    expect(source.transcript.some((line) => line.startsWith('list'))).toBe(false);
  });

  it('remembers how large the list was when its pages are old', async () => {
    open(100_000);
    await cache.fetchPage(listPage(50), createOperation());
    clock.advance(60_000);
    source.transcript.length = 0;
    await find([90_001, 90_002, 90_003].map((index) => keyOf(index)));
    expect(source.transcript.map((line) => line.split(' ')[0])).toEqual([
      'reference-90001',
      'reference-90002',
      'reference-90003',
    ]);
  });

  it('stops scanning as soon as all are found', async () => {
    await find([keyOf(1), keyOf(1500), keyOf(1600), keyOf(1700)]);
    expect(source.transcript).toEqual(['list start 1000', 'list @1000 1000']);
  });

  it('gives up a scan for single lookups once those are cheaper', async () => {
    open(50_000);
    const keys = [...Array.from({ length: 60 }, (_, index) => keyOf(index * 10)), keyOf(49_999)];
    expectAll(await find(keys), keys);
    expect(source.transcript).toEqual(['list start 1000', 'reference-49999 start']);
  });

  it('goes on behind pages that are kept, whatever their size', async () => {
    for (const token of [undefined, '@50', '@100']) await cache.fetchPage(listPage(50, token), createOperation());
    await cache.fetchPage(listPage(1000, '@150'), createOperation());
    source.transcript.length = 0;
    const keys = keysOf(300, 3000);
    expectAll(await find(keys), keys);
    expect(source.transcript).toEqual(['list @1150 1000', 'list @2150 1000']);
  });

  it('is nothing after a complete walk, for subjects there are and subjects there are not', async () => {
    await find(keysOf(1000, 3000));
    source.transcript.length = 0;
    const operation = createOperation();
    expect(await find([keyOf(5), keyOf('nobody'), keyOf(2999)], operation)).toEqual([
      subjectAt(5),
      null,
      subjectAt(2999),
    ]);
    expect(source.transcript).toEqual([]);
    expect(operation.report).toMatchObject({ calls: 0, fromCache: 3, oldestPageAtMs: clock.nowMs() });
  });

  it('is one scan when the list pages of the same operation are read at the same time', async () => {
    const operation = createOperation();
    const keys = keysOf(500, 3000);
    const walk = async () => {
      for (const token of [undefined, '@1000', '@2000']) await cache.fetchPage(listPage(1000, token), operation);
    };
    const [, found] = await Promise.all([walk(), find(keys, operation)]);
    expectAll(found, keys);
    expect(source.transcript).toHaveLength(3);
  });

  it('is one scan for a second batch that comes while the first one scans', async () => {
    const operation = createOperation();
    const findIn = createFindSubjects({ source: cache, known: cache, operation, logger });
    const release = source.hold();
    const first = findIn(keysOf(1000, 3000));
    const second = findIn([keyOf(2999), keyOf('nobody')]);
    release();
    await first;
    expect(await second).toEqual([subjectAt(2999), null]);
    expect(source.transcript).toHaveLength(3);
  });

  it('is no more without a cache: an operation remembers what it has read itself', async () => {
    const operation = createOperation();
    const pages = createOperationSubjects(source);
    const findIn = createFindSubjects({ source: pages, known: pages, operation, logger });
    await findIn(keysOf(1000, 3000));
    expect(await findIn([keyOf(7), keyOf('nobody')])).toEqual([subjectAt(7), null]);
    expect(source.transcript).toHaveLength(3);
    await find([keyOf(7)], createOperation(), createOperationSubjects(source));
    expect(source.transcript).toHaveLength(4);
  });

  it('is paid again by an operation that bypasses the cache, once', async () => {
    await find(keysOf(1000, 3000));
    const operation = createOperation({ bypassCache: true });
    const pages = createOperationSubjects(cache);
    const findIn = createFindSubjects({ source: pages, known: pages, operation, logger });
    await findIn(keysOf(1000, 3000));
    await findIn([keyOf(7), keyOf(8)]);
    expect(source.transcript).toHaveLength(6);
    expect(operation.report).toMatchObject({ calls: 3 });
  });

  it('is told in one line', async () => {
    await find([...keysOf(4, 3000), keyOf('nobody')]);
    expect(lines).toEqual([
      {
        lookups: 5,
        fromPages: 0,
        plan: 'scan',
        why: 'the next page may tell how large the list is',
        scannedPages: 3,
        singles: 0,
        totalSize: 3000,
      },
    ]);
  });
});

describe('what lookups find', () => {
  it('is null for a subject that nobody knows, by either plan', async () => {
    expect(await find([keyOf('nobody')])).toEqual([null]);
    expect(await find([keyOf('no one'), keyOf(1), keyOf('nobody else')])).toEqual([null, subjectAt(1), null]);
  });

  it('tells types apart, by either plan', async () => {
    const device = createSubject('reference-1', 'SUBJECT_TYPE_DEVICE', []);
    const keys = [keyOf(1, 'SUBJECT_TYPE_USER'), keyOf(1, 'SUBJECT_TYPE_DEVICE'), keyOf(1, 'SUBJECT_TYPE_SERVICE')];
    open(10);
    source.subjects = [...source.subjects, device];
    expect(await find(keys)).toEqual([subjectAt(1), device, null]);
    expect(source.transcript).toEqual(['list start 1000']);
    open(10);
    source.subjects = [...source.subjects, device];
    expect(await find(keys.slice(1))).toEqual([device, null]);
    expect(source.transcript).toEqual([
      'reference-1 SUBJECT_TYPE_DEVICE start',
      'reference-1 SUBJECT_TYPE_SERVICE start',
    ]);
  });

  it('is whichever subject has the reference where no type is named, for one call with and without', async () => {
    expect(await find([keyOf(1), keyOf(1, 'SUBJECT_TYPE_USER')])).toEqual([subjectAt(1), subjectAt(1)]);
    expect(source.transcript).toEqual(['reference-1 start']);
  });

  it('finds types that upstream cannot be asked for', async () => {
    const robot = createSubject('robot', 'SUBJECT_TYPE_ROBOT', []);
    const thing = createSubject('thing', 'SUBJECT_TYPE_UNSPECIFIED', []);
    source.subjects = [robot, thing];
    expect(await find([keyOf('robot', robot.rawType), keyOf('thing', thing.rawType)])).toEqual([robot, thing]);
    expect(source.transcript).toEqual(['robot start', 'thing start']);
  });

  it.each([
    ['singles', 3000, 1],
    ['a scan', 900, 5],
  ])('has the roles of both entries of one subject, by %s', async (_, count, asked) => {
    open(count);
    source.subjects = [...source.subjects, subjectAt(7, 2)];
    const keys = Array.from({ length: asked }, (_each, index) => keyOf(index + 7));
    const [found] = (await find(keys)) as [Subject];
    expect(found.roles.map(({ name, ordinal }) => [name, ordinal])).toEqual([
      ['role-0', 0],
      ['role-0', 1],
      ['role-1', 0],
    ]);
    expect(found.roles.every(({ subject }) => subject === found)).toBe(true);
  });

  it('looks up again what a part of the list names twice', async () => {
    source.subjects = [subjectAt(7, 2), ...source.subjects];
    await cache.fetchPage(listPage(50), createOperation());
    await find([keyOf(8)]);
    expect(source.transcript.at(-1)).toBe('reference-8 start');
    const [found] = (await find([keyOf(7), keyOf(9), keyOf(10)])) as [Subject];
    expect(found.roles).toHaveLength(3);
  });

  it('keeps nested scopes apart', async () => {
    const nested = { ...keyOf(1), includeNestedScopes: true };
    expect(await find([keyOf(1), nested])).toEqual([subjectAt(1), subjectAt(1)]);
    expect(source.transcript.sort()).toEqual(['reference-1 nested start', 'reference-1 start']);
  });
});

const refusedToken = new GatewayError('BAD_USER_INPUT', 'Unknown token.', { upstreamStatus: 400 });

describe('lookups that fail', () => {
  it('fail alone when they are made one by one', async () => {
    source.failures.push(new GatewayError('UPSTREAM_ERROR', 'No.'));
    const [first, second] = await find([keyOf(1), keyOf(2)]);
    expect(first).toMatchObject({ code: 'UPSTREAM_ERROR' });
    expect(second).toEqual(subjectAt(2));
  });

  it('are null where upstream answers "not found"', async () => {
    source.failures.push(new GatewayError('NOT_FOUND', 'No.'));
    expect(await find([keyOf(1)])).toEqual([null]);
  });

  it('fail together with the scan where nothing else would help', async () => {
    source.failures.push(new GatewayError('FORBIDDEN', 'No.'));
    const found = await find(keysOf(5, 3000));
    expect(found.map((each) => (each as GatewayError).code)).toEqual(Array(5).fill('FORBIDDEN'));
    expect(source.transcript).toHaveLength(1);
  });

  it('keep what the scan had found before it failed', async () => {
    source.failures.push(undefined, new GatewayError('UPSTREAM_TIMEOUT', 'Late.'));
    const found = await find(keysOf(6, 3000));
    expect(found.slice(0, 2)).toEqual([subjectAt(0), subjectAt(500)]);
    expect(found.slice(2).map((each) => (each as GatewayError).code)).toEqual(Array(4).fill('UPSTREAM_TIMEOUT'));
    expect(source.transcript).toHaveLength(2);
  });

  it('are made one by one where a page cannot be had', async () => {
    await cache.fetchPage(listPage(1000), createOperation());
    source.failures.push(new GatewayError('UPSTREAM_INVALID_RESPONSE', 'No list.'));
    const keys = keysOf(9, 3000);
    expectAll(await find(keys), keys);
    expect(source.transcript.slice(1, 3)).toEqual(['list @1000 1000', 'reference-1000 start']);
  });

  it('scan from the start where upstream does not take the token any more that kept pages lead to', async () => {
    await cache.fetchPage(listPage(1000), createOperation());
    const keys = keysOf(1000, 3000);
    source.failures.push(refusedToken);
    expectAll(await find(keys), keys);
    expect(source.transcript.slice(1)).toEqual([
      'list @1000 1000',
      'list start 1000',
      'list @1000 1000',
      'list @2000 1000',
    ]);
  });

  it('are made one by one where upstream takes none of its own tokens', async () => {
    source.failures.push(undefined, refusedToken);
    const keys = keysOf(9, 3000);
    expectAll(await find(keys), keys);
    expect(source.transcript.slice(0, 3)).toEqual(['list start 1000', 'list @1000 1000', 'reference-1000 start']);
  });

  it('tell so when the budget is spent, and answer what it paid for', async () => {
    open(100_000);
    const found = await find(
      Array.from({ length: 8 }, (_, index) => keyOf(90_000 + index)),
      createOperation({ maxCalls: 5 }),
    );
    expect(source.transcript).toHaveLength(5);
    expect(found.filter((each) => (each as Subject | null)?.roles !== undefined)).toHaveLength(4);
    expect(found.filter((each) => (each as GatewayError).code === 'CALL_BUDGET_EXCEEDED')).toHaveLength(4);
  });
});
