import { afterEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/model/errors.ts';
import { sleep } from '../../../src/platform/clock.ts';
import type { Operation } from '../../../src/model/operation.ts';
import type { SubjectPage } from '../../../src/model/subject-list.ts';
import type { Call } from '../../../src/upstream/call.ts';
import { listRoleAssignments } from '../../../src/upstream/endpoints/role-assignments.ts';
import { rateLimit } from '../../../src/upstream/policies/rate-limit.ts';
import { createRateQueue } from '../../../src/upstream/rate-limit/rate-queue.ts';
import { createRateWindow, windowMs } from '../../../src/upstream/rate-limit/sliding-window.ts';
import { createHarness, firstPage, refusalOf, type Harness } from '../harness.ts';

let harness: Harness;
afterEach(() => harness.close());

const ask = (operation: Operation, times: number): Promise<SubjectPage>[] =>
  Array.from({ length: times }, () => harness.upstream.fetchPage(firstPage, operation));

const arrivals = (): number[] => harness.sandbox.transcript().map(({ atMs }) => atMs);

/** The most calls that upstream saw in any one second. */
const busiestSecond = (): number => {
  const times = arrivals();
  return Math.max(...times.map((fromMs) => times.filter((atMs) => atMs >= fromMs && atMs < fromMs + 1000).length));
};

const statuses = (): Set<number | undefined> => new Set(harness.sandbox.transcript().map(({ status }) => status));

describe('the rate limit', () => {
  it('answers 100 distinct subjects of 200,000 at ten calls a second', async () => {
    harness = await createHarness({ subjects: 200_000 });
    const { items: subjects } = await harness.fetch(harness.operation(), { pageSize: 1000 });
    const references = [...new Set(subjects.map(({ reference }) => reference))].slice(0, 100);
    expect(references).toHaveLength(100);
    await harness.clock.pass(10_000);
    harness.sandbox.clearTranscript();

    const operation = harness.operation();
    const startedAtMs = harness.clock.nowMs();
    const pages = await harness.clock.run(
      Promise.all(
        references.map((subjectReference) =>
          harness.upstream.fetchPage(
            { question: { subjectReference, includeNestedScopes: false }, pageSize: 50 },
            operation,
          ),
        ),
      ),
    );
    expect(pages.map((page) => page.items[0]?.reference)).toEqual(references);
    expect(harness.sandbox.transcript()).toHaveLength(100);
    expect(statuses()).toEqual(new Set([200]));
    expect(busiestSecond()).toBe(10);
    const tookMs = harness.clock.nowMs() - startedAtMs;
    expect(tookMs).toBeGreaterThanOrEqual(9000);
    expect(tookMs).toBeLessThan(10_000);
    expect(operation.report).toMatchObject({ calls: 100, retries: 0 });
    expect(operation.report.waitedMs).toBeGreaterThan(90 * 1000);
  });

  it('serves operations in turn, so that a big one does not starve a small one', async () => {
    harness = await createHarness();
    const exporting = harness.operation();
    const dashboard = harness.operation();
    const all = Promise.all(ask(exporting, 60));
    const few = Promise.all(ask(dashboard, 5));
    const startedAtMs = harness.clock.nowMs();
    await harness.clock.run(few);
    // The first ten slots were taken before the dashboard asked; of the next ten it gets every other one.
    expect(harness.clock.nowMs() - startedAtMs).toBeLessThan(1200);
    await harness.clock.run(all);
    expect(harness.clock.nowMs() - startedAtMs).toBeLessThan(7000);
    expect(statuses()).toEqual(new Set([200]));
  });

  it('fails at once where the slot would come after the deadline, and sends nothing for it', async () => {
    harness = await createHarness();
    const operation = harness.operation({ timeoutMs: 3000 });
    const work = Promise.allSettled(ask(operation, 60));
    const startedAtMs = harness.clock.nowMs();
    const late = harness.upstream.fetchPage(firstPage, operation);
    const refusal = await refusalOf(late);
    expect(harness.clock.nowMs()).toBe(startedAtMs);
    expect(refusal).toMatchObject({ code: 'RATE_LIMITED' });
    expect(refusal.retryAfterMs).toBeGreaterThan(3000);
    const results = await harness.clock.run(work);
    const answered = results.filter(({ status }) => status === 'fulfilled').length;
    expect(answered).toBe(30);
    expect(arrivals()).toHaveLength(answered);
    const refusals = results
      .filter((result) => result.status === 'rejected')
      .map(({ reason }) => reason as GatewayError);
    expect(new Set(refusals.map(({ code }) => code))).toEqual(new Set(['RATE_LIMITED']));
  });

  it('paces every credential by itself, where the address is not counted', async () => {
    harness = await createHarness({}, { addressRateLimitPerSecond: 0 });
    const tokens = [harness.sandbox.adminToken, 'another', 'a third'];
    const work = tokens.flatMap((token) => ask(harness.operation({ token }), 10));
    const startedAtMs = harness.clock.nowMs();
    await harness.clock.run(Promise.allSettled(work));
    expect(harness.clock.nowMs()).toBe(startedAtMs);
    expect(arrivals()).toHaveLength(30);
  });

  it('bounds how many calls of one caller wait, and leaves room for others', async () => {
    harness = await createHarness({}, { service: true, maxWaitingPerCaller: 20 });
    await harness.fetch(harness.operation());
    const greedy = ask(harness.operation({ name: 'greedy' }), 100);
    const modest = ask(harness.operation({ name: 'modest' }), 15);
    const [many, few] = await harness.clock.run(Promise.all([Promise.allSettled(greedy), Promise.allSettled(modest)]));
    expect(few.every(({ status }) => status === 'fulfilled')).toBe(true);
    const refused = many.filter((result) => result.status === 'rejected');
    // Of the first ten slots the login and the first page had one each.
    expect(refused).toHaveLength(100 - 8 - 20);
    for (const { reason } of refused) {
      expect(reason).toBeInstanceOf(GatewayError);
      expect(reason).toMatchObject({ code: 'RATE_LIMITED' });
    }
  });

  it.each([
    { retryAfter: undefined, pauseMs: 1000 },
    { retryAfter: '7', pauseMs: 7000 },
  ])('pauses everyone of the credential after a 429, Retry-After $retryAfter', async ({ retryAfter, pauseMs }) => {
    const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    harness = await createHarness({ faults: [{ status: 429, headers, count: 1 }] });
    const startedAtMs = harness.clock.nowMs();
    const first = harness.upstream.fetchPage(firstPage, harness.operation());
    await harness.clock.quiet();
    const others = [1, 2, 3].map(() => harness.upstream.fetchPage(firstPage, harness.operation()));
    const stranger = refusalOf(harness.upstream.fetchPage(firstPage, harness.operation({ token: 'another' })));
    await harness.clock.run(Promise.all([first, ...others, stranger]));
    const offsets = harness.sandbox.transcript().map(({ atMs, status }) => [status, atMs - startedAtMs]);
    // One after the other, because a second caller is there.
    const gapMs = windowMs / 10;
    expect(offsets).toEqual([[429, 0], [401, 0], ...[0, 1, 2, 3].map((turn) => [200, pauseMs + turn * gapMs])]);
  });

  it('halves the pace for a while after a 429', async () => {
    harness = await createHarness({ faults: [{ status: 429, count: 1 }] });
    await harness.clock.run(Promise.all(ask(harness.operation(), 30)));
    const times = arrivals().slice(10);
    const perSecond = times.map((from) => times.filter((atMs) => atMs >= from && atMs < from + 1000).length);
    expect(Math.max(...perSecond)).toBe(5);
  });

  it('tells everyone at once whom a long pause leaves no time', async () => {
    harness = await createHarness({ faults: [{ status: 429, headers: { 'retry-after': '60' }, count: 1 }] });
    const operation = harness.operation({ timeoutMs: 30_000 });
    const startedAtMs = harness.clock.nowMs();
    const results = await harness.clock.run(Promise.allSettled(ask(operation, 25)));
    expect(harness.clock.nowMs()).toBe(startedAtMs);
    const refusals = results
      .filter((result) => result.status === 'rejected')
      .map(({ reason }) => reason as GatewayError);
    // Those that waited, and the one that got the 429; nine were sent with it and are answered.
    expect(refusals).toHaveLength(16);
    for (const refusal of refusals) {
      expect(refusal.code).toBe('RATE_LIMITED');
      expect(refusal.retryAfterMs).toBeGreaterThanOrEqual(60_000);
    }
  });

  it('survives an upstream that counts more strictly than we pace', async () => {
    harness = await createHarness({ rateLimit: 7 });
    const pages = await harness.clock.run(Promise.all(ask(harness.operation(), 40)));
    expect(pages).toHaveLength(40);
    expect(statuses()).toEqual(new Set([200, 429]));
  });

  it('counts a call from when it leaves over its connection', async () => {
    harness = await createHarness();
    const { clock } = harness;
    const limit = 3;
    const queue = createRateQueue({ window: createRateWindow({ limit }), clock, limit, maxWaitingPerCaller: 100 });
    const left: number[] = [];
    // The first three wait for TLS, the others find open connections.
    const send = rateLimit(
      queue,
      clock,
    )<string>(async (call) => {
      if (left.length < limit) await sleep(clock, 400, call.signal);
      call.onLeave?.();
      left.push(clock.nowMs());
      return { isPending: false, value: '', requestId: undefined, receivedAtMs: 0, bodyBytes: 0 };
    });
    const operation = harness.operation();
    const { signal, deadlineMs } = operation;
    const call: Call = { endpoint: listRoleAssignments, path: '/', credentialKey: 'a', signal, deadlineMs, operation };
    await clock.run(Promise.all(Array.from({ length: 12 }, () => send(call))));
    const perSecond = left.map((from) => left.filter((atMs) => atMs >= from && atMs < from + 1000).length);
    expect(Math.max(...perSecond)).toBe(limit);
  });

  it('keeps nothing when nobody waits', async () => {
    harness = await createHarness();
    await harness.clock.run(Promise.all(ask(harness.operation(), 25)));
    expect(harness.upstream.state().waiting).toBe(0);
  });

  it('takes the budget before the queue, so that too much is refused at once', async () => {
    harness = await createHarness();
    const operation = harness.operation({ maxCalls: 15 });
    const startedAtMs = harness.clock.nowMs();
    const work = Promise.allSettled(ask(operation, 20));
    const refusal = await refusalOf(harness.upstream.fetchPage(firstPage, operation));
    expect(refusal.code).toBe('CALL_BUDGET_EXCEEDED');
    expect(harness.clock.nowMs()).toBe(startedAtMs);
    const results = await harness.clock.run(work);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(15);
    expect(arrivals()).toHaveLength(15);
  });
});
