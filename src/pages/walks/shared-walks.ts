import type { Operation } from '../../model/operation.ts';
import { keyPart } from '../../platform/key-part.ts';
import { ListWalk, type WalkedList, type WalkParts } from './list-walk.ts';
import type { Kept, MemoryStore } from '../memory-store.ts';
import type { PagedList } from '../paged-list.ts';

/** Whole lists, read page by page once for all who want them at the same time. */
export interface SharedWalks<Question, Item> {
  /**
   * The whole list, none of it older than the credential's last known change. Answered at once where a walk has ended not long ago; else
   * joins the walk under way, or goes on where one stopped because nobody waited: nothing that was read is read again. An operation that
   * bypasses the cache walks by itself, and others may join it.
   *
   * Fails with `CALL_BUDGET_EXCEEDED` where the list is longer than a walk may be, or larger than memory: at the first page where that says how
   * long the list is. With `UPSTREAM_PENDING` and how far the walk is where the operation's deadline passes first: who asks next finds it there.
   */
  read(question: Question, operation: Operation): Promise<WalkedList<Item>>;
  /** The whole list where `read` would answer at once; counts as served from cache. */
  known(question: Question, operation: Operation): WalkedList<Item> | undefined;
  /**
   * The last whole list, however old, unless the credential has changed something since; for lists that are renewed in the background (`keepMs`). Not for an
   * operation that bypasses the cache. Counts as served from cache.
   */
  last(question: Question, operation: Operation): WalkedList<Item> | undefined;
}

interface SharedWalksOptions<Question, Item> extends WalkParts<Question, Item> {
  readonly list: Pick<PagedList<Question, Item>, 'questionKey'>;
  readonly memory: MemoryStore;
}

/** How long a walk that nobody waits for is kept at least: longer than a client that was told to ask again takes to do so. */
const minPauseMs = 60_000;

/** The walks of one list of one credential. */
interface Walks<Question, Item> {
  /** The last that came to its end. */
  whole?: IdleWalk<Question, Item> | undefined;
  /** The last that was begun and has not come to its end. */
  current?: ListWalk<Question, Item> | undefined;
  /** The current one, where nobody works on it. */
  paused?: IdleWalk<Question, Item> | undefined;
}

export const createSharedWalks = <Question, Item>(
  options: SharedWalksOptions<Question, Item>,
): SharedWalks<Question, Item> => {
  const { list, memory, clock, ttlMs, keepMs = 0 } = options;
  const all = new Map<string, Walks<Question, Item>>();

  const open = (key: string): Walks<Question, Item> => {
    let walks = all.get(key);
    if (walks === undefined) all.set(key, (walks = {}));
    return walks;
  };

  const resume = (idle: IdleWalk<Question, Item> | undefined): void => {
    if (idle === undefined) return;
    idle.isResumed = true;
    memory.drop(idle);
  };

  const drop = (idle: IdleWalk<Question, Item> | undefined): void => {
    if (idle !== undefined) memory.drop(idle);
  };

  const begin = (key: string, question: Question, starter: Operation): ListWalk<Question, Item> =>
    new ListWalk(options, question, starter, (walk) => {
      const walks = open(key);
      const tidy = () => {
        if (walks.whole === undefined && walks.current === undefined && all.get(key) === walks) all.delete(key);
      };
      if (walks.current !== walk) {
        // A newer one has taken its place: it was only for those who waited.
        walk.reset();
      } else if (walk.whole === undefined) {
        const expiresAtMs = clock.nowMs() + Math.max(ttlMs, minPauseMs);
        walks.paused = new IdleWalk(walk, expiresAtMs, () => {
          if (walks.current === walk) walks.current = walks.paused = undefined;
          tidy();
        });
        memory.hold(walks.paused);
      } else {
        const before = walks.whole;
        const expiresAtMs = Math.max(walk.whole.freshUntilMs, clock.nowMs() + keepMs);
        const idle = new IdleWalk(walk, expiresAtMs, () => {
          if (walks.whole === idle) walks.whole = undefined;
          tidy();
        });
        // It takes its place before the other goes: walks of which none is left are forgotten, and nobody would find this one.
        walks.current = undefined;
        walks.whole = idle;
        drop(before);
        memory.hold(idle);
      }
      tidy();
    });

  const keyOf = (question: Question, { caller }: Operation): string =>
    keyPart(caller?.credentialKey) + keyPart(list.questionKey(question));

  const serveKept = (question: Question, operation: Operation, isAnyAge: boolean): WalkedList<Item> | undefined => {
    const walk = all.get(keyOf(question, operation))?.whole?.walk;
    const whole = walk?.whole;
    if (whole === undefined || walk?.mayServe(operation) !== true) return undefined;
    if (!isAnyAge && whole.freshUntilMs <= clock.nowMs()) return undefined;
    walk.serve(operation, whole, isAnyAge);
    return whole;
  };

  const known: SharedWalks<Question, Item>['known'] = (question, operation) => serveKept(question, operation, false);

  return {
    known,
    last: (question, operation) => serveKept(question, operation, true),
    async read(question, operation) {
      const whole = known(question, operation);
      if (whole !== undefined) return whole;
      const key = keyOf(question, operation);
      const walks = open(key);
      let walk = walks.current;
      if (walk?.mayServe(operation) === true) {
        resume(walks.paused);
      } else {
        drop(walks.paused);
        walk = begin(key, question, operation);
      }
      walks.paused = undefined;
      walks.current = walk;
      // What was dropped may have been all that there was.
      all.set(key, walks);
      return walk.wait(operation);
    },
  };
};

/** A walk that nobody works on. */
class IdleWalk<Question, Item> implements Kept {
  readonly walk: ListWalk<Question, Item>;
  readonly credentialKey: string;
  readonly sizeBytes: number;
  readonly expiresAtMs: number;
  storeKey: number | undefined;
  /** Somebody works on it again: it keeps its pages. */
  isResumed = false;
  readonly #onGone: () => void;

  constructor(walk: ListWalk<Question, Item>, expiresAtMs: number, onGone: () => void) {
    this.walk = walk;
    this.credentialKey = walk.credentialKey;
    this.sizeBytes = walk.sizeBytes;
    this.expiresAtMs = expiresAtMs;
    this.#onGone = onGone;
  }

  dropped(): void {
    if (this.isResumed) return;
    this.walk.reset();
    this.#onGone();
  }
}
