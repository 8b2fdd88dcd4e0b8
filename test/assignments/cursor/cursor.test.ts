import { describe, expect, it } from 'vitest';
import {
  itemChecksumOf,
  createPagePrefix,
  cursorOf,
  type CursorPosition,
  readCursor,
} from '../../../src/assignments/cursor/cursor.ts';
import { maxCursorLength } from '../../../src/assignments/cursor/encoding.ts';
import { fingerprintOf } from '../../../src/assignments/cursor/fingerprint.ts';
import { addText, emptyChecksum } from '../../../src/platform/checksum.ts';
import type { PageToken } from '../../../src/model/page.ts';
import { createSubject } from '../../../src/model/subject.ts';

const fingerprint = fingerprintOf(['a question']);
const token = (text: string) => text as PageToken;
const place: CursorPosition = {
  pageToken: token('eyJvZmZzZXQiOjUwfQ=='),
  pageSize: 50,
  offset: 50,
  ordinal: 12_345,
  nextPageToken: token('next/page+ü'),
  itemChecksum: 0xdead_beef,
  isEdge: true,
  hasEdgeBefore: true,
};
const write = (each: CursorPosition, name = fingerprint) => cursorOf(createPagePrefix(name, each), each);
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const refusal = expect.objectContaining({ code: 'INVALID_CURSOR' });

const isRead = (text: string): boolean => {
  try {
    readCursor(fingerprint, text);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'INVALID_CURSOR') return false;
    throw error;
  }
};

describe('a cursor', () => {
  const { pageToken: _token, nextPageToken: _next, ...firstPage } = place;
  it.each<[string, CursorPosition]>([
    ['an edge at the end of a page', place],
    ['an edge on the first page', { ...firstPage, ordinal: 50 }],
    ['where a walk stopped', { ...place, isEdge: false }],
    ['where a walk stopped that found nothing', { ...place, isEdge: false, hasEdgeBefore: false }],
    ['the start of a page', { ...firstPage, offset: 0, itemChecksum: 0, isEdge: false, hasEdgeBefore: false }],
    ['the longest tokens', { ...place, pageToken: token('漢'.repeat(128)), nextPageToken: token('ü'.repeat(128)) }],
    ['the largest numbers', { ...place, offset: 2 ** 40, ordinal: Number.MAX_SAFE_INTEGER, pageSize: 1000 }],
  ])('says again what was written: %s', (_, each) => {
    const text = write(each);
    expect(readCursor(fingerprint, text)).toEqual(each);
    expect(text).toMatch(/^[\w-]+$/);
    expect(text.length).toBeLessThanOrEqual(maxCursorLength);
  });

  it('is refused with any one character changed, left out or added', () => {
    const text = write(place);
    const broken = new Set<string>();
    for (let at = 0; at <= text.length; at++) {
      const [head, tail] = [text.slice(0, at), text.slice(at)];
      broken.add(head + tail.slice(1));
      for (const character of alphabet) broken.add(head + character + tail.slice(1)).add(head + character + tail);
    }
    broken.delete(text);
    expect(broken.size).toBeGreaterThan(100 * text.length);
    expect([...broken].filter((each) => isRead(each))).toEqual([]);
    expect(isRead(text)).toBe(true);
  });

  it.each([
    ['an empty one', ''],
    ['a number', '0'],
    ['a word', 'cursor'],
    ['white space', ' '],
    ['a page token', 'eyJvZmZzZXQiOjUwfQ=='],
    ['a cursor with a line break', `${write(place)}\n`],
    ['a longer text than any cursor', 'a'.repeat(maxCursorLength + 1)],
    ['a text of a million characters', '1'.repeat(1_000_000)],
    ['lone surrogates', '\ud800'.repeat(20)],
  ])('is not %s', (_, text) => {
    expect(() => readCursor(fingerprint, text)).toThrow(refusal);
  });

  it('of another question is refused', () => {
    expect(() => readCursor(fingerprintOf(['another question']), write(place))).toThrow(refusal);
  });

  it('of another version is refused, with a checksum that is right', () => {
    const prefix = createPagePrefix(fingerprint, place);
    expect(prefix.text[0]).toBe('1');
    const text = `2${prefix.text.slice(1)}`;
    expect(() => readCursor(fingerprint, cursorOf({ text, sum: addText(emptyChecksum, text) }, place))).toThrow(
      refusal,
    );
  });

  it.each<[string, Partial<CursorPosition>]>([
    ['a page size of 0', { pageSize: 0 }],
    ['a page size over 1000', { pageSize: 1001 }],
    ['a token that is too long', { pageToken: token('a'.repeat(129)) }],
    ['a next token that is too long', { nextPageToken: token('a'.repeat(129)) }],
    ['more items in the page than in the list', { offset: 60, ordinal: 59 }],
    ['a checksum of no item', { offset: 0 }],
    ['an edge without an item', { offset: 0, itemChecksum: 0 }],
    ['an edge with nothing before its place', { hasEdgeBefore: false }],
    ['more digits than a number has', { ordinal: 2 ** 60 }],
  ])('with %s is refused, although its checksum is right', (_, change) => {
    expect(() => readCursor(fingerprint, write({ ...place, ...change }))).toThrow(refusal);
  });
});

describe('an item checksum', () => {
  it('tells subjects apart by reference and type, and not by their roles', () => {
    const anchors = [
      createSubject('alice', 'SUBJECT_TYPE_USER', []),
      createSubject('alice', 'SUBJECT_TYPE_DEVICE', []),
      createSubject('aliceS', 'UBJECT_TYPE_USER', []),
    ].map(itemChecksumOf);
    expect(new Set(anchors).size).toBe(3);
    expect(itemChecksumOf(createSubject('alice', 'SUBJECT_TYPE_USER', [{ name: 'admin', scopes: [] }]))).toBe(
      anchors[0],
    );
  });
});
