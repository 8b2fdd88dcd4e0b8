import { textOf, type TextWriter } from '../platform/byte-text.ts';
import { invalidCursor } from './cursor/encoding.ts';
import { expiredCursor } from './list/list-context.ts';
import type { ConnectionArgs, Slice } from './assignments.ts';
import { windowOf } from './connection-window.ts';
import {
  addNumber,
  finishChecksum,
  emptyChecksum,
  readChecksum,
  checksumLength,
  type Checksum,
} from '../platform/checksum.ts';

/** Tells these cursors from those of lists that are read from upstream, which start with a digit, and from their own of earlier versions. */
const version = 'o';

/** What cursors name lists of one kind by. Asked only where there are cursors to read or to write. */
export interface CursorKeys<Owner, Item> {
  /** The list among all of its kind: the sum of its owner's name and its own arguments. */
  sumOf(owner: Owner, ownArguments: string): Checksum;
  /** The sum with an item's name among all that the list could have. */
  addItem(sum: Checksum, item: Item): Checksum;
}

/** A whole list in memory. */
export interface ListInMemory<Owner, Item> {
  readonly items: readonly Item[];
  readonly names: CursorKeys<Owner, Item>;
  readonly owner: Owner;
  /** The list's own arguments, in a text that is the same for the same. */
  readonly ownArguments: string;
}

/**
 * The part of the list that Relay's arguments cut out. Throws `BAD_USER_INPUT` and `INVALID_CURSOR` as `windowOf` does, `INVALID_CURSOR` for
 * the cursor of a list of another identity, and `EXPIRED_CURSOR` where the list then had other items: an index counts only among the same ones.
 */
export const sliceOf = <Owner, Item>(list: ListInMemory<Owner, Item>, args: ConnectionArgs): Slice<Item> => {
  const { length } = list.items;
  const window = windowOf(args, list, readIndex);
  const min = window.after === undefined ? 0 : window.after + 1;
  const max = Math.max(min, window.before ?? length);
  const start = window.from === 'start' ? min : Math.max(min, max - window.count);
  const end = window.from === 'start' ? Math.min(max, min + window.count) : max;
  return new SliceInMemory(list, start, end);
};

/** An answer has thousands of them, so what is rarely asked for is made where it is asked for. */
class SliceInMemory<Owner, Item> implements Slice<Item> {
  readonly items: readonly Item[];
  readonly #list: ListInMemory<Owner, Item>;
  readonly #start: number;
  readonly #end: number;
  #identity: Checksum | undefined;
  #digest: Checksum = 0;

  constructor(list: ListInMemory<Owner, Item>, start: number, end: number) {
    const { items } = list;
    this.items = start === 0 && end === items.length ? items : items.slice(start, end);
    this.#list = list;
    this.#start = start;
    this.#end = end;
  }

  cursorAt(index: number): string {
    return textOf((out) => this.writeCursorAt(index, out));
  }

  writeCursorAt(index: number, out: TextWriter): void {
    writeItemCursor(this.#identityOf(), this.#digest, this.#start + index, out);
  }

  #identityOf(): Checksum {
    if (this.#identity === undefined) {
      this.#identity = identityOf(this.#list);
      this.#digest = digestOf(this.#list);
    }
    return this.#identity;
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
const digestOf = <Owner, Item>({ items, names }: ListInMemory<Owner, Item>): Checksum => {
  let sum = emptyChecksum;
  for (const item of items) sum = names.addItem(sum, item);
  return finishChecksum(sum);
};

const identityOf = <Owner, Item>({ names, owner, ownArguments }: ListInMemory<Owner, Item>): Checksum =>
  finishChecksum(names.sumOf(owner, ownArguments));

/** Which list, with which items, which of them, and a checksum. The sums are finished. */
export const writeItemCursor = (identity: Checksum, digest: Checksum, index: number, out: TextWriter): void => {
  out.plain(version);
  out.word(identity);
  out.word(digest);
  out.plain(String(index));
  out.word(finishChecksum(addNumber(addNumber(addNumber(emptyChecksum, identity), digest), index)));
};

const cursorForm = new RegExp(
  `^${version}[\\w-]{${checksumLength}}([\\w-]{${checksumLength}})(\\d{1,6})[\\w-]{${checksumLength}}$`,
);

const readIndex = <Owner, Item>(list: ListInMemory<Owner, Item>, text: string): number => {
  const [, digestText = '', indexText = ''] = cursorForm.exec(text) ?? [];
  const digest = readChecksum(digestText);
  const index = Number(indexText);
  const written = textOf((out) => writeItemCursor(identityOf(list), digest, index, out));
  if (written !== text) throw invalidCursor();
  if (digest !== digestOf(list)) throw expiredCursor();
  return index;
};
