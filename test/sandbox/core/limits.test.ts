import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../support/manual-clock.ts';
import { list, openSandbox, post, tokenOf, type Reply } from '../client.ts';

const times = async (count: number, call: () => Promise<Reply>): Promise<number[]> => {
  const statuses: number[] = [];
  for (let i = 0; i < count; i++) statuses.push((await call()).status);
  return statuses;
};
const repeat = (status: number, count: number): number[] => Array.from({ length: count }, () => status);

describe('the rate limit', () => {
  it('is ten calls in any second unless told otherwise', async () => {
    const clock = createManualClock();
    const sandbox = await openSandbox({ subjects: 2, clock, rateLimit: 10 });
    expect(await times(9, () => list(sandbox))).toEqual(repeat(200, 9));
    clock.advance(600);
    expect(await times(2, () => list(sandbox))).toEqual([200, 429]);
    clock.advance(399);
    expect((await list(sandbox)).status).toBe(429);
    clock.advance(1);
    // The nine of the beginning are a second old, the tenth is not.
    expect(await times(10, () => list(sandbox))).toEqual([...repeat(200, 9), 429]);
    expect(sandbox.control.settings().rateLimit).toBe(10);
  });

  it('says nothing of when to come back, as documented, unless told to', async () => {
    const clock = createManualClock();
    const sandbox = await openSandbox({ subjects: 2, clock, rateLimit: 1 });
    await list(sandbox);
    const silent = await list(sandbox);
    expect([silent.status, silent.headers.get('retry-after')]).toEqual([429, null]);
    expect(silent.error).toEqual({
      code: 8,
      message: 'more than 1 calls in one second',
      details: [{ reason: expect.stringMatching(/^CANARY-/) }],
    });
    sandbox.control.configure({ retryAfterSeconds: 3 });
    expect((await list(sandbox)).headers.get('retry-after')).toBe('3');
  });

  it('counts refused arguments and polls, but neither refused calls nor logins', async () => {
    const clock = createManualClock();
    const sandbox = await openSandbox({ subjects: 2, clock, rateLimit: 2 });
    expect((await list(sandbox, { pageSize: -1 })).status).toBe(400);
    expect((await list(sandbox, {}, { headers: { 'response-id': 'none' } })).status).toBe(404);
    expect(await times(3, () => list(sandbox))).toEqual(repeat(429, 3));
    await tokenOf(sandbox, 'administrator');
    clock.advance(1000);
    expect(await times(3, () => list(sandbox))).toEqual([200, 200, 429]);
  });

  it('is one limit for all tokens of a user, and another for another user', async () => {
    const clock = createManualClock();
    const sandbox = await openSandbox({ subjects: 2, clock, rateLimit: 1 });
    const again = await tokenOf(sandbox, 'administrator');
    const customer = await tokenOf(sandbox, 'customer');
    expect((await list(sandbox)).status).toBe(200);
    expect((await list(sandbox, {}, { token: again })).status).toBe(429);
    expect((await list(sandbox, {}, { token: customer })).status).toBe(200);
  });

  it('does not count callers that nobody knows', async () => {
    const sandbox = await openSandbox({ subjects: 2, clock: createManualClock(), rateLimit: 1 });
    expect(await times(3, () => list(sandbox, {}, { token: 'x' }))).toEqual(repeat(401, 3));
  });
});

describe('fair use', () => {
  const fairUse = { burst: 5, perSecond: 2, backlog: 3 };

  it('serves the burst, then answers with 202 at two a second, then with 503', async () => {
    const clock = createManualClock();
    const sandbox = await openSandbox({ subjects: 2, clock, fairUse });
    expect(await times(10, () => list(sandbox))).toEqual([...repeat(200, 5), ...repeat(202, 3), ...repeat(503, 2)]);
    const ids = sandbox.transcript().flatMap((entry) => entry.givenResponseId ?? []);
    const pickUp = async (nth: number): Promise<number> =>
      (await list(sandbox, {}, { headers: { 'response-id': ids[nth] ?? '' } })).status;
    expect(await pickUp(0)).toBe(202);
    clock.advance(500);
    expect(await pickUp(0)).toBe(200);
    expect(await pickUp(1)).toBe(202);
    clock.advance(500);
    expect(await pickUp(1)).toBe(200);
    clock.advance(500);
    expect(await pickUp(2)).toBe(200);
  });

  it('recovers while nobody calls', async () => {
    const clock = createManualClock();
    const sandbox = await openSandbox({ subjects: 2, clock, fairUse });
    await times(9, () => list(sandbox));
    clock.advance(500);
    expect(await times(2, () => list(sandbox))).toEqual([202, 503]);
    clock.advance(10_000);
    expect(await times(6, () => list(sandbox))).toEqual([...repeat(200, 5), 202]);
  });

  it('is on with a burst of 1000 where the rate limit is on, and off where that is off', async () => {
    const on = await openSandbox({ subjects: 2, rateLimit: 10 });
    expect(on.control.settings().fairUse).toEqual({ burst: 1000, perSecond: 2, backlog: 60 });
    expect(on.control.configure({ rateLimit: false }).fairUse).toBe(false);
    const off = await openSandbox({ subjects: 2, rateLimit: 10, fairUse: false });
    expect(off.control.settings()).toMatchObject({ rateLimit: 10, fairUse: false });
    expect(off.control.configure({ fairUse: { burst: 7 } }).fairUse).toEqual({ burst: 7, perSecond: 2, backlog: 60 });
  });

  it('lets a thousand calls pass and then slows down', async () => {
    const clock = createManualClock();
    const sandbox = await openSandbox({ subjects: 2, clock, fairUse: true });
    const statuses: number[] = [];
    for (let i = 0; i < 53; i++)
      statuses.push(
        ...(await Promise.all(Array.from({ length: 20 }, () => list(sandbox)))).map(({ status }) => status),
      );
    expect(statuses.slice(0, 1000)).toEqual(repeat(200, 1000));
    expect(statuses.slice(1000)).toEqual(repeat(202, 60));
    expect((await list(sandbox)).status).toBe(503);
  });

  it('leaves the token endpoint alone and is forgotten by a reset', async () => {
    const sandbox = await openSandbox({ subjects: 2, clock: createManualClock(), fairUse: { burst: 1, backlog: 0 } });
    expect(await times(2, () => list(sandbox))).toEqual([200, 503]);
    const login = {
      grant_type: 'password',
      username: 'administrator@sandbox.example',
      password: 'sandbox-administrator',
    };
    expect((await post(sandbox, login)).status).toBe(200);
    sandbox.control.reset();
    expect((await list(sandbox)).status).toBe(200);
  });
});
