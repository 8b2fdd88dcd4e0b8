import { beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/model/errors.ts';
import type { Operation } from '../../src/model/operation.ts';
import type { Subject } from '../../src/model/subject.ts';
import type { SubjectListQuestion } from '../../src/model/subject-list.ts';
import { createPages, type Pages, type WalkSettings } from '../../src/pages/create-pages.ts';
import type { WalkedList } from '../../src/pages/walks/list-walk.ts';
import type { SharedWalks } from '../../src/pages/walks/shared-walks.ts';
import { type OpenSubjects, openSubjects } from '../../src/pages/subjects/subjects.ts';
import { Aborter } from '../../src/platform/abort.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { type ArraySource, createArraySource, subjectsUpTo } from './array-source.ts';
import { createOperation, listPage, type OperationWishes, plainQuestion } from './operations.ts';

const ttlMs = 30_000;

let clock: ManualClock;
let source: ArraySource;
let pages: Pages;
let subjects: OpenSubjects;
let walks: SharedWalks<SubjectListQuestion, Subject>;

interface Wishes extends Partial<WalkSettings> {
  readonly count?: number;
  readonly maxBytes?: number;
  readonly tellsSize?: boolean;
}

const open = ({ count = 250, maxBytes = 2 ** 26, tellsSize = true, ...settings }: Wishes = {}) => {
  clock = createManualClock();
  source = createArraySource({ subjects: subjectsUpTo(count), clock, tellsSize });
  pages = createPages({ clock, random: systemRandom, maxBytes });
  subjects = openSubjects(pages, source, maxBytes === 0 ? 0 : ttlMs);
  walks = pages.openWalks(subjects.list, {
    pageSize: 100,
    maxCalls: { limit: 10, setting: 'ROLESCOPE_MAX_SOMETHING' },
    pageTimeoutMs: 60_000,
    ttlMs,
    ...settings,
  });
};

const read = (operation: Operation = createOperation()) => walks.read(plainQuestion, operation);

const referencesOf = ({ pages: read }: WalkedList<Subject>) =>
  read.flatMap(({ items }) => items.map(({ reference }) => reference));

const everybody = (count = 250) => subjectsUpTo(count).map(({ reference }) => reference);

/** Asks, and can leave: its deadline passes, or the client goes away. */
const ask = (wishes: OperationWishes = {}) => {
  const ending = new Aborter();
  const operation = createOperation({ ...wishes, signal: ending.signal });
  const answer = read(operation);
  answer.catch(() => {});
  return {
    operation,
    answer,
    passDeadline: () => ending.abort(new GatewayError('UPSTREAM_TIMEOUT', 'Too late.')),
    leave: () => ending.abort(new Error('the client has gone')),
  };
};

/** Lets all that can go on without the source go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Lets the source answer so many calls and no more. */
const holdAfter = (calls: number) => {
  let release = () => {};
  const fetchPage: ArraySource['fetchPage'] = source.fetchPage.bind(source);
  let left = calls;
  source.fetchPage = async (request, operation) => {
    if (left-- === 0) release = source.hold();
    return fetchPage(request, operation);
  };
  return () => {
    source.fetchPage = fetchPage;
    release();
  };
};

describe.each([
  ['with a cache', 2 ** 26],
  ['without', 0],
])('a walk, %s', (_, maxBytes) => {
  beforeEach(() => open({ maxBytes }));

  it('reads the whole list, in its order, for a call a page', async () => {
    const startMs = clock.nowMs();
    const operation = createOperation();
    const walked = await read(operation);
    expect(referencesOf(walked)).toEqual(everybody());
    expect(walked).toMatchObject({ itemCount: 250, oldestAtMs: startMs });
    expect(source.transcript).toEqual(['list start 100', 'list @100 100', 'list @200 100']);
    expect(operation.report).toMatchObject({ calls: 3, oldestPageAtMs: startMs });
  });

  it('is one for all who want the list at the same time, and costs who came first', async () => {
    const operations = Array.from({ length: 5 }, () => createOperation());
    const walked = await Promise.all(operations.map(read));
    expect(new Set(walked).size).toBe(1);
    expect(source.transcript).toHaveLength(3);
    expect(operations.map(({ report }) => report.calls)).toEqual([3, 0, 0, 0, 0]);
    expect(operations.map(({ report }) => report.fromCache)).toEqual([0, 1, 1, 1, 1]);
  });

  it('is not paid from the budget of an operation', async () => {
    const operation = createOperation({ maxCalls: 0 });
    expect((await read(operation)).itemCount).toBe(250);
    expect(operation.budget.spent).toBe(0);
  });

  it('goes on for others when the one who began it leaves, who then stand for its cost', async () => {
    const release = holdAfter(1);
    const first = ask();
    const second = ask();
    await settle();
    first.leave();
    await expect(first.answer).rejects.toThrow('the client has gone');
    release();
    expect((await second.answer).itemCount).toBe(250);
    expect(source.transcript).toHaveLength(3);
    expect([first.operation.report.calls, second.operation.report.calls]).toEqual([2, 1]);
  });

  it('tells how far it is where a deadline passes, stops where nobody waits, and is taken up where it stopped', async () => {
    const release = holdAfter(2);
    const first = ask();
    await settle();
    first.passDeadline();
    await expect(first.answer).rejects.toMatchObject({
      code: 'UPSTREAM_PENDING',
      retryAfterMs: 1000,
      progress: { walked: 200, total: 250 },
    });
    await settle();
    expect(source.operations.at(-1)?.signal.aborted).toBe(true);
    release();
    clock.advance(40_000);
    const walked = await read();
    expect(referencesOf(walked)).toEqual(everybody());
    expect(source.transcript.filter((call) => call !== 'list @200 100')).toEqual(['list start 100', 'list @100 100']);
    expect(walked.oldestAtMs).toBe(clock.nowMs() - 40_000);
  });

  it('is forgotten where nobody takes it up for long', async () => {
    const release = holdAfter(2);
    const first = ask();
    await settle();
    first.passDeadline();
    await settle();
    release();
    clock.advance(100_000);
    expect(pages.state()).toEqual({ pages: 0, bytes: 0 });
    expect(clock.waiting).toBe(0);
    await read();
    expect(source.transcript).toHaveLength(3 + 3);
  });

  it('begins anew after a change, for those too who wait already', async () => {
    const release = holdAfter(2);
    const before = ask();
    await settle();
    source.subjects = subjectsUpTo(120);
    void pages.invalidate('alice');
    const after = ask();
    release();
    expect(referencesOf(await after.answer)).toEqual(everybody(120));
    expect(await before.answer).toBe(await after.answer);
  });

  it('is its own for each credential and question', async () => {
    await read();
    await read(createOperation({ credentialKey: 'eve' }));
    await walks.read({ includeNestedScopes: true }, createOperation());
    expect(source.transcript).toHaveLength(9);
  });

  it('fails all who wait where a page fails, and goes on from there for who asks next', async () => {
    source.failures.push(undefined, new GatewayError('UPSTREAM_UNAVAILABLE', 'Not now.'));
    const asked = [ask(), ask()];
    for (const { answer } of asked) await expect(answer).rejects.toThrow('Not now.');
    expect((await read()).itemCount).toBe(250);
    expect(source.transcript).toEqual(['list start 100', 'list @100 100', 'list @100 100', 'list @200 100']);
  });

  it('begins once more where upstream takes a page token no more, and no more than that', async () => {
    const refusal = () => new GatewayError('BAD_USER_INPUT', 'Unknown token.', { upstreamStatus: 400 });
    source.failures.push(undefined, refusal());
    expect((await read()).itemCount).toBe(250);
    expect(source.transcript).toHaveLength(5);
    open({ maxBytes });
    source.failures.push(undefined, refusal(), undefined, refusal());
    await expect(read()).rejects.toThrow('Unknown token.');
  });

  it.each([true, false])(
    'is refused where it would cost too many calls (upstream says how long the list is: %s)',
    async (tellsSize) => {
      open({ maxBytes, tellsSize, count: 1500 });
      await expect(read()).rejects.toMatchObject({ code: 'CALL_BUDGET_EXCEEDED' });
      expect(source.transcript).toHaveLength(tellsSize ? 1 : 10);
      await expect(read()).rejects.toThrow(/10 .*ROLESCOPE_MAX_SOMETHING/);
      if (tellsSize) await expect(read()).rejects.toThrow('15 upstream calls');
    },
  );

  it('ends where a page leads back to one before it', async () => {
    const fetchPage: ArraySource['fetchPage'] = source.fetchPage.bind(source);
    source.fetchPage = async (request, operation) => {
      const page = await fetchPage(request, operation);
      return { ...page, ...(request.pageToken !== undefined && { nextPageToken: request.pageToken }) };
    };
    await expect(read()).rejects.toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE' });
  });

  it('by an operation that bypasses the cache takes nothing that was read for others, and serves them', async () => {
    await read();
    source.subjects = subjectsUpTo(120);
    const bypassing = createOperation({ bypassCache: true });
    expect((await read(bypassing)).itemCount).toBe(120);
    expect((await read(bypassing)).itemCount).toBe(120);
    source.subjects = subjectsUpTo(50);
    expect((await read(createOperation({ bypassCache: true }))).itemCount).toBe(50);
  });

  it('that bypasses the cache and took too long is found by the next who asks likewise', async () => {
    const release = holdAfter(2);
    const first = ask({ bypassCache: true });
    await settle();
    first.passDeadline();
    await settle();
    release();
    expect((await read(createOperation({ bypassCache: true }))).itemCount).toBe(250);
    expect(source.transcript.filter((call) => call === 'list start 100')).toHaveLength(1);
    await read(createOperation({ bypassCache: true }));
    expect(source.transcript.filter((call) => call === 'list start 100')).toHaveLength(2);
  });

  it('that goes on does so although nobody waits, each page with a time of its own', async () => {
    open({ maxBytes, goesOn: true });
    const release = holdAfter(2);
    const first = ask({ deadlineMs: clock.nowMs() + 1000 });
    await settle();
    clock.advance(10_000);
    first.passDeadline();
    await expect(first.answer).rejects.toMatchObject({ retryAfterMs: 2500, progress: { walked: 200, total: 250 } });
    const [, , last] = source.operations;
    expect([last?.signal.aborted, last?.deadlineMs]).toEqual([false, clock.nowMs() + 50_000]);
    release();
    await settle();
    expect(source.transcript).toHaveLength(3);
    if (maxBytes > 0) expect((await read()).itemCount).toBe(250);
    expect(source.transcript).toHaveLength(3);
  });
});

describe('a walk that has ended', () => {
  beforeEach(() => open());

  it('answers for as long as a page would, from its end on', async () => {
    const release = holdAfter(1);
    const first = ask();
    await settle();
    clock.advance(20_000);
    release();
    const walked = await first.answer;
    const endedAtMs = clock.nowMs();
    clock.advance(ttlMs - 1);
    const operation = createOperation();
    expect(await read(operation)).toBe(walked);
    expect(operation.report).toMatchObject({
      calls: 0,
      fromCache: 1,
      oldestPageAtMs: endedAtMs - 20_000,
      freshUntilMs: endedAtMs + ttlMs,
    });
    clock.advance(1);
    expect(await read()).not.toBe(walked);
  });

  it('holds no second copy: its pages are those that are kept, counted once', async () => {
    const walked = await read();
    const { bytes } = pages.state();
    expect(subjects.known?.walkOf(plainQuestion, createOperation()).pages).toEqual(walked.pages);
    open();
    for (const token of [undefined, '@100', '@200'])
      await subjects.source.fetchPage(listPage(100, token), createOperation());
    // The walk itself, without its pages.
    expect(bytes - pages.state().bytes).toBeLessThan(2000);
  });

  it('is made of pages that are fresh already, as far as there are any', async () => {
    for (const token of [undefined, '@100']) await subjects.source.fetchPage(listPage(100, token), createOperation());
    await read();
    expect(source.transcript).toEqual(['list start 100', 'list @100 100', 'list @200 100']);
  });

  it('keeps its pages although others take their places, and counts them', async () => {
    const walked = await read();
    const { bytes } = pages.state();
    await subjects.source.fetchPage(listPage(100), createOperation({ bypassCache: true }));
    expect(await read()).toBe(walked);
    expect(pages.state().bytes).toBeGreaterThan(bytes);
    clock.advance(2 * ttlMs);
    expect(pages.state()).toEqual({ pages: 0, bytes: 0 });
  });

  it('answers at any age where it is kept, however often it was read anew', async () => {
    open({ keepMs: Infinity });
    for (let round = 0; round < 4; round++) {
      const walked = await read(createOperation({ bypassCache: true }));
      clock.advance(2 * ttlMs);
      expect(walks.last(plainQuestion, createOperation())).toBe(walked);
    }
  });

  it('goes where the next one takes its place, with all of its pages', async () => {
    open({ keepMs: Infinity });
    const held: { readonly pages: number; readonly bytes: number }[] = [];
    for (let round = 0; round < 6; round++) {
      await read(createOperation({ bypassCache: true }));
      // Without the pages, which answer others for as long as they are fresh.
      clock.advance(2 * ttlMs);
      held.push(pages.state());
    }
    expect(held).toEqual(held.map(() => held[0]));
  });

  it('goes at once after a change', async () => {
    await read();
    void pages.invalidate('alice');
    expect(pages.state().bytes).toBe(0);
    source.subjects = subjectsUpTo(120);
    expect((await read()).itemCount).toBe(120);
  });

  it('goes where its pages had to, and is read again', async () => {
    await read();
    const { bytes } = pages.state();
    open({ maxBytes: bytes + 1000 });
    const walked = await read();
    await subjects.source.fetchPage(listPage(100, '@150'), createOperation({ credentialKey: 'eve' }));
    expect(pages.state().bytes).toBeLessThanOrEqual(bytes + 1000);
    const again = await read();
    expect(again).not.toBe(walked);
    expect(referencesOf(again)).toEqual(everybody());
  });
});

describe('a walk under way', () => {
  it('is not pushed out by what is of less use', async () => {
    open();
    await read();
    const { bytes } = pages.state();
    open({ maxBytes: bytes + 2000 });
    for (let from = 0; from < 250; from += 50) {
      await subjects.source.fetchPage(listPage(100, `@${from}`), createOperation({ credentialKey: 'eve' }));
    }
    expect((await read()).itemCount).toBe(250);
  });

  it('is refused where it alone is larger than memory, and lets go of all it has', async () => {
    open();
    await read();
    const { bytes } = pages.state();
    open({ maxBytes: bytes / 2 });
    await expect(read()).rejects.toMatchObject({ code: 'CALL_BUDGET_EXCEEDED' });
    await expect(read()).rejects.toThrow(/of 250.*ROLESCOPE_CACHE_MAX_BYTES/);
    expect(pages.state().bytes).toBeLessThanOrEqual(bytes / 2);
    clock.advance(100_000);
    expect(pages.state()).toEqual({ pages: 0, bytes: 0 });
  });

  it('makes calls of its own kind: one at a time, each with an id that no operation has', async () => {
    open();
    const operation = createOperation();
    await read(operation);
    const ids = source.operations.map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    expect(ids).not.toContain(operation.id);
    expect(source.operations.every(({ caller }) => caller === operation.caller)).toBe(true);
  });

  it('takes in nobody whose operation has ended', async () => {
    open();
    const operation = createOperation({ signal: AbortSignal.abort(new Error('too late')) });
    await expect(read(operation)).rejects.toThrow('too late');
    expect(source.transcript).toEqual([]);
  });
});
