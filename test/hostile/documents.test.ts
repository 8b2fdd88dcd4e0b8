import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { multiplying, refusals } from './attacks.ts';
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
    `the longest stretch of what is refused: ${worst.stretch.toFixed(2)} times a plain question's (${worst.name})\n`,
  );
  return gateway.close();
});

/** Ten milliseconds, of turns of eight, and half as much again where other tests share the processor's caches. */
const longestStretch = 1.9;

describe('a document that may not run', () => {
  it.each(Object.entries(refusals))('is refused at once: %s', async (name, request) => {
    const { answer, stretch } = await gateway.stretchOf(request, longestStretch);
    note(name, stretch);
    const { errors } = JSON.parse(answer.text) as { errors: { extensions: { code: string } }[] };
    expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['BAD_USER_INPUT']));
    expect(errors.length).toBeLessThanOrEqual(12);
    expect(answer.text.length).toBeLessThan(4000);
    expect(stretch).toBeLessThan(longestStretch);
  });

  it('leaves nothing behind, however many are sent', async () => {
    const sendAll = async (round: number) => {
      for (let i = 0; i < 25; i++) await gateway.send({ body: { query: multiplying(3, 9, `F${round}x${i}_`) } });
    };
    await sendAll(0);
    const before = await gateway.keptBytes();
    for (let round = 1; round < 5; round++) await sendAll(round);
    expect((await gateway.keptBytes()) - before).toBeLessThan(5_000_000);
  });
});
