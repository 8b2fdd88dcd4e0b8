import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MeasuredGateway, startMeasuredGateway } from './measured-gateway.ts';

let gateway: MeasuredGateway;
let plainMs = 0;
beforeAll(async () => {
  gateway = await startMeasuredGateway();
  plainMs = await gateway.plainStretchMs();
});
afterAll(() => gateway.close());

/** Fragments that nest, each of which spreads the next one below several aliases: few bytes, width^depth fields. */
const multiplying = (width: number, depth: number, name: string): string => {
  const steps = [
    ['Subject', 'roles'],
    ['ScopedRoleConnection', 'nodes'],
    ['ScopedRole', 'subject'],
  ] as const;
  const fragments = Array.from({ length: depth }, (_, level) => {
    const [type, field] = steps[level % 3] as (typeof steps)[number];
    const aliased = Array.from({ length: width }, (_, i) => `a${i}: ${field} { ...${name}${level + 1} }`);
    return `fragment ${name}${level} on ${type} { ${aliased.join(' ')} }`;
  });
  const [last] = steps[depth % 3] as (typeof steps)[number];
  return `{ subject(reference: "a") { ...${name}0 } } ${fragments.join(' ')} fragment ${name}${depth} on ${last} { __typename }`;
};

describe('a document whose fragments multiply one another', () => {
  it.each([
    [3, 9],
    [4, 9],
    [5, 12],
  ])('is refused at once: %i fields, %i levels deep', async (width, depth) => {
    const query = multiplying(width, depth, 'F');
    let text = '';
    const { longestStretchMs } = await gateway.measure(async () => {
      ({ text } = await gateway.send({ body: { query } }));
    });
    expect(text).toContain('more than the 2000 fields');
    expect(longestStretchMs).toBeLessThan(plainMs * 5 + 50);
  });

  it('leaves nothing behind, however many are sent', async () => {
    const sendAll = async (round: number) => {
      for (let i = 0; i < 25; i++) await gateway.send({ body: { query: multiplying(3, 9, `F${round}x${i}_`) } });
    };
    await sendAll(0);
    const before = await gateway.measure(() => Promise.resolve());
    const after = await gateway.measure(async () => {
      for (let round = 1; round < 5; round++) await sendAll(round);
    });
    expect(after.keptBytes - before.keptBytes).toBeLessThan(5_000_000);
  });
});
