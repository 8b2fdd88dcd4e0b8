import { beforeEach, expect, it } from 'vitest';
import { Aborter } from '../../src/platform/abort.ts';
import type { SubjectPageSource } from '../../src/model/subject-list.ts';
import { shareInFlight } from '../../src/pages/share-in-flight.ts';
import { subjectList } from '../../src/pages/subjects/subjects.ts';
import { createVersions } from '../../src/pages/versions.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { type ArraySource, createArraySource, subjectsUpTo } from './array-source.ts';
import { createOperation, listPage, lookupPage, type OperationWishes } from './operations.ts';

let source: ArraySource;
let shared: SubjectPageSource;

beforeEach(() => {
  source = createArraySource({ subjects: subjectsUpTo(20), clock: createManualClock() });
  shared = shareInFlight({ list: subjectList, source, versions: createVersions() });
});

/** Asks for the first page and can leave. */
const ask = (wishes: OperationWishes = {}, pageSize = 10) => {
  const leaving = new Aborter();
  const operation = createOperation({ ...wishes, signal: leaving.signal });
  const answer = shared.fetchPage(listPage(pageSize), operation);
  answer.catch(() => {});
  return { operation, answer, leave: () => leaving.abort(new Error('the client has gone')) };
};

it('makes one call of 32 equal requests at the same time', async () => {
  const asked = Array.from({ length: 32 }, () => ask());
  const pages = await Promise.all(asked.map(({ answer }) => answer));
  expect(new Set(pages).size).toBe(1);
  expect(source.transcript).toEqual(['list start 10']);
  expect(asked.map(({ operation }) => operation.report.calls)).toEqual([1, ...Array(31).fill(0)]);
  expect(asked.map(({ operation }) => operation.report.fromCache)).toEqual([0, ...Array(31).fill(1)]);
  expect(
    asked.every(({ operation }) => operation.report.oldestPageAtMs !== undefined || operation.report.calls === 1),
  ).toBe(true);
});

it('calls again once the call has ended, whatever its end', async () => {
  await ask().answer;
  source.failures.push(new Error('refused'));
  await expect(ask().answer).rejects.toThrow('refused');
  await ask().answer;
  expect(source.transcript).toHaveLength(3);
});

it('fails all who wait for a call that fails', async () => {
  source.failures.push(new Error('refused'));
  const results = await Promise.allSettled([ask().answer, ask().answer]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(source.transcript).toHaveLength(1);
});

it('does not share between callers, places or questions', async () => {
  await Promise.all([
    ask().answer,
    ask({ credentialKey: 'eve' }).answer,
    shared.fetchPage(listPage(10, '@10'), createOperation()),
    shared.fetchPage(lookupPage('reference-1'), createOperation()),
    shared.fetchPage({ question: { includeNestedScopes: true }, pageSize: 10 }, createOperation()),
  ]);
  expect(source.transcript).toHaveLength(5);
});

it('lets a request for a small page join a call for a larger one, and not the other way', async () => {
  const release = source.hold();
  const small = ask({}, 5);
  const large = ask({}, 20);
  const medium = ask({}, 10);
  release();
  expect((await small.answer).items).toHaveLength(5);
  expect((await large.answer).items).toHaveLength(20);
  expect(await medium.answer).toBe(await large.answer);
  expect(source.transcript).toEqual(['list start 5', 'list start 20']);
});

it('lives on when the one who started it leaves', async () => {
  const release = source.hold();
  const starter = ask();
  const other = ask();
  starter.leave();
  await expect(starter.answer).rejects.toThrow('the client has gone');
  release();
  expect((await other.answer).items).toHaveLength(10);
  expect(source.transcript).toHaveLength(1);
});

it('ends with the last who waits, and takes nobody in after that', async () => {
  source.hold();
  const one = ask();
  const other = ask();
  one.leave();
  expect(source.operations[0]?.signal.aborted).toBe(false);
  other.leave();
  expect(source.operations[0]?.signal.aborted).toBe(true);
  await expect(other.answer).rejects.toThrow('the client has gone');
  ask();
  expect(source.transcript).toHaveLength(2);
});

it('makes no call for an operation that has ended before', async () => {
  const operation = createOperation({ signal: AbortSignal.abort(new Error('too late')) });
  await expect(shared.fetchPage(listPage(), operation)).rejects.toThrow('too late');
  expect(source.transcript).toEqual([]);
});

it('is as patient as the most patient who waits', async () => {
  source.hold();
  ask({ deadlineMs: 1000 });
  const patient = ask({ deadlineMs: 5000 });
  const [call] = source.operations;
  expect(call?.deadlineMs).toBe(5000);
  patient.leave();
  expect(call?.deadlineMs).toBe(1000);
});

it('costs whoever waits and can pay, the starter first', async () => {
  const attempts: SubjectPageSource = shareInFlight({
    list: subjectList,
    versions: createVersions(),
    source: {
      async fetchPage(request, operation) {
        operation.budget.take();
        await Promise.resolve();
        for (let retry = 0; retry < 3; retry++) operation.budget.take();
        return await source.fetchPage(request, operation);
      },
    },
  });
  const poor = createOperation({ maxCalls: 2 });
  const rich = createOperation({ maxCalls: 10 });
  const late = createOperation({ maxCalls: 10 });
  await Promise.all([poor, rich, late].map((operation) => attempts.fetchPage(listPage(), operation)));
  expect([poor, rich, late].map(({ budget }) => budget.spent)).toEqual([2, 3, 0]);
});

it('refuses like the starter would where nobody can pay', async () => {
  await expect(ask({ maxCalls: 0 }).answer).rejects.toMatchObject({ code: 'CALL_BUDGET_EXCEEDED' });
});

it('shares the calls of a bypassing operation only within that operation', async () => {
  const release = source.hold();
  const bypassing = createOperation({ bypassCache: true });
  const answers = [
    ask().answer,
    shared.fetchPage(listPage(10), bypassing),
    shared.fetchPage(listPage(10), bypassing),
    ask({ bypassCache: true }).answer,
    ask().answer,
  ];
  release();
  await Promise.all(answers);
  expect(source.transcript).toHaveLength(3);
});
