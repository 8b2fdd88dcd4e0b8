import { createTurns } from '../../src/platform/turns.ts';

/** Turns of 10 ms on a clock that work moves by hand. */
export const createManualTurns = () => {
  let timeMs = 0;
  const nowMs = (): number => timeMs;
  const turns = createTurns({ sliceMs: 10, nowMs });
  const spend = (ms: number): void => {
    timeMs += ms;
  };
  return { turns, spend, nowMs };
};

/** How many turns of the loop begin until something is done. Fails as that does. */
export const turnsUntil = async (done: Promise<unknown>): Promise<number> => {
  let count = 0;
  await watchTurns(done, () => count++);
  return count;
};

/** The most work between two looks at the loop until something is done, by a clock that work moves. Fails as that does. */
export const longestStretch = async (done: Promise<unknown>, nowMs: () => number): Promise<number> => {
  let longestMs = 0;
  let beganAtMs = nowMs();
  await watchTurns(done, () => {
    longestMs = Math.max(longestMs, nowMs() - beganAtMs);
    beganAtMs = nowMs();
  });
  return longestMs;
};

const watchTurns = async (done: Promise<unknown>, onTurn: () => void): Promise<void> => {
  const state = { isDone: false };
  const mark = () => {
    state.isDone = true;
  };
  void done.then(mark, mark);
  while (!state.isDone) {
    await new Promise((resolve) => setImmediate(resolve));
    onTurn();
  }
  await done;
};
