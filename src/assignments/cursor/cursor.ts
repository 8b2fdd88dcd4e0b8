import { maxListPageSize, maxPageTokenLength } from '../../model/contract.ts';
import type { PageToken } from '../../model/page.ts';
import type { Subject } from '../../model/subject.ts';
import { textOf, type TextWriter } from '../../platform/byte-text.ts';
import { createFieldReader, invalidCursor, maxCursorLength, writeNumber, writeText } from './encoding.ts';
import { fingerprintLength } from './fingerprint.ts';
import {
  addLargeNumber,
  addNumber,
  addText,
  finishChecksum,
  emptyChecksum,
  readChecksum,
  checksumLength,
  type Checksum,
} from '../../platform/checksum.ts';

/** A page as far as cursors name it. */
interface CursorPage {
  /** The token that fetches the page; absent: the first page. */
  readonly pageToken?: PageToken | undefined;
  /** The page size that it was asked with. */
  readonly pageSize: number;
}

/** A position in upstream's list for one question: right behind an item, or at the start of a page. */
export interface CursorPosition extends CursorPage {
  /** How many items of the page lie before the position. */
  readonly offset: number;
  /** How many items of the whole list lie before the position, as the walk counted that made the cursor. */
  readonly ordinal: number;
  /** Where the list goes on; only at the end of its page, and absent where the list ended there. */
  readonly nextPageToken?: PageToken | undefined;
  /** Names the item right before the position (`itemChecksumOf`); 0 where `offset` is 0. */
  readonly itemChecksum: Checksum;
  /** True: the position is that of an edge, which is the item right before it. False: a walk stopped here. */
  readonly isEdge: boolean;
  /** Whether the connection has an edge before the position. Always so for an edge's own. */
  readonly hasEdgeBefore: boolean;
}

/** How many items of the list lie before a position; without the item of an edge itself. */
export const ordinalBefore = ({ ordinal, isEdge }: CursorPosition): number => (isEdge ? ordinal - 1 : ordinal);

/** Changes whenever the fields do: a cursor of another version is refused, never misread. */
const version = '1';

const flagsOf = ({ isEdge, hasEdgeBefore }: CursorPosition): number => (isEdge ? 1 : 0) + (hasEdgeBefore ? 2 : 0);

/** A short name for an item: tells whether another stands in its place by now. */
export const itemChecksumOf = ({ reference, rawType }: Subject): Checksum =>
  finishChecksum(addText(addText(emptyChecksum, reference), rawType));

/** What all cursors of one page start with, and its sum. Make it once: it is most of a cursor. */
export interface PagePrefix {
  readonly text: string;
  readonly sum: Checksum;
}

export const createPagePrefix = (fingerprint: string, { pageToken, pageSize }: CursorPage): PagePrefix => {
  const text = textOf((out) => {
    out.plain(version);
    out.plain(fingerprint);
    writeText(pageToken, out);
    writeNumber(pageSize, out);
  });
  return { text, sum: addText(emptyChecksum, text) };
};

/** Writes the cursor of a position in the page that the prefix names. */
export const writeCursor = (prefix: PagePrefix, position: CursorPosition, out: TextWriter): void => {
  const { offset, ordinal, itemChecksum, nextPageToken } = position;
  const flags = flagsOf(position);
  out.plain(prefix.text);
  out.plain(String(flags));
  writeNumber(offset, out);
  writeNumber(ordinal, out);
  out.word(itemChecksum);
  writeText(nextPageToken, out);
  const sum = addLargeNumber(addLargeNumber(addNumber(prefix.sum, flags), offset), ordinal);
  out.word(finishChecksum(addText(addNumber(sum, itemChecksum), nextPageToken ?? '')));
};

/** The same as a text. */
export const cursorOf = (prefix: PagePrefix, position: CursorPosition): string =>
  textOf((out) => {
    writeCursor(prefix, position, out);
  });

/**
 * The position that a cursor names. Throws `INVALID_CURSOR` for every text that `writeCursor` did not write for this
 * fingerprint. What it accepts proves nothing: a page token is worth no more than the credential that it is sent with.
 */
export const readCursor = (fingerprint: string, text: string): CursorPosition => {
  if (text.length > maxCursorLength || !text.startsWith(version + fingerprint)) throw invalidCursor();
  const reader = createFieldReader(text);
  reader.characters(version.length + fingerprintLength);
  const pageToken = reader.text();
  const pageSize = reader.number();
  const flags = Number(reader.characters(1));
  const offset = reader.number();
  const ordinal = reader.number();
  const itemChecksum = readChecksum(reader.characters(checksumLength));
  const nextPageToken = reader.text();
  const position: CursorPosition = {
    ...(pageToken !== '' && { pageToken: pageToken as PageToken }),
    pageSize,
    offset,
    ordinal,
    ...(nextPageToken !== '' && { nextPageToken: nextPageToken as PageToken }),
    itemChecksum,
    isEdge: (flags & 1) !== 0,
    hasEdgeBefore: (flags & 2) !== 0,
  };
  const isPossible =
    isWithin(pageSize, 1, maxListPageSize) &&
    isWithin(ordinal, offset, Number.MAX_SAFE_INTEGER) &&
    (offset > 0 || itemChecksum === 0) &&
    (!position.isEdge || (position.hasEdgeBefore && offset > 0)) &&
    pageToken.length <= maxPageTokenLength &&
    nextPageToken.length <= maxPageTokenLength;
  if (!isPossible || cursorOf(createPagePrefix(fingerprint, position), position) !== text) throw invalidCursor();
  return position;
};

const isWithin = (value: number, min: number, max: number): boolean => value >= min && value <= max;
