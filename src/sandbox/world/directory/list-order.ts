/**
 * The order of a list of `count` slots: each comes once, neighbours lie far apart, and nothing about it follows from what
 * is in the slots. Upstream promises no order, and parents must not happen to come before their children.
 */
export const inListOrder = function* (count: number): Generator<number> {
  if (count === 0) return;
  let step = Math.max(1, Math.floor(count * 0.618));
  while (commonDivisor(step, count) !== 1) step++;
  for (let i = 0, slot = Math.floor(count / 3); i < count; i++, slot = (slot + step) % count) yield slot;
};

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));
