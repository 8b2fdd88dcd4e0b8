import { textOf, type TextWriter } from '../../platform/byte-text.ts';
import { addText, checksumLength, emptyChecksum, finishChecksum } from '../../platform/checksum.ts';
import { createFieldReader, invalidCursor, maxCursorLength, writeNumber, writeText } from './encoding.ts';

/** What an item is ordered by, the most important first. No two items of a list have the same. */
export type SortKey = readonly (string | number)[];

/** A place in an ordered list, by what stands there. */
export interface Place {
  /** When the list was like this, in milliseconds of the gateway's clock. */
  readonly asOfMs: number;
  readonly key: SortKey;
}

/** Tells these cursors from those of all other lists. */
const version = 'k';

/** Writes the cursor of a place. `list`: which list it is, with every argument that changes it. */
export const writePlace = (list: string, { asOfMs, key }: Place, out: TextWriter): void => {
  const identity = addText(emptyChecksum, list);
  const written = JSON.stringify(key);
  out.plain(version);
  out.word(finishChecksum(identity));
  writeNumber(asOfMs, out);
  writeText(written, out);
  out.word(finishChecksum(addText(addText(identity, String(asOfMs)), written)));
};

/** Reads one. Throws `INVALID_CURSOR` for whatever is none of this list. */
export const readPlace = (list: string, text: string): Place => {
  if (text.length > maxCursorLength || !text.startsWith(version)) throw invalidCursor();
  const fields = createFieldReader(text.slice(version.length + checksumLength));
  const place = { asOfMs: fields.number(), key: readKey(fields.text()) };
  if (textOf((out) => writePlace(list, place, out)) !== text) throw invalidCursor();
  return place;
};

/** Whatever is no key is written otherwise than it was read. */
const readKey = (text: string): SortKey => {
  try {
    const key: unknown = JSON.parse(text);
    if (Array.isArray(key) && key.every((part) => typeof part === 'string' || typeof part === 'number')) return key;
  } catch {
    // No JSON is no key.
  }
  return [];
};
