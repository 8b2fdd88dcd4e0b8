import type { Signal } from './abort.ts';
import { createTurns, turnFor, type Turns } from './turns.ts';

/** Whose work it is, and where that waits for its turns. */
export interface TurnTaker {
  readonly owner: object;
  /** Default: turns of its own. It holds nobody up then, but does not know of other long work. */
  readonly turns?: Turns | undefined;
  /** Who waits for nothing any more takes no further turn: the work fails with the reason. Default: it goes on to its end. */
  readonly signal?: Signal | undefined;
}

/** The turns of an operation. */
export const turnsOf = (operation: { readonly turns?: Turns; readonly signal: Signal }): TurnTaker => ({
  owner: operation,
  turns: operation.turns,
  signal: operation.signal,
});

/** Does something with each item, one after the other, and waits for another turn of the loop wherever this one is over. Items may be made on the way. */
export const workInTurns = async <Item>(
  items: Iterable<Item>,
  { owner, turns = createTurns(), signal }: TurnTaker,
  work: (item: Item) => void,
): Promise<void> => {
  for (const item of items) {
    const turn = turnFor(turns, owner);
    if (turn !== undefined) {
      await turn;
      signal?.throwIfAborted();
    }
    work(item);
  }
};

/** So many are put in order, or moved, between two looks at the time: a fraction of a millisecond. */
const itemsAtOnce = 128;

/** A copy in order, equal items as they came, as `toSorted` makes it: merged in turns, because a million at once would hold everybody up for seconds. */
export const sortInTurns = async <Item>(
  items: readonly Item[],
  { owner, turns = createTurns(), signal }: TurnTaker,
  compare: (one: Item, other: Item) => number,
): Promise<readonly Item[]> => {
  const { length: count } = items;
  const taker = { owner, turns, signal };
  let from: Item[] = [];
  await workInTurns(steps(itemsAtOnce, count), taker, (start) => {
    from.push(...items.slice(start, start + itemsAtOnce).sort(compare));
  });
  for (let width = itemsAtOnce; width < count; width *= 2) {
    const merger = createMerger(from, width, compare);
    await workInTurns(steps(itemsAtOnce, count), taker, merger.moveSome);
    from = merger.merged;
  }
  return from;
};

function* steps(step: number, end: number): Generator<number> {
  for (let start = 0; start < end; start += step) yield start;
}

/** Merges neighbouring runs of a width, some items at a time. */
const createMerger = <Item>(from: readonly Item[], width: number, compare: (one: Item, other: Item) => number) => {
  const merged: Item[] = [];
  let [left, middle, right, end] = [0, 0, 0, 0];
  const moveOne = (): void => {
    if (merged.length === end) {
      left = end;
      right = middle = Math.min(left + width, from.length);
      end = Math.min(middle + width, from.length);
    }
    const takesLeft = right === end || (left < middle && compare(from[left] as Item, from[right] as Item) <= 0);
    merged.push(from[takesLeft ? left++ : right++] as Item);
  };
  const moveSome = (): void => {
    const stop = Math.min(merged.length + itemsAtOnce, from.length);
    while (merged.length < stop) moveOne();
  };
  return { merged, moveSome };
};
