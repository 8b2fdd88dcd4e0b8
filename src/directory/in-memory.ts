import {
  createFieldReader,
  createPrefix,
  type CursorPrefix,
  invalidCursor,
  seal,
  unseal,
  writeNumber,
} from './cursor-text.ts';
import { fingerprintLength, fingerprintOf } from './fingerprint.ts';
import type { ConnectionArgs, Slice } from './questions.ts';
import { windowOf } from './slice.ts';

/** Tells these cursors from those of lists that are read from upstream, which start with a digit. */
const version = 'm';

/**
 * The part of a whole list in memory that Relay's arguments cut out. `identity` names the list among all: its owner and
 * its own arguments. It is asked for only where there are cursors to read or to write. Throws `BAD_USER_INPUT` and
 * `INVALID_CURSOR` as `windowOf` does, and `INVALID_CURSOR` for the cursor of a list of another identity.
 */
export const sliceOf = <Item>(
  items: readonly Item[],
  identity: () => readonly string[],
  args: ConnectionArgs,
): Slice<Item> => {
  let fingerprint: string | undefined;
  const prefixText = () => version + (fingerprint ??= fingerprintOf(identity()));
  const window = windowOf(args, (text) => readIndex(prefixText(), text));

  // An index that lies beyond the end is one of a list that has become shorter: nothing comes after it.
  const min = Math.min((window.after ?? -1) + 1, items.length);
  const max = Math.max(min, Math.min(window.before ?? items.length, items.length));
  const start = window.from === 'start' ? min : Math.max(min, max - window.count);
  const end = window.from === 'start' ? Math.min(max, min + window.count) : max;

  let prefix: CursorPrefix | undefined;
  const cursorOf = (index: number) => seal((prefix ??= createPrefix(prefixText())), writeNumber(index));
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

const readIndex = (prefixText: string, text: string): number => {
  const fields = unseal(text);
  if (fields === undefined || !fields.startsWith(prefixText)) throw invalidCursor();
  const reader = createFieldReader(fields);
  reader.characters(version.length + fingerprintLength);
  const index = reader.number();
  if (seal(createPrefix(prefixText), writeNumber(index)) !== text) throw invalidCursor();
  return index;
};
