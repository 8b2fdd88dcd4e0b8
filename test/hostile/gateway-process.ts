import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createGateway, createSandbox, type GatewaySettings, type SandboxOptions } from '../../src/index.ts';

// Runs in a process of its own: what the test's own process does must not count as the gateway's.

/** What the process is started with, as JSON in its first argument. */
export interface GatewayProcessOptions {
  readonly settings?: GatewaySettings;
  readonly sandbox?: SandboxOptions;
}

/** What the process is asked. */
export type Order = 'start measuring' | 'stop measuring';

/** What it tells: first where it is, then one of these for each order. */
export interface Started {
  readonly url: string;
  readonly adminToken: string;
}
export interface Measured {
  /** Longest time, since measuring began, in which the loop came to nothing else. */
  readonly longestStretchMs: number;
  readonly residentBytes: number;
  /** What is still held after a collection of garbage, on the heap and beside it. */
  readonly keptBytes: number;
}

const { settings, sandbox: sandboxOptions } = JSON.parse(process.argv[2] ?? '{}') as GatewayProcessOptions;
const sandbox = await createSandbox({ rateLimit: false, fairUse: false, ...sandboxOptions });
const gateway = createGateway({
  port: 0,
  upstreamUrl: sandbox.url,
  tokenUrl: sandbox.tokenUrl,
  rateLimit: 1000,
  ...settings,
});
const { origin } = new URL(await gateway.listen());
const delay = monitorEventLoopDelay({ resolution: 1 });

process.on('message', (order: Order) => {
  if (order === 'start measuring') {
    delay.reset();
    delay.enable();
  } else {
    delay.disable();
  }
  const longestStretchMs = delay.max / 1e6;
  const residentBytes = process.memoryUsage.rss();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ longestStretchMs, residentBytes, keptBytes: heapUsed + external } satisfies Measured);
});
process.once('disconnect', () => process.exit());
process.send?.({ url: origin, adminToken: sandbox.adminToken } satisfies Started);
