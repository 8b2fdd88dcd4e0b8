import { pause } from '../../platform/pause.ts';

/** Bodies up to so many bytes are parsed in one go: a page of 1000 usual subjects has half of that, and takes a few milliseconds. */
const largeBytes = 1_048_576;
/** About so much of a list is parsed before others have their turn: a millisecond or two. */
const turnBytes = 131_072;

const [quotationMark, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * What `JSON.parse` makes of a body, or fails with a `SyntaxError` where that does. A large object whose size is in its lists, as pages are, is parsed some items at a time,
 * and others have their turn in between. Everything is still parsed by the engine: only the places between items are looked for here.
 */
export const parseJson = (body: Buffer): unknown =>
  body.length <= largeBytes || body[0] !== openBrace ? JSON.parse(body.toString('utf8')) : parseInTurns(body);

/** A list that is a field of the object that the body is. */
interface List {
  readonly key: string;
  readonly items: readonly unknown[];
}

const parseInTurns = async (body: Buffer): Promise<unknown> => {
  const lists: List[] = [];
  /** The body without the items of its lists: it shows whether what is around them is JSON. */
  const around: Buffer[] = [];
  let aroundFrom = 0;
  /** Of what the object has at the place at hand. */
  let key: readonly [from: number, to: number] = [0, 0];
  let items: unknown[] = [];
  let itemsFrom = 0;
  let isInList = false;
  let depth = 0;
  let lookedUntil = 0;

  const parseItems = (to: number, isLast: boolean): void => {
    const some = JSON.parse(`[${body.toString('utf8', itemsFrom, to)}]`) as unknown[];
    // Only an empty list has nothing behind its last comma.
    if (some.length === 0 && !(isLast && items.length === 0)) throw new SyntaxError('an item is missing');
    for (const item of some) items.push(item);
    itemsFrom = to + 1;
  };

  for (let at = 0; at < body.length; at++) {
    const code = body[at];
    if (code === quotationMark) {
      const from = at;
      at = endOfText(body, from);
      if (depth === 1) key = [from, at + 1];
    } else if (code === openBracket || code === openBrace) {
      depth++;
      if (depth === 2 && code === openBracket) {
        isInList = true;
        items = [];
        itemsFrom = at + 1;
        around.push(body.subarray(aroundFrom, itemsFrom));
      }
    } else if (code === closeBracket || code === closeBrace) {
      depth--;
      if (depth === 1 && isInList) {
        parseItems(at, true);
        isInList = false;
        aroundFrom = at;
        lists.push({ key: JSON.parse(body.toString('utf8', ...key)) as string, items });
      }
    } else if (code === comma && depth === 2 && isInList && at - itemsFrom >= turnBytes) {
      parseItems(at, false);
      lookedUntil = at;
      await pause();
    }
    if (at - lookedUntil >= turnBytes) {
      lookedUntil = at;
      await pause();
    }
  }
  if (isInList) throw new SyntaxError('a list does not end');
  around.push(body.subarray(aroundFrom));
  const parsed = JSON.parse(Buffer.concat(around).toString('utf8')) as Readonly<Record<string, unknown>>;
  for (const { key: name, items: found } of lists) fill(parsed[name], found);
  return parsed;
};

/** Puts the items into their place. Of fields of one name the last one counts, and that may be no list. */
const fill = (place: unknown, items: readonly unknown[]): void => {
  if (!Array.isArray(place)) return;
  place.length = 0;
  for (const item of items) place.push(item);
};

/** Where a text ends that begins there: at its closing quotation mark, or with the body. */
const endOfText = (body: Buffer, from: number): number => {
  let at = from + 1;
  while (at < body.length && body[at] !== quotationMark) at += body[at] === backslash ? 2 : 1;
  return at;
};
