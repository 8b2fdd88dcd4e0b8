import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const longestTimerMs = 2 ** 31 - 1;
const yearsMs = 3 * longestTimerMs + 5;

describe('a timer that is longer than one of Node may be', () => {
  it('fires when its time has come, and not at once', () => {
    let fired = 0;
    systemClock.after(yearsMs, () => fired++);
    vi.advanceTimersByTime(yearsMs - 1);
    expect(fired).toBe(0);
    vi.advanceTimersByTime(1);
    expect(fired).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([0, longestTimerMs, 2 * longestTimerMs + 1])(
    'can be cancelled after %s ms, and leaves nothing',
    (afterMs) => {
      let fired = 0;
      const cancel = systemClock.after(yearsMs, () => fired++);
      vi.advanceTimersByTime(afterMs);
      cancel();
      expect(vi.getTimerCount()).toBe(0);
      vi.advanceTimersByTime(yearsMs);
      expect(fired).toBe(0);
    },
  );
});
