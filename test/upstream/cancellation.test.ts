import { afterEach, describe, expect, it } from 'vitest';
import type { FaultRule } from '../../src/sandbox/core/faults/faults.ts';
import { createHarness, firstPage, refusalOf, type Harness } from './harness.ts';

let harness: Harness;
afterEach(() => harness.close());

interface Wait {
  readonly name: string;
  readonly fault?: FaultRule;
  /** Calls that go before, to fill the window. */
  readonly before?: number;
  /** How long it has waited when it is cancelled. */
  readonly passMs: number;
  /** What was sent for it until then. */
  readonly sent: number;
}

const waits: readonly Wait[] = [
  { name: 'for a slot', before: 10, passMs: 100, sent: 0 },
  { name: 'for the end of a pause', fault: { status: 429, headers: { 'retry-after': '30' } }, passMs: 5000, sent: 1 },
  { name: 'before another attempt', fault: { status: 503, headers: { 'retry-after': '20' } }, passMs: 5000, sent: 1 },
  { name: 'for headers', fault: { form: 'hang' }, passMs: 5000, sent: 1 },
  { name: 'for the rest of a body', fault: { form: 'stall' }, passMs: 5000, sent: 1 },
  {
    name: 'before a poll',
    fault: { status: 202, form: 'empty', headers: { 'response-id': 'abc' } },
    passMs: 500,
    sent: 1,
  },
];

const start = async ({ fault, before = 0, passMs }: Wait, timeoutMs = 150_000) => {
  harness = await createHarness();
  for (let i = 0; i < before; i++) await harness.fetch(harness.operation());
  harness.sandbox.clearTranscript();
  if (fault !== undefined) harness.sandbox.control.setFaults([fault]);
  const operation = harness.operation({ timeoutMs });
  const work = refusalOf(harness.upstream.fetchPage(firstPage, operation));
  await harness.clock.pass(passMs);
  return { operation, work };
};

describe('a caller who leaves', () => {
  it.each(waits)('ends the wait $name at once, and nothing more is sent', async (wait) => {
    const { operation, work } = await start(wait);
    const atMs = harness.clock.nowMs();
    operation.abort();
    const refusal = await work;
    expect(refusal.code).toBe('UPSTREAM_UNAVAILABLE');
    expect(harness.clock.nowMs()).toBe(atMs);
    await harness.clock.pass(200_000);
    expect(harness.seen()).toHaveLength(wait.sent);
    expect(operation.report.calls).toBe(wait.sent);
    expect(harness.upstream.state().waiting).toBe(0);
  });

  it('leaves no timer behind', async () => {
    const { operation, work } = await start({ name: '', fault: { form: 'hang' }, passMs: 100, sent: 1 });
    operation.abort();
    await work;
    // Only the deadline of the test's own operation is left.
    expect(harness.clock.waiting).toBe(1);
  });

  it('frees its place in the queue', async () => {
    harness = await createHarness();
    const leaving = harness.operation();
    const work = Promise.allSettled(Array.from({ length: 40 }, () => harness.upstream.fetchPage(firstPage, leaving)));
    await harness.clock.quiet();
    leaving.abort();
    const atMs = harness.clock.nowMs();
    await harness.fetch(harness.operation());
    expect(harness.clock.nowMs() - atMs).toBeLessThan(1100);
    await work;
    expect(harness.seen()).toHaveLength(11);
  });

  it('is not asked for at all when it has left before', async () => {
    harness = await createHarness();
    const operation = harness.operation();
    operation.abort();
    expect((await refusalOf(harness.fetch(operation))).code).toBe('UPSTREAM_UNAVAILABLE');
    expect(harness.seen()).toEqual([]);
  });
});

describe('a deadline', () => {
  it.each([
    { wait: waits[0], code: 'UPSTREAM_TIMEOUT', timeoutMs: 0, atMs: 0 },
    // A second of pause does not fit, so it is not begun.
    { wait: waits[1], code: 'RATE_LIMITED', timeoutMs: 20_000, atMs: 0 },
    { wait: waits[2], code: 'UPSTREAM_UNAVAILABLE', timeoutMs: 20_000, atMs: 0 },
    { wait: waits[3], code: 'UPSTREAM_TIMEOUT', timeoutMs: 20_000, atMs: 20_000 },
    { wait: waits[4], code: 'UPSTREAM_TIMEOUT', timeoutMs: 20_000, atMs: 20_000 },
    { wait: waits[5], code: 'UPSTREAM_PENDING', timeoutMs: 900, atMs: 0 },
  ] as const)('ends the wait $wait.name with $code', async ({ wait, code, timeoutMs, atMs }) => {
    harness = await createHarness({ ...(wait?.fault !== undefined && { faults: [wait.fault] }) });
    const startedAtMs = harness.clock.nowMs();
    const refusal = await refusalOf(harness.fetch(harness.operation({ timeoutMs })));
    expect(refusal.code).toBe(code);
    expect(harness.clock.nowMs() - startedAtMs).toBe(atMs);
    const sent = harness.seen().length;
    await harness.clock.pass(100_000);
    expect(harness.seen()).toHaveLength(sent);
  });

  it('is not outlasted by an attempt that began shortly before', async () => {
    harness = await createHarness({ faults: [{ delayMs: 10_000 }] });
    const refusal = await refusalOf(harness.fetch(harness.operation({ timeoutMs: 3000 })));
    expect(refusal.code).toBe('UPSTREAM_TIMEOUT');
    expect(refusal.message).toContain('deadline');
  });
});
