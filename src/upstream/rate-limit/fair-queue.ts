import { RenewedMap } from '../../platform/renewed.ts';

/**
 * A queue with lanes, and lanes within lanes. Lanes are served in turn, one item each, and the innermost ones in the order of arrival:
 * a lane with a thousand items does not hold up one with two. `keys` name an item's lane, outermost first, one for each level.
 */
export interface FairQueue<Item> {
  readonly size: number;
  /** How many are served before a newcomer of this lane, if nobody else comes. */
  ahead(keys: readonly string[]): number;
  add(keys: readonly string[], item: Item): void;
  /** Takes out the item whose turn it is; its lane goes to the end. */
  next(): Item | undefined;
  /** Takes an item out before its turn. */
  remove(keys: readonly string[], item: Item): void;
  /** Everything that waits, in the order in which it would be served. */
  inTurn(): Item[];
}

/** A queue with so many levels of lanes; with none it is a plain queue. */
export const createFairQueue = <Item>(levels: number): FairQueue<Item> =>
  levels === 0 ? createQueue() : createLanes(levels);

const createQueue = <Item>(): FairQueue<Item> => {
  const items: Item[] = [];
  return {
    get size() {
      return items.length;
    },
    ahead: () => items.length,
    add: (_keys, item) => void items.push(item),
    next: () => items.shift(),
    remove(_keys, item) {
      const index = items.indexOf(item);
      if (index >= 0) items.splice(index, 1);
    },
    inTurn: () => [...items],
  };
};

const createLanes = <Item>(levels: number): FairQueue<Item> => {
  // In the order in which they are served next; none is empty.
  const lanes = new RenewedMap<string, FairQueue<Item>>();
  let size = 0;

  return {
    get size() {
      return size;
    },
    ahead([key = '', ...inner]) {
      const own = lanes.get(key);
      const ownAhead = own?.ahead(inner) ?? 0;
      let ahead = ownAhead;
      for (const lane of lanes.values()) if (lane !== own) ahead += Math.min(lane.size, ownAhead + 1);
      return ahead;
    },
    add([key = '', ...inner], item) {
      let lane = lanes.get(key);
      if (lane === undefined) lanes.set(key, (lane = createFairQueue(levels - 1)));
      lane.add(inner, item);
      size++;
    },
    next() {
      const [first] = lanes;
      if (first === undefined) return undefined;
      const [key, lane] = first;
      const item = lane.next();
      size--;
      lanes.delete(key);
      if (lane.size > 0) lanes.set(key, lane);
      return item;
    },
    remove([key = '', ...inner], item) {
      const lane = lanes.get(key);
      if (lane === undefined) return;
      size -= lane.size;
      lane.remove(inner, item);
      size += lane.size;
      if (lane.size === 0) lanes.delete(key);
    },
    inTurn() {
      const waiting = [...lanes.values()].map((lane) => lane.inTurn());
      const order: Item[] = [];
      for (let round = 0; order.length < size; round++) {
        for (const items of waiting) order.push(...items.slice(round, round + 1));
      }
      return order;
    },
  };
};
