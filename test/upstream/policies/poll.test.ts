import { afterEach, describe, expect, it } from 'vitest';
import { keepPendingMs } from '../../../src/upstream/pending/store.ts';
import { createHarness, firstPage, refusalOf, type Harness } from '../harness.ts';

const get = 'GET role-assignments';
let harness: Harness;
afterEach(() => harness.close());

describe.each(['newer', 'older'] as const)('pending answers as the %s document has them', (pending) => {
  const acceptMs = pending === 'newer' ? 30_000 : 50_000;

  it('polls with the identical request and the id until the answer is ready', async () => {
    harness = await createHarness({ pending, faults: [{ takesMs: acceptMs + 9500, count: 1 }] });
    const operation = harness.operation();
    const page = await harness.fetch(operation);
    expect(page.items).toHaveLength(50);
    expect(harness.seen()).toEqual([`${get} 202`, ...Array(3).fill(`${get} 202 +id`), `${get} 200 +id`]);
    const [first, ...polls] = harness.sandbox.transcript();
    // 1 s, 2 s, 4 s and then every 5 s after the 202.
    expect(polls.map(({ atMs }) => atMs - (first?.answeredAtMs ?? 0))).toEqual([1000, 3000, 7000, 12_000]);
    expect(new Set(polls.map(({ responseId }) => responseId))).toEqual(new Set([first?.givenResponseId]));
    expect(new Set(polls.map(({ query }) => JSON.stringify(query))).size).toBe(1);
    expect(operation.report).toMatchObject({ calls: 5, retries: 0 });
    expect(operation.budget.spent).toBe(5);
  });

  it('says so when the deadline comes first, and picks the answer up with the next identical question', async () => {
    harness = await createHarness({ pending, faults: [{ takesMs: acceptMs + 40_000, count: 1 }] });
    const refusal = await refusalOf(harness.fetch(harness.operation({ timeoutMs: acceptMs + 10_000 })));
    expect(refusal.code).toBe('UPSTREAM_PENDING');
    expect(refusal.retryAfterMs).toBeGreaterThan(0);
    expect(harness.upstream.state().pendingIds).toBe(1);
    await harness.clock.pass(60_000);
    harness.sandbox.clearTranscript();
    const page = await harness.fetch(harness.operation());
    expect(page.items).toHaveLength(50);
    expect(harness.seen()).toEqual([`${get} 200 +id`]);
    expect(harness.upstream.state().pendingIds).toBe(0);
    // The id is gone with the answer: the next question is a new one.
    await harness.fetch(harness.operation());
    expect(harness.seen()).toEqual([`${get} 200 +id`, `${get} 200`]);
  });
});

describe('pending answers', () => {
  const leavePending = async (takesMs = 60_000): Promise<void> => {
    harness.sandbox.control.setFaults([{ takesMs, count: 1 }]);
    await refusalOf(harness.fetch(harness.operation({ timeoutMs: 35_000 })));
    harness.sandbox.clearTranscript();
  };

  it('starts over once when upstream does not know the id any more', async () => {
    harness = await createHarness();
    await leavePending();
    harness.sandbox.control.setFaults([{ poll: true, status: 404, count: 1 }]);
    const page = await harness.fetch(harness.operation());
    expect(page.items).toHaveLength(50);
    expect(harness.seen()).toEqual([`${get} 404 +id`, `${get} 200`]);
  });

  it('never takes a lost answer for a subject that does not exist', async () => {
    harness = await createHarness({ pending: 'immediate', faults: [{ poll: true, status: 404 }] });
    const refusal = await refusalOf(harness.fetch(harness.operation()));
    expect(refusal).toMatchObject({ code: 'UPSTREAM_ERROR', upstreamStatus: 404 });
    expect(harness.seen()).toEqual([`${get} 202`, `${get} 404 +id`, `${get} 202`, `${get} 404 +id`]);
  });

  it('forgets the id after ten minutes', async () => {
    harness = await createHarness();
    await leavePending();
    await harness.clock.pass(keepPendingMs + 1);
    await harness.fetch(harness.operation());
    expect(harness.seen()).toEqual([`${get} 200`]);
  });

  it('keeps the id under the question and the credential, and under nothing less', async () => {
    harness = await createHarness();
    await leavePending();
    await harness.fetch(harness.operation(), { pageSize: 51 });
    await harness.fetch(harness.operation(), { question: { includeNestedScopes: true } });
    const token = await customerToken();
    await harness.fetch(harness.operation({ token }));
    expect(harness.seen().filter((line) => line.includes('+id'))).toEqual([]);
    await harness.clock.pass(60_000);
    await harness.fetch(harness.operation());
    expect(harness.seen().at(-1)).toBe(`${get} 200 +id`);
  });

  it('has one poller for one id, and everyone who asks the same gets its answer', async () => {
    harness = await createHarness();
    await leavePending();
    const operations = Array.from({ length: 5 }, () => harness.operation());
    const pages = await harness.clock.run(
      Promise.all(operations.map((operation) => harness.upstream.fetchPage(firstPage, operation))),
    );
    expect(new Set(pages.map(({ items: subjects }) => subjects)).size).toBe(1);
    // The first poll is at once; the answer was ready 25 s later: 1, 2, 4 and five times 5 s.
    expect(harness.seen()).toEqual([...Array(7).fill(`${get} 202 +id`), `${get} 200 +id`]);
    expect(operations.reduce((calls, { report }) => calls + report.calls, 0)).toBe(8);
  });

  it('goes on for the others when the one who polls leaves', async () => {
    harness = await createHarness();
    await leavePending();
    const leaving = harness.operation();
    const staying = harness.operation();
    const left = refusalOf(harness.upstream.fetchPage(firstPage, leaving));
    const answered = harness.upstream.fetchPage(firstPage, staying);
    await harness.clock.pass(2500);
    leaving.abort();
    expect((await left).code).toBe('UPSTREAM_UNAVAILABLE');
    expect((await harness.clock.run(answered)).items).toHaveLength(50);
    const ids = harness.sandbox.transcript().map(({ responseId }) => responseId);
    expect(new Set(ids).size).toBe(1);
    expect(ids).not.toContain(undefined);
  });

  it('tells who waits for the poll of another, and must stop, that the answer is pending', async () => {
    harness = await createHarness();
    await leavePending();
    const answered = harness.upstream.fetchPage(firstPage, harness.operation());
    await harness.clock.pass(1500);
    const refusal = await refusalOf(harness.fetch(harness.operation({ timeoutMs: 2000 })));
    expect(refusal).toMatchObject({ code: 'UPSTREAM_PENDING', retryAfterMs: 5000 });
    expect((await harness.clock.run(answered)).items).toHaveLength(50);
  });

  it('keeps the id when the client goes away', async () => {
    harness = await createHarness({ faults: [{ takesMs: 60_000, count: 1 }] });
    const operation = harness.operation();
    const work = refusalOf(harness.upstream.fetchPage(firstPage, operation));
    await harness.clock.pass(31_500);
    operation.abort();
    await work;
    const before = harness.seen().length;
    await harness.clock.pass(60_000);
    expect(harness.seen()).toHaveLength(before);
    await harness.fetch(harness.operation());
    expect(harness.seen().at(-1)).toBe(`${get} 200 +id`);
  });

  it.each([500, 502, 503, 504])('drops the id after a %s and starts over', async (status) => {
    harness = await createHarness({ pending: 'immediate', faults: [{ poll: true, status, count: 1 }] });
    const page = await harness.fetch(harness.operation());
    expect(page.items).toHaveLength(50);
    expect(harness.seen().slice(0, 4)).toEqual([`${get} 202`, `${get} ${status} +id`, `${get} 202`, `${get} 202 +id`]);
  });

  it('keeps the id when the connection breaks, for nothing was answered', async () => {
    harness = await createHarness({ pending: 'immediate', faults: [{ poll: true, form: 'reset', count: 1 }] });
    const page = await harness.fetch(harness.operation());
    expect(page.items).toHaveLength(50);
    expect(harness.seen().filter((line) => line === `${get} 202`)).toHaveLength(1);
    expect(harness.seen()).toContain(`${get} none +id`);
  });

  it('asks again without an id where a 202 gives none', async () => {
    harness = await createHarness({ faults: [{ form: 'empty', status: 202, count: 2 }] });
    expect((await harness.fetch(harness.operation())).items).toHaveLength(50);
    expect(harness.seen()).toEqual([`${get} 202`, `${get} 202`, `${get} 200`]);
  });

  it('never takes a 202 for an empty page', async () => {
    harness = await createHarness({ faults: [{ status: 202, body: '{"assignments":[]}', count: 1 }] });
    expect((await harness.fetch(harness.operation())).items).toHaveLength(50);
  });

  const customerToken = async (): Promise<string> => {
    const user = harness.sandbox.users[1];
    const response = await fetch(harness.sandbox.tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        username: user?.name ?? '',
        password: user?.password ?? '',
      }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  };
});
