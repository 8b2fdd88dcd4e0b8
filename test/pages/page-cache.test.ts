import { beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/model/errors.ts';
import type { PageToken } from '../../src/model/page.ts';
import { createSubjectCache, type SubjectCache, type SubjectCacheOptions } from './subject-cache.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { type ArraySource, createArraySource, subjectAt, subjectsUpTo } from './array-source.ts';
import { createOperation, listPage, lookupPage, plainQuestion } from './operations.ts';

let clock: ManualClock;
let source: ArraySource;
let cache: SubjectCache;

const openCache = (options: Partial<SubjectCacheOptions> = {}) =>
  createSubjectCache({ source, clock, ttlMs: 30_000, maxBytes: 2 ** 26, ...options });

beforeEach(() => {
  clock = createManualClock();
  source = createArraySource({ subjects: subjectsUpTo(250), clock });
  cache = openCache();
});

/** Reads to the end; answers the references in order. */
const walk = async (operation = createOperation(), pageSize = 100, pages: SubjectCache = cache) => {
  const references: string[] = [];
  let token: PageToken | undefined;
  do {
    const page = await pages.fetchPage(listPage(pageSize, token), operation);
    references.push(...page.items.map(({ reference }) => reference));
    token = page.nextPageToken;
  } while (token !== undefined);
  return references;
};

describe('keeping', () => {
  it('answers the same request again without a call, and says so in the report', async () => {
    const first = await cache.fetchPage(listPage(100), createOperation());
    clock.advance(10);
    const operation = createOperation();
    expect(await cache.fetchPage(listPage(100), operation)).toBe(first);
    expect(source.transcript).toEqual(['list start 100']);
    expect(operation.report).toMatchObject({ calls: 0, fromCache: 1, oldestPageAtMs: first.fetchedAtMs });
  });

  it('answers a request for another size with the page that is kept', async () => {
    await cache.fetchPage(listPage(100), createOperation());
    expect((await cache.fetchPage(listPage(7), createOperation())).pageSize).toBe(100);
    expect((await cache.fetchPage(listPage(1000), createOperation())).pageSize).toBe(100);
    expect(source.transcript).toHaveLength(1);
  });

  it.each([
    ['another order', { ...plainQuestion, orderBy: 'subjectReference' }],
    ['nested scopes', { includeNestedScopes: true }],
    ['one subject', { ...plainQuestion, subjectReference: 'reference-249' }],
  ])('asks again for %s', async (_, question) => {
    await cache.fetchPage(listPage(100), createOperation());
    await cache.fetchPage({ question, pageSize: 100 }, createOperation());
    expect(source.transcript).toHaveLength(2);
  });

  it('never answers one caller with what another was told', async () => {
    await walk(createOperation({ credentialKey: 'alice' }));
    source.subjects = subjectsUpTo(1);
    const eve = createOperation({ credentialKey: 'eve' });
    expect(cache.walkOf(plainQuestion, eve).pages).toEqual([]);
    expect(cache.entriesOf({ reference: 'reference-1', includeNestedScopes: false }, eve)).toBeUndefined();
    expect(cache.pageBefore(plainQuestion, '@100' as PageToken, eve)).toBeUndefined();
    expect(cache.likelySize(plainQuestion, eve)).toBeUndefined();
    expect(await walk(eve)).toEqual(['reference-0']);
    expect(await walk(createOperation({ credentialKey: 'alice' }))).toHaveLength(250);
  });

  it('asks again once a page is as old as it may be', async () => {
    await cache.fetchPage(listPage(), createOperation());
    clock.advance(29_999);
    await cache.fetchPage(listPage(), createOperation());
    expect(source.transcript).toHaveLength(1);
    clock.advance(1);
    await cache.fetchPage(listPage(), createOperation());
    expect(source.transcript).toHaveLength(2);
  });

  it('lets go of old pages although nobody asks, and leaves no timer behind', async () => {
    await walk();
    expect(cache.pageCount).toBe(3);
    clock.advance(60_000);
    expect(cache.pageCount).toBe(0);
    expect(cache.sizeBytes).toBe(0);
    expect(clock.waiting).toBe(0);
  });

  it('forgets everything and its timer when it is closed', async () => {
    await walk();
    cache.close();
    expect(cache.pageCount).toBe(0);
    expect(clock.waiting).toBe(0);
  });

  it('does not keep an error', async () => {
    const failure = new GatewayError('UPSTREAM_PENDING', 'Not ready yet.');
    source.failures.push(failure);
    await expect(cache.fetchPage(listPage(), createOperation())).rejects.toBe(failure);
    expect((await cache.fetchPage(listPage(), createOperation())).items).toHaveLength(250);
    expect(source.transcript).toHaveLength(2);
  });

  it.each([
    new GatewayError('BAD_USER_INPUT', 'Unknown token.', { upstreamStatus: 400 }),
    new GatewayError('NOT_FOUND', 'Unknown token.', { upstreamStatus: 404 }),
  ])(
    'forgets the pages of a list that lead to a token that upstream refuses, and no others: $code',
    async (refusal) => {
      const operation = createOperation();
      const ordered = { ...plainQuestion, orderBy: 'subjectType' };
      await cache.fetchPage(listPage(100), operation);
      await cache.fetchPage(listPage(100, '@100'), operation);
      await cache.fetchPage({ question: ordered, pageSize: 100 }, operation);
      await cache.fetchPage(listPage(100), createOperation({ credentialKey: 'bob' }));
      source.failures.push(refusal);
      await expect(cache.fetchPage(listPage(100, '@200'), operation)).rejects.toBe(refusal);
      expect(cache.walkOf(plainQuestion, operation).pages).toEqual([]);
      expect(cache.pageCount).toBe(2);
      expect(cache.walkOf(ordered, operation).pages).toHaveLength(1);
      expect(cache.walkOf(plainQuestion, createOperation({ credentialKey: 'bob' })).pages).toHaveLength(1);
      expect(await walk()).toHaveLength(250);
    },
  );

  it('forgets nothing where no kept page leads to the token that upstream refuses: it is an old one', async () => {
    await cache.fetchPage(listPage(100), createOperation());
    source.failures.push(new GatewayError('BAD_USER_INPUT', 'Unknown token.', { upstreamStatus: 400 }));
    await expect(cache.fetchPage(listPage(100, '@7'), createOperation())).rejects.toThrow('Unknown token.');
    expect(cache.walkOf(plainQuestion, createOperation()).pages).toHaveLength(1);
  });

  it('forgets nothing where a page fails for another reason, or a first page is refused', async () => {
    const operation = createOperation();
    await cache.fetchPage(listPage(100), operation);
    source.failures.push(
      new GatewayError('UPSTREAM_ERROR', 'No.', { upstreamStatus: 500 }),
      new GatewayError('FORBIDDEN', 'No.', { upstreamStatus: 403 }),
      new GatewayError('NOT_FOUND', 'No.', { upstreamStatus: 404 }),
    );
    await expect(cache.fetchPage(listPage(100, '@100'), operation)).rejects.toThrow();
    await expect(cache.fetchPage(listPage(100, '@100'), operation)).rejects.toThrow();
    await expect(cache.fetchPage(lookupPage('reference-200'), operation)).rejects.toThrow();
    expect(cache.walkOf(plainQuestion, operation).pages).toHaveLength(1);
  });

  it('hands an operation without a caller to the source, whatever is kept', async () => {
    const nobody = createOperation({ credentialKey: null });
    await cache.fetchPage(listPage(), nobody);
    await cache.fetchPage(listPage(), nobody);
    expect(source.transcript).toHaveLength(2);
    expect(cache.pageCount).toBe(0);
    expect(cache.walkOf(plainQuestion, nobody).pages).toEqual([]);
  });

  it('stays within its bytes and drops what was not used for longest', async () => {
    const one = openCache();
    await one.fetchPage(listPage(10, '@100'), createOperation());
    const pageBytes = one.sizeBytes;
    const small = openCache({ maxBytes: 3 * pageBytes });
    const read = async (...tokens: string[]) => {
      for (const token of tokens) await small.fetchPage(listPage(10, token), createOperation());
    };
    await read('@100', '@110', '@120', '@100', '@130');
    expect(small.sizeBytes).toBe(3 * pageBytes);
    source.transcript.length = 0;
    await read('@120', '@130', '@100', '@110');
    expect(source.transcript).toEqual(['list @110 10']);
  });

  it('does not keep a page that alone is over the bound, and does not know it', async () => {
    const tiny = openCache({ maxBytes: 2000 });
    await tiny.fetchPage(listPage(), createOperation());
    expect(tiny.pageCount).toBe(0);
    expect(tiny.walkOf(plainQuestion, createOperation()).pages).toEqual([]);
    expect(tiny.entriesOf({ reference: 'reference-1', includeNestedScopes: false }, createOperation())).toBeUndefined();
  });
});

describe('bypassing', () => {
  it('asks although a page is fresh, and keeps the answer for others', async () => {
    await cache.fetchPage(listPage(), createOperation());
    source.subjects = subjectsUpTo(3);
    const operation = createOperation({ bypassCache: true });
    expect((await cache.fetchPage(listPage(50), operation)).items).toHaveLength(3);
    expect(operation.report.fromCache).toBe(0);
    expect((await cache.fetchPage(listPage(), createOperation())).items).toHaveLength(3);
    expect(source.transcript).toHaveLength(2);
  });

  it('knows nothing from kept pages but the likely size', async () => {
    await walk();
    const operation = createOperation({ bypassCache: true });
    expect(cache.walkOf(plainQuestion, operation).isWhole).toBe(false);
    expect(cache.entriesOf({ reference: 'reference-1', includeNestedScopes: false }, operation)).toBeUndefined();
    expect(cache.pageBefore(plainQuestion, '@100' as PageToken, operation)).toBeUndefined();
    expect(cache.likelySize(plainQuestion, operation)).toBe(250);
  });

  it('asks for a subject although the whole list is known', async () => {
    await walk();
    await cache.fetchPage(lookupPage('reference-7'), createOperation({ bypassCache: true }));
    expect(source.transcript.at(-1)).toBe('reference-7 start');
  });
});

describe('the walk that is known', () => {
  it('is the unbroken run from the start, whole once the last page is in it', async () => {
    const operation = createOperation();
    expect(cache.walkOf(plainQuestion, operation)).toMatchObject({ pages: [], itemCount: 0, isWhole: false });
    await cache.fetchPage(listPage(100, '@100'), operation);
    expect(cache.walkOf(plainQuestion, operation).pages).toEqual([]);
    await cache.fetchPage(listPage(100), operation);
    expect(cache.walkOf(plainQuestion, operation)).toMatchObject({
      itemCount: 200,
      nextPageToken: '@200',
      isWhole: false,
    });
    await cache.fetchPage(listPage(100, '@200'), operation);
    const known = cache.walkOf(plainQuestion, operation);
    expect(known).toMatchObject({ itemCount: 250, isWhole: true });
    expect(known.nextPageToken).toBeUndefined();
    expect(known.pages.flatMap(({ items: subjects }) => subjects)).toEqual(source.subjects);
  });

  it('breaks where its oldest page ends to be fresh', async () => {
    const operation = createOperation();
    await cache.fetchPage(listPage(100, '@100'), operation);
    clock.advance(1000);
    await cache.fetchPage(listPage(100, '@200'), operation);
    await cache.fetchPage(listPage(100), operation);
    expect(cache.walkOf(plainQuestion, operation).isWhole).toBe(true);
    clock.advance(29_000);
    expect(cache.walkOf(plainQuestion, operation)).toMatchObject({ itemCount: 100, isWhole: false });
  });

  it('breaks where a page had to go', async () => {
    await walk();
    const { sizeBytes } = cache;
    const small = openCache({ maxBytes: sizeBytes - 1 });
    await walk(createOperation(), 100, small);
    expect(small.walkOf(plainQuestion, createOperation())).toMatchObject({ pages: [], isWhole: false });
  });

  it('is not whole, and ends, where a token leads back', async () => {
    source.subjects = [];
    const circle = openCache({
      source: {
        fetchPage: async (request, operation) => ({
          ...(await source.fetchPage(request, operation)),
          nextPageToken: (request.pageToken === ('@1' as PageToken) ? '@2' : '@1') as PageToken,
        }),
      },
    });
    for (const token of [undefined, '@1', '@2']) await circle.fetchPage(listPage(1, token), createOperation());
    expect(circle.walkOf(plainQuestion, createOperation())).toMatchObject({ isWhole: false });
    expect(circle.walkOf(plainQuestion, createOperation()).pages).toHaveLength(3);
  });

  it('leads backwards from token to token', async () => {
    await walk();
    const operation = createOperation();
    const last = cache.pageBefore(plainQuestion, '@200' as PageToken, operation);
    expect(last?.page.items[0]?.reference).toBe('reference-100');
    expect(last?.pageToken).toBe('@100');
    const first = cache.pageBefore(plainQuestion, '@100' as PageToken, operation);
    expect(first?.page.items[0]?.reference).toBe('reference-0');
    expect(first?.pageToken).toBeUndefined();
    expect(cache.pageBefore(plainQuestion, '@50' as PageToken, operation)).toBeUndefined();
    clock.advance(30_000);
    expect(cache.pageBefore(plainQuestion, '@200' as PageToken, operation)).toBeUndefined();
  });

  it('keeps the larger page where two calls for one place overlap', async () => {
    const release = source.hold();
    const small = cache.fetchPage(listPage(10), createOperation());
    const large = cache.fetchPage(listPage(200), createOperation());
    release();
    expect((await large).items).toHaveLength(200);
    expect((await small).items).toHaveLength(10);
    expect((await cache.fetchPage(listPage(10), createOperation())).items).toHaveLength(200);
  });
});

describe('what is known of a subject', () => {
  const key = { reference: 'reference-7', includeNestedScopes: false };
  const ofType = { ...key, rawType: 'SUBJECT_TYPE_USER' };

  it('is nothing before a page was read', () => {
    expect(cache.entriesOf(key, createOperation())).toBeUndefined();
  });

  it('comes from any page that lists it', async () => {
    await cache.fetchPage(
      { ...listPage(100), question: { ...plainQuestion, orderBy: 'subjectReference' } },
      createOperation(),
    );
    const operation = createOperation();
    expect(cache.entriesOf(key, operation)).toEqual({ items: [subjectAt(7)], isWhole: false, atMs: clock.nowMs() });
    expect(cache.entriesOf({ ...key, reference: 'reference-100' }, operation)).toBeUndefined();
    expect(cache.entriesOf({ ...key, includeNestedScopes: true }, operation)).toBeUndefined();
    expect(cache.entriesOf({ ...key, rawType: 'SUBJECT_TYPE_DEVICE' }, operation)).toBeUndefined();
    expect(operation.report).toMatchObject({ fromCache: 1, oldestPageAtMs: clock.nowMs() });
  });

  it('is whole after a complete walk, also that there is no such subject', async () => {
    await walk();
    const operation = createOperation();
    expect(cache.entriesOf(key, operation)).toMatchObject({ items: [subjectAt(7)], isWhole: true });
    expect(cache.entriesOf({ ...key, reference: 'nobody' }, operation)).toMatchObject({ items: [], isWhole: true });
    expect(cache.entriesOf({ ...key, rawType: 'SUBJECT_TYPE_DEVICE' }, operation)).toMatchObject({
      items: [],
      isWhole: true,
    });
  });

  it('is whole after a lookup, also that there is no such subject', async () => {
    await cache.fetchPage(lookupPage('reference-7'), createOperation());
    await cache.fetchPage(lookupPage('nobody', 'SUBJECT_TYPE_USER'), createOperation());
    const operation = createOperation();
    expect(cache.entriesOf(key, operation)).toMatchObject({ items: [subjectAt(7)], isWhole: true });
    expect(cache.entriesOf(ofType, operation)).toMatchObject({ items: [subjectAt(7)], isWhole: true });
    expect(cache.entriesOf({ ...ofType, reference: 'nobody' }, operation)).toMatchObject({
      items: [],
      isWhole: true,
    });
    expect(cache.entriesOf({ ...key, reference: 'nobody' }, operation)).toBeUndefined();
  });

  it('is the newest word', async () => {
    await walk();
    clock.advance(1000);
    source.subjects = [subjectAt(7, 3)];
    await cache.fetchPage(lookupPage('reference-7'), createOperation({ bypassCache: true }));
    expect(cache.entriesOf(key, createOperation())?.items[0]?.roles).toHaveLength(3);
    clock.advance(1000);
    source.subjects = subjectsUpTo(250);
    await walk(createOperation({ bypassCache: true }));
    expect(cache.entriesOf(key, createOperation())?.items[0]?.roles).toHaveLength(1);
  });

  it('goes with the page that told it', async () => {
    await cache.fetchPage(listPage(100), createOperation());
    expect(cache.entriesOf(key, createOperation())).toBeDefined();
    clock.advance(30_000);
    expect(cache.entriesOf(key, createOperation())).toBeUndefined();
    clock.advance(30_000);
    await cache.fetchPage(listPage(100, '@100'), createOperation());
    expect(cache.entriesOf(key, createOperation())).toBeUndefined();
  });

  it('has the entries of both places where a whole list names a subject twice', async () => {
    source.subjects = [...subjectsUpTo(150), subjectAt(7, 2)];
    await walk();
    expect(cache.entriesOf(key, createOperation())?.items).toEqual([subjectAt(7), subjectAt(7, 2)]);
  });

  it('is not guessed from a part of the list once a subject was listed twice', async () => {
    source.subjects = [subjectAt(7, 2), ...subjectsUpTo(150)];
    await cache.fetchPage(listPage(100), createOperation());
    expect(cache.entriesOf(key, createOperation())).toBeUndefined();
    expect(cache.entriesOf({ ...key, reference: 'reference-8' }, createOperation())).toBeUndefined();
    await cache.fetchPage(lookupPage('reference-7'), createOperation());
    expect(cache.entriesOf(key, createOperation())?.items).toHaveLength(2);
  });

  it('answers a lookup by reference and type from any page', async () => {
    await cache.fetchPage(listPage(100), createOperation());
    const operation = createOperation();
    const page = await cache.fetchPage(lookupPage('reference-7', 'SUBJECT_TYPE_USER'), operation);
    expect(page).toMatchObject({ items: [subjectAt(7)], totalSize: 1 });
    expect(page.nextPageToken).toBeUndefined();
    expect(operation.report).toMatchObject({ calls: 0, fromCache: 1 });
  });

  it('answers a list of one reference only when all of the list is known', async () => {
    await cache.fetchPage(listPage(100), createOperation());
    await cache.fetchPage(lookupPage('reference-7'), createOperation());
    expect(source.transcript.at(-1)).toBe('reference-7 start');
    await walk();
    const calls = source.transcript.length;
    expect((await cache.fetchPage(lookupPage('reference-8'), createOperation())).items).toEqual([subjectAt(8)]);
    expect((await cache.fetchPage(lookupPage('nobody'), createOperation())).items).toEqual([]);
    expect(source.transcript).toHaveLength(calls);
  });
});

describe('the likely size', () => {
  it('outlives the pages, whatever their order, but not for ever', async () => {
    await cache.fetchPage({ question: { ...plainQuestion, orderBy: 'subjectType' }, pageSize: 1 }, createOperation());
    clock.advance(59 * 60_000);
    expect(cache.likelySize(plainQuestion, createOperation())).toBe(250);
    expect(cache.likelySize({ includeNestedScopes: true }, createOperation())).toBeUndefined();
    clock.advance(60_001);
    expect(cache.likelySize(plainQuestion, createOperation())).toBeUndefined();
  });

  it('is not that of a lookup', async () => {
    await cache.fetchPage(lookupPage('reference-7'), createOperation());
    expect(cache.likelySize(plainQuestion, createOperation())).toBeUndefined();
  });
});
