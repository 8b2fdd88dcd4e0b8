import { parentPort, workerData } from 'node:worker_threads';
import { Client } from 'undici';
import type { Health } from './health.ts';

const everyMs = 100;

const times: number[] = [];
let failed = 0;
const state = { isOver: false };
const client = new Client(workerData as string);

const watch = async (): Promise<Health> => {
  while (!state.isOver) {
    const beganMs = performance.now();
    try {
      const { statusCode, body } = await client.request({ path: '/healthz', method: 'GET' });
      await body.dump();
      if (statusCode !== 200) failed++;
    } catch {
      failed++;
    }
    times.push(performance.now() - beganMs);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  await client.destroy();
  times.sort((a, b) => a - b);
  const at = (part: number): number => times[Math.floor(part * (times.length - 1))] ?? 0;
  return { answers: times.length, medianMs: at(0.5), p99Ms: at(0.99), longestMs: at(1), failed };
};

parentPort?.once('message', () => {
  state.isOver = true;
});
void watch().then((health) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread of this process has none.
  parentPort?.postMessage(health);
});
