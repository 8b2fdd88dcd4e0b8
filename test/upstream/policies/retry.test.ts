import { afterEach, describe, expect, it } from 'vitest';
import { parseRetryAfterMs } from '../../../src/upstream/transport/retry-after.ts';
import { createHarness, refusalOf, type Harness } from '../harness.ts';

let harness: Harness;
afterEach(() => harness?.close());

const offsets = (): number[] => {
  const times = harness.sandbox.transcript().map(({ atMs }) => atMs);
  return times.map((atMs) => atMs - (times[0] ?? 0));
};

describe('another attempt', () => {
  it('comes after a delay whose bound doubles', async () => {
    // The harness's chance is always a half.
    harness = await createHarness({ faults: [{ status: 503, count: 3 }] });
    const operation = harness.operation();
    await harness.fetch(operation);
    expect(offsets()).toEqual([0, 250, 750, 1750]);
    expect(operation.report).toMatchObject({ calls: 4, retries: 3 });
  });

  it('comes at any moment within the bound', async () => {
    for (const [number, delayMs] of [
      [0, 0],
      [0.999, 499.5],
    ] as const) {
      harness = await createHarness(
        { faults: [{ status: 503, count: 1 }] },
        { random: { number: () => number, uuid: () => '' } },
      );
      await harness.fetch(harness.operation());
      expect(offsets()).toEqual([0, delayMs]);
      await harness.close();
    }
  });

  it('is never earlier than Retry-After asks', async () => {
    harness = await createHarness({ faults: [{ status: 503, headers: { 'retry-after': '9' }, count: 1 }] });
    await harness.fetch(harness.operation());
    expect(offsets()).toEqual([0, 9250]);
  });

  it.each([
    { status: 503, code: 'UPSTREAM_UNAVAILABLE' },
    { status: 429, code: 'RATE_LIMITED' },
  ])('is not waited for after a $status where it would come after the deadline', async ({ status, code }) => {
    harness = await createHarness({ faults: [{ status, headers: { 'retry-after': '100' } }] });
    const atMs = harness.clock.nowMs();
    const operation = harness.operation({ timeoutMs: 90_000 });
    const refusal = await refusalOf(harness.fetch(operation));
    expect(refusal).toMatchObject({ code, upstreamStatus: status, retryAfterMs: 100_000 });
    expect(refusal.requestId).toBe(harness.sandbox.transcript()[0]?.requestId);
    expect(operation.report).toMatchObject({ calls: 1, retries: 0 });
    expect(harness.clock.nowMs()).toBe(atMs);
    expect(harness.seen()).toHaveLength(1);
  });

  it('comes three times at most, whatever mix of faults it meets', async () => {
    harness = await createHarness({
      faults: [
        { status: 502, count: 1 },
        { form: 'reset', count: 1 },
        { status: 429, count: 1 },
        { status: 503, count: 1 },
      ],
    });
    expect((await refusalOf(harness.fetch(harness.operation()))).code).toBe('UPSTREAM_UNAVAILABLE');
    expect(harness.seen()).toHaveLength(4);
  });

  it('pays from the budget', async () => {
    harness = await createHarness({ faults: [{ status: 503 }] });
    const operation = harness.operation({ maxCalls: 2 });
    expect((await refusalOf(harness.fetch(operation))).code).toBe('CALL_BUDGET_EXCEEDED');
    expect(harness.seen()).toHaveLength(2);
  });

  it('takes its own slot of the rate limit', async () => {
    harness = await createHarness({ faults: [{ status: 503, skip: 9, count: 1 }] });
    await harness.clock.run(Promise.all(Array.from({ length: 10 }, () => harness.fetch(harness.operation()))));
    expect(offsets().at(-1)).toBeGreaterThanOrEqual(1000);
  });
});

describe('Retry-After', () => {
  const nowMs = Date.UTC(2026, 0, 1);
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 5 ', 5000],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s means %s ms', (header, expected) => {
    expect(parseRetryAfterMs(header, nowMs)).toBe(expected);
  });
});
