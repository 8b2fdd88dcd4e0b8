import type { Signal } from './abort.ts';

/** The one door to time. Everything that waits or expires takes a `Clock`, so that tests can turn it by hand. */
export interface Clock {
  /** Milliseconds; only differences and comparisons with other readings of the same clock mean anything. */
  nowMs(): number;
  /** Calls back once after `delayMs`. The answer cancels it, and may be called at any time and repeatedly. */
  after(delayMs: number, callback: () => void): () => void;
}

/** Wall-clock time, so that readings can be compared between replicas. Its timers keep the process alive. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, callback) {
    if (delayMs > longestTimerMs) return afterLong(delayMs, callback);
    const timer = setTimeout(callback, Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
};

/** A longer timer of Node's fires at once. */
const longestTimerMs = 2 ** 31 - 1;

const afterLong = (delayMs: number, callback: () => void): (() => void) => {
  let cancel = systemClock.after(longestTimerMs, () => {
    cancel = systemClock.after(delayMs - longestTimerMs, callback);
  });
  return () => cancel();
};

/** Waits for `delayMs`; rejects with the signal's reason as soon as it aborts, and leaves no timer behind. */
export const sleep = (clock: Clock, delayMs: number, signal: Signal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
