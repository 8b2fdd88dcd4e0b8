import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { legal, withoutCredential } from './attacks.ts';
import { type MeasuredGateway, startMeasuredGateway } from './measured-gateway.ts';

let gateway: MeasuredGateway;
beforeAll(async () => {
  gateway = await startMeasuredGateway();
});
afterAll(() => gateway.close());

const longestAnswer = 33_554_432;
/** Turns of 8 ms: twenty milliseconds in all. */
const longestStretch = 2.5;

describe('an answer that needs no credential', () => {
  it.each(Object.entries(withoutCredential))('is short, or ended, and stalls nobody: %s', async (_name, request) => {
    const { answer, stretch } = await gateway.stretchOf(request);
    expect(answer.text.length).toBeLessThan(2_100_000);
    expect(stretch).toBeLessThan(longestStretch);
  });
});

describe('the worst that a caller may ask', () => {
  it.each(Object.entries(legal))('stalls nobody: %s', async (_name, query) => {
    // Executed each time: an answer that is kept would cost nothing.
    const headers = { authorization: `Bearer ${gateway.token}`, 'cache-control': 'no-cache' };
    const { answer, stretch } = await gateway.stretchOf({ headers, body: { query } });
    expect(answer.status).toBe(200);
    expect(answer.text.length).toBeLessThan(longestAnswer);
    expect(stretch).toBeLessThan(longestStretch);
  });
});

describe('the process', () => {
  it('has not grown by what was asked', async () => {
    const { keptBytes, peakBytes } = await gateway.measure(() => Promise.resolve());
    expect(keptBytes).toBeLessThan(200_000_000);
    // Version 0.1 came to 4.9 GB by one of these.
    expect(peakBytes).toBeLessThan(700_000_000);
  });
});
