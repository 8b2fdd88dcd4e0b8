/** The sandbox's own door to time. Any object of this shape can be handed in, so that a test turns one clock for all. */
export interface SandboxClock {
  nowMs(): number;
  /** Calls back once after `delayMs`. The answer cancels it, and may be called at any time and repeatedly. */
  after(delayMs: number, callback: () => void): () => void;
}

/** Wall-clock time. */
export const wallClock: SandboxClock = {
  nowMs: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Waits. Settles early, with false, as soon as the signal aborts. */
export const pause = (clock: SandboxClock, delayMs: number, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal.aborted || delayMs <= 0) {
      resolve(!signal.aborted);
      return;
    }
    const leave = () => {
      cancel();
      resolve(false);
    };
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener('abort', leave);
      resolve(true);
    });
    signal.addEventListener('abort', leave, { once: true });
  });
