import type { Page } from '../model/page.ts';

// What V8 takes on a 64-bit machine without pointer compression, as Node is built. A test compares the sums with the heap.
const word = 8;

/** An object of so many fields. */
export const objectBytes = (fields: number): number => (3 + fields) * word;

/** An array of so many places, without what stands there. */
export const arrayBytes = (length: number): number => (length === 0 ? 4 * word : (4 + 2 + length) * word);

// One byte a character: references, role names and uuids are ASCII. Short values come out of JSON.parse shared.
const longestShared = 10;

/** A text of so many characters. */
export const textBytes = (length: number): number => (length <= longestShared ? 0 : 2 * word + ((length + 7) & ~7));

const isLatin1 = (value: string): boolean => !/[^\0-\xff]/.test(value);

/** A value that JSON could write, shared parts counted each time: how a list sizes plain items. */
export const plainBytes = (value: unknown): number => {
  // Names are people's: one character beyond Latin 1 makes all of a text take two bytes each.
  if (typeof value === 'string') return textBytes(isLatin1(value) ? value.length : 2 * value.length);
  if (typeof value === 'number') return 2 * word;
  if (typeof value !== 'object' || value === null) return 0;
  const isArray = Array.isArray(value);
  const parts: readonly unknown[] = isArray ? value : Object.values(value);
  let bytes = isArray ? arrayBytes(parts.length) : objectBytes(parts.length);
  for (const part of parts) bytes += plainBytes(part);
  return bytes;
};

// The page object and its places in the maps that find it.
const perPage = 1200;
// A sighting and its place in the index.
const perItem = 100;

interface Sizing<Item> {
  /** Of the items of one page. */
  readonly sizeOf: (items: readonly Item[]) => number;
}

/** About how many bytes of memory a kept page takes, with the index that it may enter. */
export const pageBytes = <Item>({ items }: Page<Item>, { sizeOf }: Sizing<Item>): number =>
  perPage + arrayBytes(items.length) + perItem * items.length + sizeOf(items);

/** The same without looking at it: a page in memory takes one to three times its body. */
export const roughPageBytes = ({ bodyBytes }: Page<unknown>): number => perPage + 3 * bodyBytes;
