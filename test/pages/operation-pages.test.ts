import { beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/model/errors.ts';
import type { Operation } from '../../src/model/operation.ts';
import { createPages } from '../../src/pages/create-pages.ts';
import { createOperationSubjects, openSubjects, type SubjectPages } from '../../src/pages/subjects/subjects.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { type ArraySource, createArraySource, subjectsUpTo } from './array-source.ts';
import { createOperation, listPage, lookupPage, plainQuestion } from './operations.ts';

let source: ArraySource;
const clock = createManualClock();

beforeEach(() => {
  source = createArraySource({ subjects: subjectsUpTo(250), clock });
});

it('answers an operation that bypasses caches from what it has read itself', async () => {
  const pages = createOperationSubjects(source);
  const operation = createOperation({ bypassCache: true });
  for (const token of [undefined, '@100', '@200', undefined, '@100'])
    await pages.fetchPage(listPage(100, token), operation);
  expect(source.transcript).toHaveLength(3);
  expect(pages.walkOf(plainQuestion, operation)).toMatchObject({ itemCount: 250, isWhole: true });
  expect((await pages.fetchPage(lookupPage('nobody'), operation)).items).toEqual([]);
  expect(source.transcript).toHaveLength(3);
  expect(operation.report).toMatchObject({ calls: 3, fromCache: 3 });
});

it('forgets the pages that lead to a token that upstream refuses', async () => {
  const pages = createOperationSubjects(source);
  const operation = createOperation();
  await pages.fetchPage(listPage(100), operation);
  source.failures.push(new GatewayError('BAD_USER_INPUT', 'Unknown token.', { upstreamStatus: 400 }));
  await expect(pages.fetchPage(listPage(100, '@100'), operation)).rejects.toThrow();
  expect(pages.walkOf(plainQuestion, operation).pages).toEqual([]);
});

it('keeps lists with nested scopes apart', async () => {
  const pages = createOperationSubjects(source);
  const operation = createOperation();
  await pages.fetchPage(listPage(), operation);
  await pages.fetchPage({ ...listPage(), question: { includeNestedScopes: true } }, operation);
  expect(source.transcript).toEqual(['list start 1000', 'list nested start 1000']);
});

it('takes no more than an operation may hold, and goes on without', async () => {
  const large = {
    fetchPage: async (...args: Parameters<ArraySource['fetchPage']>) => ({
      ...(await source.fetchPage(...args)),
      bodyBytes: 4 * 1024 * 1024,
    }),
  };
  const pages = createOperationSubjects(large);
  const operation = createOperation();
  const read = async () => {
    for (let from = 0; from < 250; from += 50) await pages.fetchPage(listPage(50, `@${from}`), operation);
  };
  await read();
  await read();
  expect(source.transcript).toHaveLength(5 + 3);
});

describe.each([
  ['that bypasses the cache', 2 ** 26],
  ['without a cache', 0],
])('an operation %s', (_, maxBytes) => {
  const open = (bound = maxBytes) => {
    const pages = createPages({ clock, random: systemRandom, maxBytes: bound });
    return { pages, subjects: openSubjects(pages, source, bound === 0 ? 0 : 30_000) };
  };
  const readAll = async (read: SubjectPages, operation: Operation) => {
    for (const token of [undefined, '@100', '@200']) await read.fetchPage(listPage(100, token), operation);
  };

  it('counts what it holds together with all that is kept, each page once, and lets go of it when it ends', async () => {
    const { pages, subjects } = open();
    const operation = createOperation({ bypassCache: true });
    await readAll(subjects.remember(operation), operation);
    const held = pages.state();
    expect(held.pages).toBe(3);
    expect(held.bytes).toBeGreaterThan(10_000);
    await readAll(subjects.remember(operation), operation);
    expect(source.transcript).toHaveLength(3);
    const other = createOperation({ bypassCache: true });
    await readAll(subjects.remember(other), other);
    expect(pages.state().pages).toBe(6);
    subjects.forget(operation);
    subjects.forget(other);
    expect(pages.state().pages).toBe(maxBytes === 0 ? 0 : 3);
    pages.close();
    expect(pages.state()).toEqual({ pages: 0, bytes: 0 });
  });

  it('loses what there is no room for, reads it again, and is answered all the same', async () => {
    const large: ArraySource = {
      ...source,
      fetchPage: async (request, operation) => ({
        ...(await source.fetchPage(request, operation)),
        bodyBytes: 8 * 1024 * 1024,
      }),
    };
    const pages = createPages({ clock, random: systemRandom, maxBytes: 0 });
    const subjects = openSubjects(pages, large, 0);
    const operations = Array.from({ length: 8 }, () => createOperation({ bypassCache: true }));
    for (const operation of operations) await readAll(subjects.remember(operation), operation);
    expect(pages.state().bytes).toBeLessThanOrEqual(64 * 1024 * 1024);
    const [first] = operations as [Operation];
    const read = subjects.remember(first);
    expect(read.walkOf(plainQuestion, first).pages).toEqual([]);
    expect((await read.fetchPage(listPage(100), first)).items).toHaveLength(100);
    for (const operation of operations) subjects.forget(operation);
    expect(pages.state()).toEqual({ pages: 0, bytes: 0 });
    pages.close();
  });
});

describe('an operation that ends', () => {
  const open = () => {
    const disposed: (string | undefined)[] = [];
    const disposable = {
      fetchPage: async (...[request, operation]: Parameters<ArraySource['fetchPage']>) => ({
        ...(await source.fetchPage(request, operation)),
        dispose: () => disposed.push(request.pageToken),
      }),
    };
    const pages = createPages({ clock, random: systemRandom, maxBytes: 0 });
    return { disposed, pages, subjects: openSubjects(pages, disposable, 0) };
  };

  it('disposes of the pages that it alone has read, and of nothing while it goes on', async () => {
    const { disposed, pages, subjects } = open();
    const operation = createOperation();
    for (const token of [undefined, '@100'])
      await subjects.remember(operation).fetchPage(listPage(100, token), operation);
    await pages.invalidate(operation.caller?.credentialKey ?? '');
    await subjects.remember(operation).fetchPage(listPage(100, '@200'), operation);
    expect(disposed).toEqual([]);
    subjects.forget(operation);
    subjects.forget(operation);
    // What it has read before something was changed may be anywhere by now.
    expect(disposed).toEqual(['@200']);
    pages.close();
  });

  it('disposes of no page that another has as well', async () => {
    const { disposed, pages, subjects } = open();
    const release = source.hold();
    const [one, other] = [createOperation(), createOperation()];
    const asked = [one, other].map((each) => subjects.remember(each).fetchPage(listPage(100), each));
    const alone = createOperation({ credentialKey: 'eve' });
    const askedAlone = subjects.remember(alone).fetchPage(listPage(100, '@100'), alone);
    release();
    await Promise.all([...asked, askedAlone]);
    for (const each of [one, other, alone]) subjects.forget(each);
    expect(source.transcript).toHaveLength(2);
    expect(disposed).toEqual(['@100']);
    pages.close();
  });
});

it('leaves no timer and needs no closing', async () => {
  const pages = createOperationSubjects(source);
  await pages.fetchPage(listPage(), createOperation());
  expect(clock.waiting).toBe(0);
});
