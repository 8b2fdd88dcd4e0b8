import { afterEach, describe, expect, it } from 'vitest';
import { login } from '../../../src/upstream/credentials/login.ts';
import { windowMs } from '../../../src/upstream/rate-limit/sliding-window.ts';
import { createHarness, firstPage, refusalOf, steadyRandom, type Harness } from '../harness.ts';

let harness: Harness;
afterEach(() => harness.close());

const gapMs = windowMs / 10;

/** A token of another API user, whose login does not use up what is measured. */
const otherToken = async (): Promise<string> => {
  const { name: username, password } = harness.sandbox.users[1] ?? { name: '', password: '' };
  const { clock, sandbox } = harness;
  const tokens = await clock.run(
    login({ username, password, tokenUrl: sandbox.tokenUrl, clock, random: steadyRandom() }),
  );
  sandbox.clearTranscript();
  return tokens.accessToken;
};

/** Somebody who asks for one page after the other, in so many operations at once, until told to stop. */
const walk = (operations: number, token?: string) => {
  const state = { isOver: false };
  const work = Array.from({ length: operations }, async () => {
    const operation = harness.operation({
      timeoutMs: 600_000,
      maxCalls: 10_000,
      ...(token !== undefined && { token }),
    });
    while (!state.isOver) await harness.upstream.fetchPage(firstPage, operation).catch(() => {});
  });
  return {
    stop: async () => {
      state.isOver = true;
      await harness.clock.run(Promise.all(work));
    },
  };
};

/** How long single questions wait, one every so often. */
const measure = async (times: number, everyMs: number, token?: string): Promise<number[]> => {
  const took: number[] = [];
  for (let i = 0; i < times; i++) {
    await harness.clock.pass(everyMs);
    const startedAtMs = harness.clock.nowMs();
    await harness.fetch(harness.operation(token === undefined ? {} : { token }));
    took.push(harness.clock.nowMs() - startedAtMs);
  }
  return took;
};

/** The most calls that upstream saw in any one second. */
const busiestSecond = (): number => {
  const times = harness.sandbox.transcript().map(({ atMs }) => atMs);
  return Math.max(...times.map((fromMs) => times.filter((atMs) => atMs >= fromMs && atMs < fromMs + 1000).length));
};

describe('beside a caller who walks everything in 40 operations', () => {
  it('a lookup of another waits for two slots at most, and the walk loses no others', async () => {
    harness = await createHarness();
    const token = await otherToken();
    const walker = walk(40);
    // The first may come while the walk has the whole second; from then on slots come one by one.
    const [first = 0, ...took] = await measure(20, 730, token);
    expect(first).toBeLessThanOrEqual(windowMs + 3 * gapMs);
    expect(Math.max(...took)).toBeLessThanOrEqual(2 * gapMs);
    expect(busiestSecond()).toBeLessThanOrEqual(10);
    const startedAtMs = harness.clock.nowMs();
    harness.sandbox.clearTranscript();
    await harness.clock.pass(10 * windowMs);
    expect(harness.sandbox.transcript().length).toBeGreaterThanOrEqual(95);
    expect(harness.clock.nowMs() - startedAtMs).toBe(10 * windowMs);
    await walker.stop();
  });

  it('a lookup through another API key of the same API user waits no longer', async () => {
    harness = await createHarness({}, { service: true });
    const walker = walk(40);
    const took: number[] = [];
    for (let i = 0; i < 10; i++) {
      await harness.clock.pass(730);
      const startedAtMs = harness.clock.nowMs();
      await harness.fetch(harness.operation({ name: 'another' }));
      took.push(harness.clock.nowMs() - startedAtMs);
    }
    expect(Math.max(...took.slice(1))).toBeLessThanOrEqual(2 * gapMs);
    await walker.stop();
  });
});

describe('fifty made-up tokens', () => {
  it('use no more than the address may, and leave a caller whom upstream knows its slots', async () => {
    harness = await createHarness();
    await harness.fetch(harness.operation());
    const state = { made: 0, isOver: false };
    const attackers = Array.from({ length: 50 }, async () => {
      while (!state.isOver) {
        const token = `made-up-${++state.made}`;
        await refusalOf(harness.upstream.fetchPage(firstPage, harness.operation({ token })));
      }
    });
    const took = await measure(20, 730);
    expect(Math.max(...took)).toBeLessThanOrEqual(windowMs + 2 * gapMs);
    expect(took.filter((ms) => ms > 2 * gapMs).length).toBeLessThanOrEqual(1);
    expect(busiestSecond()).toBeLessThanOrEqual(10);
    expect(harness.sandbox.transcript().some(({ status }) => status === 429)).toBe(false);
    state.isOver = true;
    await harness.clock.run(Promise.all(attackers));
  });

  it('do not shut out somebody who comes for the first time', async () => {
    harness = await createHarness();
    const token = await otherToken();
    const walker = walk(40);
    await harness.clock.pass(5000);
    const attackers = Array.from({ length: 50 }, (_, i) =>
      refusalOf(harness.upstream.fetchPage(firstPage, harness.operation({ token: `made-up-${i}` }))),
    );
    // One slot in ten goes to those whom upstream does not know yet, in turn: theirs comes behind the fifty.
    const startedAtMs = harness.clock.nowMs();
    await harness.fetch(harness.operation({ token }));
    expect(harness.clock.nowMs() - startedAtMs).toBeLessThanOrEqual(52 * 10 * gapMs);
    // Known now, it is served like the walk.
    const took = await measure(5, 730, token);
    expect(Math.max(...took)).toBeLessThanOrEqual(2 * gapMs);
    await harness.clock.run(Promise.all(attackers));
    await walker.stop();
  });

  it('are answered at once when they come again', async () => {
    harness = await createHarness();
    const ask = (i: number) =>
      refusalOf(harness.upstream.fetchPage(firstPage, harness.operation({ token: `made-up-${i}` })));
    await harness.clock.run(Promise.all(Array.from({ length: 20 }, (_, i) => ask(i))));
    const startedAtMs = harness.clock.nowMs();
    await Promise.all(Array.from({ length: 10 }, (_, i) => ask(19 - i)));
    expect(harness.clock.nowMs()).toBe(startedAtMs);
    expect(harness.sandbox.transcript()).toHaveLength(20);
  });
});
