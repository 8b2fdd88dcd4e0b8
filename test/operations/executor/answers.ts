import { checksumLength } from '../../../src/platform/checksum.ts';
import { readCursor } from '../../../src/assignments/cursor/cursor.ts';
import { createFieldReader } from '../../../src/assignments/cursor/encoding.ts';
import { fingerprintLength } from '../../../src/assignments/cursor/fingerprint.ts';
import type { Answer } from './lanes.ts';

/** Between which moments `asOf` may be, both included. */
export interface Times {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * An answer, so that equal ones are equal: cursors by the place that they name, `asOf` by whether it may be so, errors by their place, and without what
 * upstream makes up for each request. Of errors that came up below a place that one of them has nulled, those that come first are told, which is a
 * matter of chance: only the place counts.
 * `isCut`: of upstream's errors only the place counts. Default: false.
 */
export const canonical = ({ data, errors = [] }: Answer, times: Times, isCut = false): string => {
  const told = errors.map(({ extensions: { requestId: _requestId, ...extensions }, path = [], ...error }) => {
    const nulled = nulledPlaceOf(data, path);
    const isUpstreams = isCut && String(extensions['code']).startsWith('UPSTREAM_');
    if (isUpstreams && nulled === undefined) return `upstream failed for ${path.join('.')}`;
    return nulled === undefined ? JSON.stringify({ ...error, path, extensions }) : `below ${nulled.join('.')}`;
  });
  return JSON.stringify({ data: comparable(data, times), errors: [...new Set(told)].toSorted() });
};

/** Whether a circuit was open: which of the fields that read at the same time meets it is a matter of chance, the rest meets the fault itself. */
export const meetsOpenCircuit = ({ errors = [] }: Answer): boolean =>
  errors.some(({ message }) => message.includes('is left alone for a moment'));

/** The place above a path that is null. Undefined: what is null is the path itself. */
const nulledPlaceOf = (data: unknown, path: readonly (string | number)[]): readonly (string | number)[] | undefined => {
  let at = data;
  for (const [depth, key] of path.entries()) {
    if (at === null || at === undefined) return path.slice(0, depth);
    at = (at as Record<string | number, unknown>)[key];
  }
  return undefined;
};

const cursorNames = new Set(['cursor', 'startCursor', 'endCursor']);
const fieldNameOf = (key: string): string => key.split('_')[0] || key;

/**
 * Data with everything that says the same written alike. What was read before, by fields of the same operation too, decides how large a page was that a
 * cursor names, and when that which an answer is made of was read.
 */
export const comparable = (value: unknown, times: Times): unknown => {
  if (Array.isArray(value)) return value.map((item) => comparable(item, times));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inside]) => {
      if (typeof inside !== 'string') return [key, comparable(inside, times)];
      const name = fieldNameOf(key);
      if (cursorNames.has(name)) return [key, placeOf(inside)];
      return [key, name === 'asOf' ? momentOf(inside, times) : inside];
    }),
  );
};

/** Long enough for an identity and its mark in a cursor of a list that is kept in order: `k`, and a sum. */
const orderedIdentityLength = 1 + checksumLength;

/** What a cursor says of the list and of the place in it, whichever page it was found on and whenever that was read. */
const placeOf = (cursor: string): unknown => {
  if (cursor.startsWith('k')) {
    const fields = createFieldReader(cursor.slice(orderedIdentityLength));
    fields.number();
    return { list: cursor.slice(0, orderedIdentityLength), key: fields.text() };
  }
  if (!cursor.startsWith('1')) return cursor;
  const list = cursor.slice(1, 1 + fingerprintLength);
  const { ordinal, itemChecksum, isEdge, hasEdgeBefore, offset } = readCursor(list, cursor);
  // At the start of a page no item is before it on that page, and none is named.
  return { list, ordinal, isEdge, hasEdgeBefore, ...(isEdge && { itemChecksum, isBehindOne: offset > 0 }) };
};

const momentOf = (text: string, { fromMs, toMs }: Times): string => {
  const atMs = Date.parse(text);
  return new Date(atMs).toISOString() === text && atMs >= fromMs && atMs <= toMs ? 'as it may be' : text;
};

/** All cursors of the first list of this name in the answer that has any. */
export const cursorsOf = (data: unknown, list: string): readonly string[] => {
  if (Array.isArray(data)) return data.map((item) => cursorsOf(item, list)).find((found) => found.length > 0) ?? [];
  if (typeof data !== 'object' || data === null) return [];
  for (const [key, value] of Object.entries(data)) {
    const found = key === list ? ownCursors(value) : cursorsOf(value, list);
    if (found.length > 0) return found;
  }
  return [];
};

const ownCursors = (connection: unknown): readonly string[] => {
  if (typeof connection !== 'object' || connection === null) return [];
  return Object.entries(connection).flatMap(([key, value]) => {
    const name = fieldNameOf(key);
    if (name !== 'edges' && name !== 'pageInfo') return [];
    return (Array.isArray(value) ? value : [value]).flatMap((holder: unknown) =>
      Object.entries((holder ?? {}) as Record<string, unknown>).flatMap(([inside, cursor]) =>
        cursorNames.has(fieldNameOf(inside)) && typeof cursor === 'string' ? [cursor] : [],
      ),
    );
  });
};

/** Ids of nodes in an answer. */
export const idsOf = (data: unknown): readonly string[] => {
  if (Array.isArray(data)) return data.flatMap(idsOf);
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) =>
    fieldNameOf(key) === 'id' && typeof value === 'string' ? [value] : idsOf(value),
  );
};
