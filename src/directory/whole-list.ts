import type { Operation } from '../model/operation.ts';
import type { Page } from '../model/page.ts';
import type { OpenList } from '../pages/create-pages.ts';
import type { WalkedList } from '../pages/walks/list-walk.ts';
import type { SharedWalks } from '../pages/walks/shared-walks.ts';
import { type MaybePromise, onceSettledFor } from '../platform/maybe-promise.ts';
import { workInTurns } from '../platform/work-in-turns.ts';
import { ShardedMap } from './sharded-map.ts';

/** A list of the directory that is read to its end, because upstream offers no way to ask for what is wanted of it. */
export interface WholeList<Question, Item> {
  /** Every item, each once however often its row came. One walk serves all who want it at the same time, and those after it. Fails as a walk does. */
  read(question: Question, operation: Operation): Promise<readonly Item[]>;
  /** The same where it costs no wait for upstream; undefined where it would. */
  known(question: Question, operation: Operation): MaybePromise<readonly Item[]> | undefined;
  /** The page after those that are kept from the list's start, the first where none is; it is kept as every page is. Fails as a call does. */
  readOn(question: Question, operation: Operation): Promise<Page<Item>>;
  isFirstPageKept(question: Question, operation: Operation): boolean;
  /** How many calls `read` would cost, about; undefined where nobody knows how long the list is. For choosing between plans only. */
  costOf(question: Question, operation: Operation): number | undefined;
}

export interface WholeListOptions<Question, Item> {
  readonly list: OpenList<Question, Item>;
  readonly walks: SharedWalks<Question, Item>;
  /** Tells rows apart. */
  readonly keyOf: (item: Item) => string;
  readonly pageSize: number;
}

export const createWholeList = <Question, Item>(
  options: WholeListOptions<Question, Item>,
): WholeList<Question, Item> => {
  const { list, walks, keyOf, pageSize } = options;
  // A walk is read once, however many ask for it.
  const itemsOf = onceSettledFor((walked: WalkedList<Item>) => withoutRepeats(walked, keyOf));

  return {
    read: async (question, operation) => itemsOf(await walks.read(question, operation)),
    known(question, operation) {
      const walked = walks.known(question, operation);
      return walked && itemsOf(walked);
    },
    readOn(question, operation) {
      const pageToken = list.cache?.walkOf(question, operation).nextPageToken;
      return list.source.fetchPage({ question, pageSize, ...(pageToken !== undefined && { pageToken }) }, operation);
    },
    isFirstPageKept: (question, operation) => (list.cache?.walkOf(question, operation).pages.length ?? 0) > 0,
    costOf(question, operation) {
      const known = list.cache?.walkOf(question, operation);
      if (known?.isWhole === true) return 0;
      const length = list.cache?.likelySize(question, operation);
      return length === undefined ? undefined : Math.max(1, Math.ceil((length - (known?.itemCount ?? 0)) / pageSize));
    },
  };
};

/** In turns that belong to nobody, because whoever asks shares what comes of it. */
const withoutRepeats = async <Item>(
  walked: WalkedList<Item>,
  keyOf: (item: Item) => string,
): Promise<readonly Item[]> => {
  const seen = new ShardedMap<true>();
  const items: Item[] = [];
  await workInTurns(rowsOf(walked), { owner: walked }, (item) => {
    const key = keyOf(item);
    if (seen.get(key) === true) return;
    seen.set(key, true);
    items.push(item);
  });
  return items;
};

function* rowsOf<Item>({ pages }: WalkedList<Item>): Generator<Item> {
  for (const { items } of pages) yield* items;
}
