import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createGateway, type GatewaySettings } from '../../src/index.ts';

// Runs in a process of its own: what the test's own process does, or the sandbox in it, must not count as the gateway's.
// What it is started with, as JSON in its first argument, are the gateway's settings.

/** What the process is asked. */
export type Order = 'start measuring' | 'stop measuring' | 'collect garbage';

/** What it tells: first where it is, then one of these for each order. */
export interface Started {
  readonly url: string;
}
export interface Measured {
  /**
   * Longest stretch, since measuring began, in which the loop came to nothing else, in milliseconds of work: on a machine that others use as well, time
   * in which this process was not let run says nothing about it. By the clock where the system does not tell.
   */
  readonly longestStretchMs: number;
  /** The same by the clock. */
  readonly longestDelayMs: number;
  /** The most that the process had resident at any time since it began. */
  readonly peakBytes: number;
  /** What is held, on the heap and beside it. What is still needed, after all garbage was collected. */
  readonly heldBytes: number;
}

const settings = JSON.parse(process.argv[2] ?? '{}') as GatewaySettings;
const gateway = createGateway({ port: 0, rateLimit: 1000, ...settings });
const { origin } = new URL(await gateway.listen());

/** Milliseconds that the thread of the loop has worked. Linux tells it to the nanosecond. */
const workedMs = (): number => {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
};

const delay = monitorEventLoopDelay({ resolution: 1 });
let timer: NodeJS.Timeout | undefined;
let lastMs = 0;
let longestStretchMs = 0;
const look = (): void => {
  const nowMs = workedMs();
  longestStretchMs = Math.max(longestStretchMs, nowMs - lastMs);
  lastMs = nowMs;
};

process.on('message', (order: Order) => {
  if (order === 'stop measuring') {
    look();
    clearInterval(timer);
    delay.disable();
  }
  const longestDelayMs = delay.max / 1e6;
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  // Only the youngest garbage before measuring begins: sweeping what a whole collection has found goes on long after it, in the time of whatever comes next.
  if (order === 'start measuring') globalThis.gc?.({ type: 'minor' });
  if (order === 'collect garbage') globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ longestStretchMs, longestDelayMs, peakBytes, heldBytes: heapUsed + external } satisfies Measured);
  if (order === 'start measuring') {
    delay.reset();
    delay.enable();
    lastMs = workedMs();
    longestStretchMs = 0;
    timer = setInterval(look, 1);
  }
});
process.once('disconnect', () => process.exit());
process.send?.({ url: origin } satisfies Started);
