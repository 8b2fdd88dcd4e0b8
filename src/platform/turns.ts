import { AsyncResource } from 'node:async_hooks';
import { RenewedMap } from './renewed.ts';

/**
 * Keeps long work from holding the event loop: work that may take long looks now and then whether the turn is over, and where it is, waits for
 * another one. Between turns the loop comes to everything else. One for all long work of a process, because there is one loop.
 */
export interface Turns {
  /** Whether all work of this turn of the loop together has taken its time. Costs a look at the time. */
  isOver(): boolean;
  /**
   * Calls back in a later turn. Owners come in turn, and those that have hardly waited so far come before the others, unless there were many of them. Of one owner, what began to wait while it was called back comes first, in the order in which it
   * began to: the inside of a thing before what is around it.
   */
  wait(owner: object, resume: () => void): void;
  /** Whether anything of an owner waits for a turn. */
  isWaiting(owner: object): boolean;
  /** Calls back as soon as nothing of an owner waits any more; at once, where nothing does. For whoever gathers what all of its work asks for. */
  whenIdle(owner: object, callback: () => void): void;
}

interface TurnsOptions {
  /** How long a turn may be, in milliseconds. Default: 5. */
  readonly sliceMs?: number;
  /** Milliseconds that only grow. Default: the system's. */
  readonly nowMs?: () => number;
}

/** What one owner waits for. */
interface Waiting {
  /** The next one is the last. */
  readonly inside: (() => void)[];
  /** The next one is at `first`. */
  arrived: (() => void)[];
  first: number;
  readonly idle: (() => void)[];
}

/** Whoever has begun to wait so often has long work: what is short, such as a lookup that met somebody else's long work, comes before it. */
const waitsOfNewcomers = 8;
/** So many turns of newcomers one after the other, and the others have one: they must not stand still, however many come. */
const turnsOfNewcomers = 3;

/** Short enough that a few turns one after the other are not noticed, long enough that looking at the time costs nothing beside it. */
const usualSliceMs = 5;

export const createTurns = ({ sliceMs = usualSliceMs, nowMs = () => performance.now() }: TurnsOptions = {}): Turns => {
  /** In the order in which they come. */
  const owners = new RenewedMap<object, Waiting>();
  /** Come before those, once: what is left of theirs then waits among them. */
  const newcomers = new RenewedMap<object, Waiting>();
  const waitsBegun = new WeakMap<object, number>();
  let newcomersTurns = 0;
  let startedAtMs: number | undefined;
  let isScheduled = false;
  /** Whose turn it is now. */
  let current: { readonly owner: object; readonly waiting: Waiting } | undefined;
  let isCallingBack = false;
  /** What began to wait since the callback that runs now was called. */
  let begun: (() => void)[] = [];

  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(nextTurn);
  };

  const knownOf = (owner: object): Waiting | undefined =>
    current?.owner === owner ? current.waiting : (owners.get(owner) ?? newcomers.get(owner));

  const waitingOf = (owner: object): Waiting => {
    const known = knownOf(owner);
    if (known !== undefined) return known;
    const begunSoFar = waitsBegun.get(owner) ?? 0;
    waitsBegun.set(owner, begunSoFar + 1);
    const waiting: Waiting = { inside: [], arrived: [], first: 0, idle: [] };
    (begunSoFar < waitsOfNewcomers ? newcomers : owners).set(owner, waiting);
    return waiting;
  };

  const isOver = (): boolean => {
    if (startedAtMs === undefined) {
      startedAtMs = nowMs();
      schedule();
      return false;
    }
    return nowMs() - startedAtMs >= sliceMs;
  };

  const nextTurn = (): void => {
    isScheduled = false;
    startedAtMs = undefined;
    if (owners.size + newcomers.size === 0) return;
    isOver();
    // Were those with long work among them, one of these could take the turn, and who has hardly waited would wait again.
    const isNewcomersTurn = newcomers.size > 0 && (owners.size === 0 || newcomersTurns < turnsOfNewcomers);
    newcomersTurns = isNewcomersTurn ? newcomersTurns + 1 : 0;
    goThrough(isNewcomersTurn ? newcomers : owners);
  };

  /** Calls back one of a line. The next one when all that this one led to is done: what waited for a promise goes on behind its callback. */
  const goThrough = (line: RenewedMap<object, Waiting>): void => {
    current ??= nextOf(line);
    if (current === undefined) return;
    const { owner, waiting } = current;
    isCallingBack = true;
    take(waiting)?.();
    isCallingBack = false;
    waiting.inside.push(...begun.reverse());
    begun = [];
    if (isEmpty(waiting)) {
      current = undefined;
      for (const callback of waiting.idle) callback();
    }
    behindPromises(() => {
      if (!isOver()) return goThrough(line);
      // To the end of the line.
      if (current !== undefined) owners.set(owner, waiting);
      current = undefined;
    });
  };

  return {
    isOver,
    wait(owner, resume) {
      if (isCallingBack && current?.owner === owner) begun.push(resume);
      else waitingOf(owner).arrived.push(resume);
      schedule();
    },
    isWaiting: (owner) => knownOf(owner) !== undefined,
    whenIdle(owner, callback) {
      const waiting = knownOf(owner);
      if (waiting === undefined) callback();
      // As part of what it goes on for, so that its spans stand below that one's.
      else waiting.idle.push(AsyncResource.bind(callback));
    },
  };
};

/**
 * A turn for work that comes next: undefined where this one is not over, and the work may be done at once. To be asked for right before it, and awaited only where there is one: of many who
 * wait for the same promise, whoever lets even that go by looks at the time before any of the others has worked.
 */
export const turnFor = (turns: Pick<Turns, 'isOver' | 'wait'>, owner: object): Promise<void> | undefined =>
  turns.isOver() ? new Promise((resolve) => turns.wait(owner, resolve)) : undefined;

/** Takes the first out of a line. */
const nextOf = (
  line: RenewedMap<object, Waiting>,
): { readonly owner: object; readonly waiting: Waiting } | undefined => {
  for (const [owner, waiting] of line) {
    line.delete(owner);
    return { owner, waiting };
  }
  return undefined;
};

/** Calls back in this turn of the loop, as soon as no promise that is settled by now has anything left to do. */
const behindPromises = (callback: () => void): void => queueMicrotask(() => process.nextTick(callback));

const take = (waiting: Waiting): (() => void) | undefined => {
  const inside = waiting.inside.pop();
  if (inside !== undefined) return inside;
  const next = waiting.arrived[waiting.first];
  if (next === undefined) return undefined;
  waiting.first++;
  if (waiting.first === waiting.arrived.length) {
    waiting.arrived = [];
    waiting.first = 0;
  }
  return next;
};

const isEmpty = ({ inside, arrived }: Waiting): boolean => inside.length === 0 && arrived.length === 0;
