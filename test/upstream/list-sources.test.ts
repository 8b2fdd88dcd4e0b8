import { afterEach, describe, expect, it } from 'vitest';
import type { PageToken } from '../../src/model/page.ts';
import { listPolicies } from '../../src/upstream/endpoints/policies.ts';
import { createHarness, refusalOf, type Harness } from './harness.ts';

let harness: Harness;
afterEach(() => harness.close());

const sizes = (): unknown[] => harness.sandbox.transcript().map(({ query }) => Number(query['pageSize']));

/** All references of a list, page by page, each page of the size that is asked for or can be had. */
const walk = async (pageSize: number): Promise<string[]> => {
  const references: string[] = [];
  let pageToken: PageToken | undefined;
  do {
    const page = await harness.fetch(harness.operation(), { pageSize, ...(pageToken !== undefined && { pageToken }) });
    references.push(...page.items.map(({ reference }) => reference));
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return references;
};

describe('a page that is too large to be read', () => {
  it('is asked for in smaller ones, which make up the same list', async () => {
    harness = await createHarness({ rateLimit: false });
    const whole = await walk(1000);
    await harness.close();
    harness = await createHarness({ rateLimit: false }, { maxBodyBytes: 60_000 });
    expect(await walk(1000)).toEqual(whole);
    expect(sizes().slice(0, 3)).toEqual([1000, 250, 63]);
    // The size that was small enough is remembered, for the next pages and the next questions.
    expect(new Set(sizes().slice(2))).toEqual(new Set([63]));
    harness.sandbox.clearTranscript();
    expect(await walk(1000)).toEqual(whole);
    expect(new Set(sizes())).toEqual(new Set([63]));
  });

  it('tells the size that it was asked for in the end, and costs what it took', async () => {
    harness = await createHarness({}, { maxBodyBytes: 30_000 });
    const operation = harness.operation();
    const page = await harness.fetch(operation, { pageSize: 200 });
    expect(page).toMatchObject({ pageSize: 50, totalSize: 200 });
    expect(operation.budget.spent).toBe(2);
    expect(operation.report.calls).toBe(2);
  });

  it('is an error where not even one item can be read', async () => {
    harness = await createHarness({}, { maxBodyBytes: 100 });
    const refusal = await refusalOf(harness.fetch(harness.operation(), { pageSize: 9 }));
    expect(refusal).toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE', upstreamStatus: 200 });
    expect(refusal.message).toContain('larger than the 100 bytes');
    expect(sizes()).toEqual([9, 3, 1]);
  });

  it('is tried again in full after a while', async () => {
    harness = await createHarness({}, { maxBodyBytes: 30_000 });
    await harness.fetch(harness.operation(), { pageSize: 200 });
    await harness.clock.pass(601_000);
    harness.sandbox.clearTranscript();
    await harness.fetch(harness.operation(), { pageSize: 200 });
    expect(sizes()).toEqual([200, 50]);
  });
});

describe('a list of another endpoint', () => {
  it('is read in pages no larger than it pays to ask for', async () => {
    harness = await createHarness();
    const policies = harness.upstream.list(listPolicies);
    const page = await harness.clock.run(policies.fetchPage({ question: {}, pageSize: 1000 }, harness.operation()));
    expect(page.pageSize).toBe(50);
    expect(page.items.length).toBeGreaterThan(0);
    expect(sizes()).toEqual([50]);
  });

  it('remembers sizes for itself', async () => {
    harness = await createHarness({}, { maxBodyBytes: 30_000 });
    await harness.fetch(harness.operation(), { pageSize: 200 });
    const policies = harness.upstream.list(listPolicies);
    harness.sandbox.clearTranscript();
    await refusalOf(harness.clock.run(policies.fetchPage({ question: {}, pageSize: 50 }, harness.operation()))).catch(
      () => {},
    );
    expect(sizes()[0]).toBe(50);
  });
});
