import type { Operation } from '../model/operation.ts';
import type { Turns } from '../platform/turns.ts';

/**
 * A turn to look through one page, asked for right before it: undefined where that may be done at once. Whoever walks over kept pages goes from one to
 * the next without ever waiting for anything, thousands may wait for the same page, and each looks at a thousand subjects on it.
 */
export type TakeTurn = () => Promise<void> | undefined;

/** The turns of one operation among those of all. */
export const turnsOf = (turns: Turns, operation: Operation): TakeTurn => {
  const laterTurn = async (): Promise<void> => {
    do await new Promise<void>((resolve) => turns.wait(operation, resolve));
    while (turns.isOver());
  };
  return () => (turns.isOver() ? laterTurn() : undefined);
};
