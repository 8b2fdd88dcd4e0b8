import type { ConnectionArgs, Slice } from '../../assignments/assignments.ts';
import { windowOf } from '../../assignments/connection-window.ts';
import { invalidCursor } from '../../assignments/cursor/encoding.ts';
import { readPlace, type SortKey, writePlace } from '../../assignments/cursor/place.ts';
import { textOf, type TextWriter } from '../../platform/byte-text.ts';
import type { AssignmentKey, ChangeKey, RecordPage, RecordWindow } from '../../record/record.ts';

/** A list of the record: what its cursors name, and how a part of it is had. */
interface RecordList<Item extends { readonly key: Key }, Key> {
  /** Which list: what is listed, and every argument that changes it. */
  readonly name: string;
  readonly keys: KeyForm<Key>;
  readonly read: (window: RecordWindow<Key>) => Promise<RecordPage<Item>>;
}

/** How a key of the record stands in a cursor. */
interface KeyForm<Key> {
  readonly write: (key: Key) => SortKey;
  /** Undefined where it is no such key. */
  readonly read: (key: SortKey) => Key | undefined;
}

export const changeKeys: KeyForm<ChangeKey> = {
  write: ({ seenAtMs, sequence }) => [seenAtMs, sequence],
  read: ([seenAtMs, sequence]) =>
    typeof seenAtMs === 'number' && typeof sequence === 'number' ? { seenAtMs, sequence } : undefined,
};

export const assignmentKeys: KeyForm<AssignmentKey> = {
  write: ({ reference, rawType, roleName, sequence }) => [reference, rawType, roleName, sequence],
  read: ([reference, rawType, roleName, sequence]) =>
    typeof reference === 'string' &&
    typeof rawType === 'string' &&
    typeof roleName === 'string' &&
    typeof sequence === 'number'
      ? { reference, rawType, roleName, sequence }
      : undefined,
};

/** The longest list that GraphQL can count. */
const maxCount = 2 ** 31 - 1;

/**
 * The part of a list of the record that Relay's arguments cut out. Throws `BAD_USER_INPUT` as `windowOf` does, and `INVALID_CURSOR` for a cursor of another list, before
 * the database is asked.
 */
export const sliceOfRecord = async <Item extends { readonly key: Key }, Key>(
  { name, keys, read }: RecordList<Item, Key>,
  args: ConnectionArgs,
): Promise<Slice<Item>> => {
  const window = windowOf(args, name, (list, text) => {
    const key = keys.read(readPlace(list, text).key);
    if (key === undefined) throw invalidCursor();
    return key;
  });
  const page = await read(window);
  const { items } = page;
  const writeCursorAt = (index: number, out: TextWriter): void =>
    // What is recorded does not change: a place is the same at any time.
    writePlace(name, { asOfMs: 0, key: keys.write((items[index] as Item).key) }, out);
  const cursorAt = (index: number): string => textOf((out) => writeCursorAt(index, out));
  return {
    items,
    cursorAt,
    writeCursorAt,
    startCursor: () => (items.length === 0 ? null : cursorAt(0)),
    endCursor: () => (items.length === 0 ? null : cursorAt(items.length - 1)),
    hasNextPage: () => page.hasNext(),
    hasPreviousPage: () => page.hasPrevious(),
    totalCount: async () => {
      const total = await page.total();
      return total > maxCount ? null : total;
    },
  };
};
