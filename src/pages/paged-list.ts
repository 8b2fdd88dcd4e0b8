import { plainBytes } from './sizes.ts';

/**
 * A list of upstream, as far as keeping its pages needs to know it. Data and pure functions: whatever list there is, it is kept, shared and found by
 * these alone.
 */
export interface PagedList<Question, Item> {
  /** Unlike that of every other list: part of every name in Redis. */
  readonly name: string;
  /** Equal exactly for equal questions. */
  readonly questionKey: (question: Question) => string;
  /** Lists of one group list the same items, seen in the same way: what one of them tells of an item holds for the others. */
  readonly groupKey: (question: Question) => string;
  /** Whether the list has every item of its group, in whatever order. */
  readonly isComplete: (question: Question) => boolean;
  /** What an item is looked up by. */
  readonly keyOf: (item: Item) => string;
  /** Whether two items of one key are one and the same. Default: they are. */
  readonly isSame?: (one: Item, other: Item) => boolean;
  /** About how many bytes of memory the items of one page take. */
  readonly sizeOf: (items: readonly Item[]) => number;
  /** The same items in less memory, where that is possible: for pages that are large, and kept. Default: as they are. */
  readonly compact?: (items: readonly Item[]) => Promise<readonly Item[]>;
  /** The items of one page as something that JSON can write. */
  readonly pack: (items: readonly Item[]) => unknown;
  /** Reads what `pack` made and JSON brought back. Throws where it is something else. */
  readonly unpack: (packed: unknown) => readonly Item[];
}

/** What differs between lists of plain items. */
interface PlainListParts<Question, Item> {
  readonly name: string;
  readonly keyOf: (item: Item) => string;
  /** Default: there is only one list. */
  readonly questionKey?: (question: Question) => string;
  /** Default: where no question differs, it is; where one does, each list is a group of its own, which has every item. */
  readonly groupKey?: (question: Question) => string;
  /** Default: it has. */
  readonly isComplete?: (question: Question) => boolean;
}

/**
 * A list whose items JSON can write as they are. Give it another name when its items get another shape: replicas of two releases may share one
 * Redis.
 */
export const plainList = <Question, Item>(parts: PlainListParts<Question, Item>): PagedList<Question, Item> => {
  const { name, keyOf, questionKey = () => '', groupKey = questionKey, isComplete = () => true } = parts;
  return {
    name,
    keyOf,
    questionKey,
    groupKey,
    isComplete,
    sizeOf: plainBytes,
    pack: (items) => items,
    unpack: (packed) => packed as readonly Item[],
  };
};
