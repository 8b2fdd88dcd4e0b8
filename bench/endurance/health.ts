import { Worker } from 'node:worker_threads';

/** How long a replica took to say that it is alive. */
export interface Health {
  readonly answers: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly longestMs: number;
  /** Answers that were none. */
  readonly failed: number;
}

/** Asks for `/healthz` ten times a second until it is stopped: in a thread of its own, because what loads the gateway is slow to see what it answers. */
export const watchHealth = (gatewayUrl: string): { stop(): Promise<Health> } => {
  const worker = new Worker(new URL('./health-worker.js', import.meta.url), { workerData: gatewayUrl });
  const told = new Promise<Health>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return {
    async stop() {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread of this process has none.
      worker.postMessage('stop');
      const health = await told;
      await worker.terminate();
      return health;
    },
  };
};
