import {
  createFieldReader,
  createPrefix,
  type CursorPrefix,
  invalidCursor,
  maxCursorLength,
  seal,
  writeNumber,
} from './cursor-text.ts';
import { expiredCursor } from './list-context.ts';
import type { ConnectionArgs, Slice } from './questions.ts';
import { windowOf } from './slice.ts';
import { finishSum, noTexts, readSum, sumLength, type TextSum, writeSum } from './text-sum.ts';

/** Tells these cursors from those of lists that are read from upstream, which start with a digit, and from their own of earlier versions. */
const version = 'o';

/** A whole list in memory. What it is named by is asked for only where there are cursors to read or to write. */
export interface ListInMemory<Item> {
  readonly items: readonly Item[];
  /** The list among all: the sum of its owner's name and its own arguments. */
  identity(): TextSum;
  /** The sum with an item's name among all that the list could have. */
  addItem(sum: TextSum, item: Item): TextSum;
}

/**
 * The part of the list that Relay's arguments cut out. Throws `BAD_USER_INPUT` and `INVALID_CURSOR` as `windowOf` does, `INVALID_CURSOR` for
 * the cursor of a list of another identity, and `EXPIRED_CURSOR` where the list then had other items: an index counts only among the same ones.
 */
export const sliceOf = <Item>(list: ListInMemory<Item>, args: ConnectionArgs): Slice<Item> => {
  const { length } = list.items;
  const window = windowOf(args, (text) => readIndex(list, text));
  const min = window.after === undefined ? 0 : window.after + 1;
  const max = Math.max(min, window.before ?? length);
  const start = window.from === 'start' ? min : Math.max(min, max - window.count);
  const end = window.from === 'start' ? Math.min(max, min + window.count) : max;
  return new SliceInMemory(list, start, end);
};

/** An answer has thousands of them, so what is rarely asked for is made where it is asked for. */
class SliceInMemory<Item> implements Slice<Item> {
  readonly items: readonly Item[];
  readonly #list: ListInMemory<Item>;
  readonly #start: number;
  readonly #end: number;
  #prefix: CursorPrefix | undefined;

  constructor(list: ListInMemory<Item>, start: number, end: number) {
    const { items } = list;
    this.items = start === 0 && end === items.length ? items : items.slice(start, end);
    this.#list = list;
    this.#start = start;
    this.#end = end;
  }

  cursorAt(index: number): string {
    this.#prefix ??= prefixOf(this.#list, digestOf(this.#list));
    return seal(this.#prefix, writeNumber(this.#start + index));
  }

  startCursor(): string | null {
    return this.items.length === 0 ? null : this.cursorAt(0);
  }

  endCursor(): string | null {
    return this.items.length === 0 ? null : this.cursorAt(this.items.length - 1);
  }

  hasNextPage(): boolean {
    return this.#end < this.#list.items.length;
  }

  hasPreviousPage(): boolean {
    return this.#start > 0;
  }

  totalCount(): number {
    return this.#list.items.length;
  }
}

/** What the items are, and in which order. */
const digestOf = <Item>(list: ListInMemory<Item>): TextSum => {
  let sum = noTexts;
  for (const item of list.items) sum = list.addItem(sum, item);
  return finishSum(sum);
};

const prefixOf = (list: Pick<ListInMemory<never>, 'identity'>, digest: TextSum): CursorPrefix =>
  createPrefix(version + writeSum(finishSum(list.identity())) + writeSum(digest));

const readIndex = <Item>(list: ListInMemory<Item>, text: string): number => {
  if (text.length > maxCursorLength) throw invalidCursor();
  const reader = createFieldReader(text);
  reader.characters(version.length + sumLength);
  const digest = readSum(reader.characters(sumLength));
  const index = reader.number();
  if (seal(prefixOf(list, digest), writeNumber(index)) !== text) throw invalidCursor();
  if (digest !== digestOf(list)) throw expiredCursor();
  return index;
};
