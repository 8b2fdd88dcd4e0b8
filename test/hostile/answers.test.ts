import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { legal, withoutCredential } from './attacks.ts';
import { type MeasuredGateway, startMeasuredGateway } from './measured-gateway.ts';

let gateway: MeasuredGateway;
let worst = { stretch: 0, name: '' };
const note = (name: string, stretch: number): void => {
  if (stretch > worst.stretch) worst = { stretch, name };
};
beforeAll(async () => {
  gateway = await startMeasuredGateway();
});
afterAll(() => {
  process.stdout.write(
    `the longest stretch of what is answered: ${worst.stretch.toFixed(2)} times a plain question's (${worst.name})\n`,
  );
  return gateway.close();
});

const longestAnswer = 33_554_432;
/** Turns of 8 ms: twenty milliseconds in all. */
const longestStretch = 2.5;
/** For sixteen times the longest of them, on a machine that others use too. */
const options = { timeout: 240_000 };

describe('an answer that needs no credential', options, () => {
  it.each(Object.entries(withoutCredential))('is short, or ended, and stalls nobody: %s', async (name, request) => {
    const { answer, stretch } = await gateway.stretchOf(request, longestStretch);
    note(name, stretch);
    expect(answer.text.length).toBeLessThan(2_100_000);
    expect(stretch).toBeLessThan(longestStretch);
  });
});

describe('the worst that a caller may ask', options, () => {
  it.each(Object.entries(legal))('stalls nobody: %s', async (name, query) => {
    // Executed each time: an answer that is kept would cost nothing.
    const headers = { authorization: `Bearer ${gateway.token}`, 'cache-control': 'no-cache' };
    const { answer, stretch } = await gateway.stretchOf({ headers, body: { query } }, longestStretch);
    note(name, stretch);
    expect(answer.status).toBe(200);
    expect(answer.text.length).toBeLessThan(longestAnswer);
    expect(stretch).toBeLessThan(longestStretch);
  });
});

describe('the process', () => {
  it('has not grown by what was asked', async () => {
    const { peakBytes } = await gateway.measure(() => Promise.resolve());
    expect(await gateway.keptBytes()).toBeLessThan(200_000_000);
    // Version 0.1 came to 4.9 GB by one of these.
    expect(peakBytes).toBeLessThan(700_000_000);
  });
});
