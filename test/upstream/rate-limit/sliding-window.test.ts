import { describe, expect, it } from 'vitest';
import {
  createRateWindow,
  slowMs,
  windowMs,
  type RateWindow,
} from '../../../src/upstream/rate-limit/sliding-window.ts';

/** Takes as often as the window lets, for as long as given, and answers when the slots came. */
const takeAll = async (window: RateWindow, key: string, fromMs: number, untilMs: number): Promise<number[]> => {
  const taken: number[] = [];
  for (let nowMs = fromMs; nowMs < untilMs;) {
    const waitMs = await window.take(key, nowMs);
    expect(waitMs).toBeGreaterThanOrEqual(0);
    if (waitMs === 0) taken.push(nowMs);
    nowMs += waitMs;
  }
  return taken;
};

/** The most slots in any one second. */
const busiestSecond = (taken: readonly number[]): number =>
  Math.max(0, ...taken.map((fromMs) => taken.filter((atMs) => atMs >= fromMs && atMs < fromMs + 1000).length));

describe('a rate window', () => {
  it('never has more slots than its limit in any second, however they are asked for', async () => {
    const window = createRateWindow({ limit: 10 });
    const taken: number[] = [];
    // Calls at odd times, then a burst: a fixed second would let 20 through here.
    for (let nowMs = 0; nowMs < 20_000; nowMs += 37) {
      if ((await window.take('a', nowMs)) === 0) taken.push(nowMs);
    }
    taken.push(...(await takeAll(window, 'a', 20_000, 30_000)));
    expect(busiestSecond(taken)).toBe(10);
    expect(taken.length).toBeGreaterThan(270);
  });

  it('gives the whole limit at once after a pause', async () => {
    const window = createRateWindow({ limit: 10 });
    await takeAll(window, 'a', 0, 1);
    expect((await takeAll(window, 'a', 5000, 5001)).length).toBe(10);
  });

  it('says exactly how long to wait', async () => {
    const window = createRateWindow({ limit: 2 });
    await window.take('a', 0);
    await window.take('a', 300);
    expect(await window.take('a', 400)).toBe(windowMs - 400);
    expect(await window.take('a', windowMs)).toBe(0);
    expect(await window.take('a', windowMs)).toBe(300);
  });

  it('counts a call from when it left, where it had to wait for a connection', async () => {
    const window = createRateWindow({ limit: 3 });
    for (const takenAtMs of [0, 0, 100]) await window.take('a', takenAtMs);
    window.leave?.('a', 0, 150);
    window.leave?.('a', 0, 160);
    // Of the first two, in whichever order; the third left at once.
    const free = await takeAll(window, 'a', 200, 3000);
    expect(busiestSecond([150, 160, 100, ...free])).toBe(3);
    expect(free.slice(0, 3)).toEqual([150 + windowMs, 160 + windowMs, 160 + windowMs]);
    window.leave?.('never seen', 0, 10);
  });

  it('keeps credentials apart', async () => {
    const window = createRateWindow({ limit: 1 });
    expect(await window.take('a', 0)).toBe(0);
    expect(await window.take('b', 0)).toBe(0);
    await window.penalize('a', 5000, 0);
    expect(await window.take('b', windowMs)).toBe(0);
    expect(await window.take('a', windowMs)).toBe(5000 - windowMs);
  });

  it('pauses, then goes on at half the pace, and recovers', async () => {
    const window = createRateWindow({ limit: 10 });
    await window.penalize('a', 3000, 0);
    expect(await window.take('a', 0)).toBe(3000);
    expect(await window.take('a', 2999)).toBe(1);
    expect(busiestSecond(await takeAll(window, 'a', 3000, 3000 + slowMs))).toBe(5);
    expect(busiestSecond(await takeAll(window, 'a', 3000 + slowMs + windowMs, 30_000))).toBe(10);
  });

  it('slows down once for complaints that come together, and again for the next', async () => {
    const window = createRateWindow({ limit: 8 });
    for (let i = 0; i < 8; i++) await window.penalize('a', 1000, i);
    expect(busiestSecond(await takeAll(window, 'a', 2000, 5000))).toBe(4);
    await window.penalize('a', 1000, 5000);
    expect(busiestSecond(await takeAll(window, 'a', 6000, 9000))).toBe(2);
    // It doubles step by step: 2, 4, 8.
    expect(busiestSecond(await takeAll(window, 'a', 18_000, 21_000))).toBe(4);
    expect(busiestSecond(await takeAll(window, 'a', 28_000, 31_000))).toBe(8);
  });

  it('never stops altogether', async () => {
    const window = createRateWindow({ limit: 10 });
    for (let i = 0; i < 20; i++) await window.penalize('a', 10, i * 100);
    expect((await takeAll(window, 'a', 2000, 2000 + slowMs)).length).toBeGreaterThan(8);
  });

  it('waits for one window at most when the wall clock is set back', async () => {
    const window = createRateWindow({ limit: 1 });
    await window.take('a', 3_600_000);
    expect(await window.take('a', 0)).toBe(0);
    await window.take('a', 10_000);
    expect(await window.take('a', 9900)).toBeLessThanOrEqual(windowMs + 100);
  });
});
