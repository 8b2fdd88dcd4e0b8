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
  /** The items of one page as something that JSON can write. */
  readonly pack: (items: readonly Item[]) => unknown;
  /** Reads what `pack` made and JSON brought back. Throws where it is something else. */
  readonly unpack: (packed: unknown) => readonly Item[];
}
