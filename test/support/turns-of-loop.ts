import { createTurns } from '../../src/platform/turns.ts';

/** Turns of 10 ms on a clock that work moves by hand. */
export const createManualTurns = () => {
  let nowMs = 0;
  const turns = createTurns({ sliceMs: 10, nowMs: () => nowMs });
  return { turns, spend: (ms: number): number => (nowMs += ms) };
};

/** How many turns of the loop begin until something is done. Fails as that does. */
export const turnsUntil = async (done: Promise<unknown>): Promise<number> => {
  const state = { isDone: false };
  const mark = () => {
    state.isDone = true;
  };
  void done.then(mark, mark);
  let count = 0;
  for (; !state.isDone; count++) await new Promise((resolve) => setImmediate(resolve));
  await done;
  return count;
};
