import { maxPageTokenLength } from '../../model/contract.ts';
import type { PageToken } from '../../model/page.ts';
import { TimedPauses } from '../../platform/pause.ts';
import type { PageContent } from '../endpoint.ts';
import { InvalidBodyError } from '../errors.ts';

// How bodies are read: as tolerantly as protocol buffers in JSON ask (absent, null and the zero value are one), and not one step further. Half of what
// someone may do is worse than no answer.

export type Fields = Readonly<Record<string, unknown>>;

/** An object. `what` names it in the error, without quoting it. */
export const asObject = (value: unknown, what: string): Fields => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidBodyError(`${what} is no object`);
  return value as Fields;
};

/** A list; absent and null are an empty one. */
export const asList = (value: unknown, what: string): readonly unknown[] => {
  if (Array.isArray(value)) return value as unknown[];
  if (value === undefined || value === null) return noItems;
  throw new InvalidBodyError(`${what} is no list`);
};

const noItems: readonly unknown[] = [];

/** A text; absent and null are "". */
export const asText = (value: unknown, what: string): string => {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  throw new InvalidBodyError(`${what} is no text`);
};

/** A text, or null where there is none. */
export const asTextOrNull = (value: unknown, what: string): string | null => asText(value, what) || null;

/** Texts, without empty ones. */
export const asTexts = (value: unknown, what: string): readonly string[] =>
  asList(value, what)
    .map((text) => asText(text, what))
    .filter((text) => text !== '');

/** A boolean; absent and null are false. */
export const asFlag = (value: unknown, what: string): boolean => {
  if (typeof value === 'boolean') return value;
  if (value === undefined || value === null) return false;
  throw new InvalidBodyError(`${what} is neither true nor false`);
};

/** The name of an enum's value without the prefix that upstream gives all of them; names that were added later as they are. */
export const asEnumName = (value: unknown, prefix: string, what: string): string | null => {
  const name = asText(value, what);
  return (name.startsWith(prefix) ? name.slice(prefix.length) : name) || null;
};

/** A count, as number or text. One that makes no sense is left out and not fatal: nothing depends on it but totals, which may be unknown. */
export const asCount = (value: unknown): number | undefined => {
  if (typeof value === 'string' ? !/^\d+$/.test(value) : typeof value !== 'number') return undefined;
  const size = Number(value);
  return Number.isSafeInteger(size) && size >= 0 ? size : undefined;
};

/** The page of a list whose items stand under `field`. A long one is read in turns with whatever else is due. */
export const readPageOf = <Item>(
  body: unknown,
  field: string,
  readItem: (item: unknown) => Item,
): PageContent<Item> | Promise<PageContent<Item>> => {
  const fields = asObject(body, 'the body');
  const { nextPageToken, totalSize } = fields;
  // `{}` is an empty page. Something else in its place, such as an error body sent with 200, must not look like one.
  if (fields[field] === undefined && nextPageToken === undefined && totalSize === undefined) {
    if (Object.keys(fields).length > 0) throw new InvalidBodyError(`the body is no list of ${field}`);
  }
  const list = asList(fields[field], field);
  const token = asText(nextPageToken, 'nextPageToken');
  // It would be refused as soon as it is sent back, and the caller would be told that the mistake is its own.
  if (token.length > maxPageTokenLength) throw new InvalidBodyError('nextPageToken is longer than upstream takes');
  const place = { nextPageToken: token === '' ? undefined : (token as PageToken), totalSize: asCount(totalSize) };
  if (list.length <= itemsAtOnce) return { items: list.map(readItem), ...place };
  return readInTurns(list, readItem).then((items) => ({ items, ...place }));
};

/** As many as this are read in one go: a millisecond or two of work, ten where the code is new to the engine. */
const itemsAtOnce = 200;
/**
 * Others have their turn when so much time has gone by, and not after so many items: each pause lets another page be begun, and pages that are half read at the same time
 * outlive the collector's young generation, which costs more than reading them.
 */
const sliceMs = 2;
/** Of some lists each item is large. So many items at least, however long they take. */
const itemsBetweenLooks = 5;

const readInTurns = async <Item>(list: readonly unknown[], readItem: (item: unknown) => Item): Promise<Item[]> => {
  const items: Item[] = [];
  const pauses = new TimedPauses(sliceMs);
  for (const item of list) {
    if (items.length % itemsBetweenLooks === 0 && pauses.isDue()) await pauses.pause();
    items.push(readItem(item));
  }
  return items;
};

/** The one object that stands under `field`, in the answer to a question for one. */
export const readOneOf = <Item>(body: unknown, field: string, readItem: (item: unknown) => Item): Item =>
  readItem(asObject(body, 'the body')[field]);

/** The items of a batch, which come in the order asked. */
export const readBatchOf = <Item>(body: unknown, field: string, readItem: (item: unknown) => Item): readonly Item[] => {
  const fields = asObject(body, 'the body');
  if (fields[field] === undefined && Object.keys(fields).length > 0) {
    throw new InvalidBodyError(`the body has no ${field}`);
  }
  return asList(fields[field], field).map(readItem);
};

/** The answer to a change, which says nothing: an object, new fields and all, but no error body that was sent with 200. */
export const readNothing = (body: unknown): undefined => {
  const fields = asObject(body, 'the body');
  if ('code' in fields && 'message' in fields) throw new InvalidBodyError('the body is an error');
};
