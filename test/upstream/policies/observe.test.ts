import { afterEach, describe, expect, it } from 'vitest';
import type { AttemptRecord } from '../../../src/upstream/policies/observe.ts';
import { createHarness, firstPage, keepingLogger, refusalOf, type Harness } from '../harness.ts';

let harness: Harness;
afterEach(() => harness.close());

describe('observing', () => {
  it('tells of every attempt how it ended', async () => {
    const records: AttemptRecord[] = [];
    const faults = [
      { status: 503, count: 1 },
      { form: 'reset', count: 1 },
      { takesMs: 31_000, count: 1 },
    ] as const;
    harness = await createHarness({ faults }, { onAttempt: (record) => records.push(record) });
    const operation = harness.operation();
    await harness.fetch(operation);
    expect(records.map(({ outcome, upstreamStatus }) => [outcome, upstreamStatus])).toEqual([
      ['UPSTREAM_UNAVAILABLE', 503],
      ['UPSTREAM_UNAVAILABLE', undefined],
      ['PENDING', 202],
      ['OK', 200],
    ]);
    expect(records.map(({ requestId }) => typeof requestId)).toEqual(['string', 'undefined', 'string', 'string']);
    expect(records[2]?.durationMs).toBe(30_000);
    expect(new Set(records.map((record) => record.operation))).toEqual(new Set([operation]));
    expect(new Set(records.map(({ endpoint }) => endpoint))).toEqual(new Set(['roleAssignments.list']));
  });

  it('tells a login from a page, and a caller who left from a failure', async () => {
    const records: AttemptRecord[] = [];
    harness = await createHarness(
      { faults: [{ path: '/v2/role-assignments', form: 'hang' }] },
      { service: true, onAttempt: (record) => records.push(record) },
    );
    const operation = harness.operation();
    const left = refusalOf(harness.upstream.fetchPage(firstPage, operation));
    await harness.clock.quiet();
    operation.abort();
    await left;
    expect(records.map(({ endpoint, outcome }) => [endpoint, outcome])).toEqual([
      ['tokens.password', 'OK'],
      ['roleAssignments.list', 'CANCELLED'],
    ]);
  });

  it('gives a page what upstream said of it', async () => {
    harness = await createHarness();
    const operation = harness.operation();
    const startedAtMs = harness.clock.nowMs();
    const page = await harness.fetch(operation, { pageSize: 7 });
    expect(page).toMatchObject({ pageSize: 7, fetchedAtMs: startedAtMs, totalSize: 200 });
    expect(page.requestId).toBe(harness.sandbox.transcript()[0]?.requestId);
    expect(page.bodyBytes).toBeGreaterThan(100);
    expect(page.nextPageToken).toBeDefined();
    await harness.clock.pass(60_000);
    await harness.fetch(operation, { pageSize: 7, ...(page.nextPageToken && { pageToken: page.nextPageToken }) });
    expect(operation.report).toMatchObject({
      calls: 2,
      byDomain: { identity: 2 },
      fromCache: 0,
      retries: 0,
      waitedMs: 0,
      oldestPageAtMs: startedAtMs,
    });
  });

  it.each([false, true])('lets no secret and no address out, in logs or errors (service: %s)', async (service) => {
    const { logger, lines } = keepingLogger();
    const said: unknown[] = [];
    const path = '/v2/role-assignments';
    const faults = [400, 401, 403, 404, 429, 500, 502, 503, 504].map((status) => ({ path, status, count: 1 }));
    const forms = (['reset', 'html', 'cut'] as const).map((form) => ({ path, form, count: 2 }));
    harness = await createHarness(
      { faults: [...faults, ...forms] },
      { service, logger, onAttempt: ({ operation: _operation, ...record }) => said.push(record) },
    );
    const secrets = [
      harness.sandbox.adminToken,
      harness.sandbox.url,
      new URL(harness.sandbox.url).host,
      'sandbox-administrator',
    ];
    for (let i = 0; i < 20; i++) {
      const outcome = await harness.fetch(harness.operation()).catch((error: unknown) => error);
      if (outcome instanceof Error) said.push(outcome.message, outcome.stack, outcome.cause, JSON.stringify(outcome));
      // A token that was refused is not sent again before that.
      await harness.clock.pass(5000);
    }
    const all = [...lines, ...said.map((entry) => JSON.stringify(entry) ?? String(entry))].join('\n');
    expect(lines.length).toBeGreaterThan(8);
    for (const secret of secrets) expect(all).not.toContain(secret);
    expect(all).not.toMatch(/scripted fault|Something went wrong|ey[A-Za-z0-9_-]{20}|127\.0\.0\.1/);
  });
});
