import { readFileSync, writeFileSync } from 'node:fs';

// Loaded before a server under test (`--import`): how long its event loop was held in one stretch, in processor time of the main thread, because others use the
// machine too. The signal begins to look, and again ends it: then the longest stretch stands in the file that the environment names.

const file = process.env['BENCH_STRETCHES'];

/** Processor time of the thread that asks. */
const cpuMs = (): number => Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ', 1)[0]) / 1_000_000;

let longestMs: number | undefined;
let turnMs = 0;

/** Once in each turn of the loop, which does not sleep meanwhile. */
const look = (): void => {
  if (longestMs === undefined) return;
  const nowMs = cpuMs();
  longestMs = Math.max(longestMs, nowMs - turnMs);
  turnMs = nowMs;
  setImmediate(look);
};

process.on('SIGUSR2', () => {
  if (file === undefined) return;
  if (longestMs !== undefined) {
    writeFileSync(file, String(longestMs));
    longestMs = undefined;
    return;
  }
  writeFileSync(file, '');
  longestMs = 0;
  turnMs = cpuMs();
  look();
});
