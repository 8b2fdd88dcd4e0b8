import { crc32 } from 'node:zlib';
import {
  createFieldReader,
  createPrefix,
  type CursorPrefix,
  invalidCursor,
  seal,
  unseal,
  writeNumber,
} from './cursor-text.ts';
import { canonicalText, fingerprintLength, fingerprintOf } from './fingerprint.ts';
import { expiredCursor } from './list-context.ts';
import type { ConnectionArgs, Slice } from './questions.ts';
import { windowOf } from './slice.ts';

/** Tells these cursors from those of lists that are read from upstream, which start with a digit, and from their own of earlier versions. */
const version = 'n';

/** A whole list in memory. What it is named by is asked for only where there are cursors to read or to write. */
export interface ListInMemory<Item> {
  readonly items: readonly Item[];
  /** The list among all: its owner and its own arguments. */
  identity(): readonly string[];
  /** An item among all that the list could have. */
  nameOf(item: Item): string;
}

/**
 * The part of the list that Relay's arguments cut out. Throws `BAD_USER_INPUT` and `INVALID_CURSOR` as `windowOf` does, `INVALID_CURSOR` for
 * the cursor of a list of another identity, and `EXPIRED_CURSOR` where the list then had other items: an index counts only among the same ones.
 */
export const sliceOf = <Item>(list: ListInMemory<Item>, args: ConnectionArgs): Slice<Item> => {
  const { items } = list;
  let fingerprint: string | undefined;
  const prefixText = () => version + (fingerprint ??= fingerprintOf(list.identity()));
  let digest: string | undefined;
  const digestText = () => (digest ??= writeNumber(crc32(canonicalText(items.map((item) => list.nameOf(item))))));
  const window = windowOf(args, (text) => readIndex(prefixText(), digestText, text));

  const min = window.after === undefined ? 0 : window.after + 1;
  const max = Math.max(min, window.before ?? items.length);
  const start = window.from === 'start' ? min : Math.max(min, max - window.count);
  const end = window.from === 'start' ? Math.min(max, min + window.count) : max;

  let prefix: CursorPrefix | undefined;
  const cursorOf = (index: number) => seal((prefix ??= createPrefix(prefixText() + digestText())), writeNumber(index));
  return {
    items: start === 0 && end === items.length ? items : items.slice(start, end),
    cursorAt: (index) => cursorOf(start + index),
    startCursor: () => (start < end ? cursorOf(start) : null),
    endCursor: () => (start < end ? cursorOf(end - 1) : null),
    hasNextPage: () => end < items.length,
    hasPreviousPage: () => start > 0,
    totalCount: () => items.length,
  };
};

const readIndex = (prefixText: string, digestText: () => string, text: string): number => {
  const fields = unseal(text);
  if (fields === undefined || !fields.startsWith(prefixText)) throw invalidCursor();
  const reader = createFieldReader(fields);
  reader.characters(version.length + fingerprintLength);
  const digest = writeNumber(reader.number());
  const index = reader.number();
  if (seal(createPrefix(prefixText + digest), writeNumber(index)) !== text) throw invalidCursor();
  if (digest !== digestText()) throw expiredCursor();
  return index;
};
