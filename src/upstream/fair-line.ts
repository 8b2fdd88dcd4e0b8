/**
 * A waiting line that serves its lanes in turn, one item each, and each lane in its own order: a lane with a thousand items does not
 * hold up one with two.
 */
export interface FairLine<Item> {
  readonly size: number;
  /** How many are served before a newcomer of this lane, if nobody else comes. */
  ahead(laneKey: string): number;
  add(laneKey: string, item: Item): void;
  /** Takes out the item whose turn it is; its lane goes to the end. */
  next(): Item | undefined;
  /** Takes an item out before its turn. */
  remove(laneKey: string, item: Item): void;
  /** Everything that waits, in the order in which it would be served. */
  inTurn(): Item[];
}

export const createFairLine = <Item>(): FairLine<Item> => {
  // In the order in which lanes are served next; none is empty.
  const lanes = new Map<string, Item[]>();
  let size = 0;

  return {
    get size() {
      return size;
    },
    ahead(laneKey) {
      const own = lanes.get(laneKey)?.length ?? 0;
      let ahead = 0;
      for (const lane of lanes.values()) ahead += Math.min(lane.length, own + 1);
      return ahead;
    },
    add(laneKey, item) {
      const lane = lanes.get(laneKey);
      if (lane === undefined) lanes.set(laneKey, [item]);
      else lane.push(item);
      size++;
    },
    next() {
      const [first] = lanes;
      if (first === undefined) return undefined;
      const [laneKey, lane] = first;
      const item = lane.shift();
      size--;
      lanes.delete(laneKey);
      if (lane.length > 0) lanes.set(laneKey, lane);
      return item;
    },
    remove(laneKey, item) {
      const lane = lanes.get(laneKey) ?? [];
      const index = lane.indexOf(item);
      if (index < 0) return;
      lane.splice(index, 1);
      size--;
      if (lane.length === 0) lanes.delete(laneKey);
    },
    inTurn() {
      const order: Item[] = [];
      for (let round = 0; order.length < size; round++) {
        for (const lane of lanes.values()) order.push(...lane.slice(round, round + 1));
      }
      return order;
    },
  };
};
