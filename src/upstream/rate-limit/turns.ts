import { RenewedMap } from '../../platform/renewed.ts';

/** Lanes that are served in turn. Preferred ones go first, and yet the others are never shut out. */
export interface Turns<Lane> {
  readonly size: number;
  get(key: string): Lane | undefined;
  add(key: string, lane: Lane): void;
  delete(key: string): void;
  all(): Iterable<Lane>;
  /** The lane whose turn it is, of those that can be served now. It keeps its turn until `served`. */
  next(canBeServed: (lane: Lane) => boolean): Lane | undefined;
  /** The lane had its turn, and goes to the end. */
  served(key: string): void;
  /**
   * How many entries of other lanes are served before an entry that has `ahead` before it in its own lane, if each lane is served in turn and
   * nobody else comes. Holds as long as nothing changes.
   */
  countBefore(sizeOf: (lane: Lane) => number): (lane: Lane, ahead: number) => number;
}

/** Of so many turns one goes to a lane that is not preferred, however many preferred ones wait: somebody new must be able to become one of them. */
const turnsToEachNew = 10;

/** Lanes without anything; `isPreferred` may change its mind. */
export const createTurns = <Lane>(isPreferred: (lane: Lane) => boolean): Turns<Lane> => {
  // In the order in which they are served next.
  const lanes = new RenewedMap<string, Lane>();
  /** Turns of preferred lanes since one of the others had one, while others waited. */
  let passed = 0;

  return {
    get size() {
      return lanes.size;
    },
    get: (key) => lanes.get(key),
    add: (key, lane) => lanes.set(key, lane),
    delete: (key) => void lanes.delete(key),
    all: () => lanes.values(),
    next(canBeServed) {
      let preferred: Lane | undefined;
      let other: Lane | undefined;
      for (const lane of lanes.values()) {
        if ((preferred !== undefined && other !== undefined) || !canBeServed(lane)) continue;
        if (isPreferred(lane)) preferred ??= lane;
        else other ??= lane;
      }
      return preferred === undefined || (other !== undefined && passed >= turnsToEachNew - 1) ? other : preferred;
    },
    served(key) {
      const lane = lanes.get(key);
      if (lane === undefined) return;
      lanes.delete(key);
      lanes.set(key, lane);
      passed = isPreferred(lane) ? passed + 1 : 0;
    },
    countBefore(sizeOf) {
      const every = createRounds([...lanes.values()].map(sizeOf));
      const preferred = createRounds([...lanes.values()].filter(isPreferred).map(sizeOf));
      return (lane, ahead) => {
        const rounds = isPreferred(lane) ? preferred : every;
        return rounds(ahead + 1) - Math.min(sizeOf(lane), ahead + 1);
      };
    },
  };
};

/** How many entries lanes of these sizes have in their first so many rounds. */
const createRounds = (sizes: readonly number[]): ((rounds: number) => number) => {
  const sorted = [...sizes].sort((one, other) => one - other);
  const sums = [0];
  for (const size of sorted) sums.push((sums.at(-1) ?? 0) + size);
  return (rounds) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? 0) <= rounds) low = middle + 1;
      else high = middle;
    }
    return (sums[low] ?? 0) + (sorted.length - low) * rounds;
  };
};
