import { beforeEach, expect, it } from 'vitest';
import { GatewayError } from '../../src/model/errors.ts';
import { createOperationSubjects } from '../../src/pages/subjects.ts';
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

it('leaves no timer and needs no closing', async () => {
  const pages = createOperationSubjects(source);
  await pages.fetchPage(listPage(), createOperation());
  expect(clock.waiting).toBe(0);
});
