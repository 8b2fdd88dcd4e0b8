import { describe, expect, it, vi } from 'vitest';
import type { Subject } from '../../../src/model/subject.ts';
import type { PageContent } from '../../../src/upstream/endpoint.ts';
import { listRoleAssignments } from '../../../src/upstream/endpoints/role-assignments.ts';
import { bufferPool } from '../../../src/platform/buffer-pool.ts';
import { scanAssignments } from '../../../src/upstream/scanned/scan-assignments.ts';
import type { ScannedSubject } from '../../../src/upstream/scanned/scanned-subject.ts';
import { createDice, pick } from '../../operations/executor/random-values.ts';
import { atOnce } from '../../support/at-once.ts';
import { compareSubjectsByContent } from '../../support/equal-subjects.ts';

compareSubjectsByContent();

const scan = (text: string): PageContent<Subject> | undefined => scanAssignments(Buffer.from(text));
const parse = (text: string): PageContent<Subject> => atOnce(listRoleAssignments.read(JSON.parse(text) as unknown));

const usual = JSON.stringify({
  assignments: [
    {
      subjectReference: 'a',
      subjectType: 'SUBJECT_TYPE_USER',
      roles: [
        { roleName: 'admin', scopes: [{ mspUuid: 'm' }, { customerUuid: 'c' }] },
        { roleName: 'admin', scopes: [] },
        { roleName: 'admin' },
        { scopes: [{ customerUuid: 'c', deviceUuid: 'd', siteUuid: '' }, {}, { siteUuid: '' }] },
      ],
    },
    { roles: [], subjectType: 'SUBJECT_TYPE_ROBOT', subjectReference: 'a' },
    { newField: 'new', subjectReference: '', subjectType: '' },
    {},
    {
      subjectReference: 'all kinds',
      roles: [
        {
          scopes: [
            ...['assetGroup', 'customer', 'device', 'msp', 'policy', 'site', 'subscription', 'tenant', 'user'].map(
              (kind) => ({ [`${kind}Uuid`]: kind }),
            ),
            { mspUuid: 'm', userUuid: 'u', policyUuid: 'p' },
          ],
          newField: 'new',
          roleName: 'last',
        },
      ],
    },
  ],
  nextPageToken: 'next',
  totalSize: '5',
  newField: 'new',
});

describe('a page that is disposed of', () => {
  const item = { subjectReference: 'a', subjectType: 'SUBJECT_TYPE_USER', roles: [{ roleName: 'admin', scopes: [] }] };
  const large = JSON.stringify({ assignments: Array.from({ length: 2000 }, () => item) });

  it('gives back what it lies in, once nobody reads it any more', () => {
    const released: string[] = [];
    const scanned = scanAssignments(Buffer.from(large), () => released.push('body'));
    const [first, second] = (scanned?.items ?? []) as ScannedSubject[];
    const reference = first?.reference;
    const places = first?.page.places as Int32Array;
    expect(bufferPool.lends(places)).toBe(true);
    expect(released).toEqual([]);
    scanned?.dispose?.();
    expect(released).toEqual(['body']);
    expect(bufferPool.lends(places)).toBe(false);
    const next = bufferPool.acquire(places.buffer.byteLength) as Buffer;
    expect(next.buffer).toBe(places.buffer);
    scanned?.dispose?.();
    expect(bufferPool.lends(next)).toBe(true);
    expect(released).toEqual(['body']);
    bufferPool.release(next);
    expect([reference, first?.reference]).toEqual(['a', 'a']);
    // Never another's: not what somebody else has written there since.
    for (const read of [
      () => second?.reference,
      () => second?.rawType,
      () => second?.roles,
      () => second?.page.bytes,
      () => second?.page.places,
    ])
      expect(read).toThrow('disposed of');
  });

  it('holds no more than it needs where nobody is going to', () => {
    const scanned = scanAssignments(Buffer.from(large));
    expect(scanned?.dispose).toBeUndefined();
    const [first] = (scanned?.items ?? []) as ScannedSubject[];
    expect(first?.page.places.length).toBeGreaterThan(0);
    expect(first?.page.places.buffer.byteLength).toBe(first?.page.places.byteLength);
  });

  it('is no page where it has to be parsed: that is for who parses it', () => {
    const release = (): never => {
      throw new Error('the body is still read');
    };
    const released = vi.spyOn(bufferPool, 'release');
    expect(scanAssignments(Buffer.from(large.replace(/}$/, ' }')), release)).toBeUndefined();
    expect(released).toHaveBeenCalledTimes(1);
    released.mockRestore();
  });
});

describe('a page that is looked through and not parsed', () => {
  it('says what it says when it is parsed', () => {
    const scanned = scan(usual);
    expect(scanned?.items).toHaveLength(5);
    expect(scanned).toEqual(parse(usual));
  });

  it.each([
    ['no item', '{"assignments":[]}'],
    ['no token and no total', '{"assignments":[{"subjectReference":"a"}]}'],
    ['an empty token', '{"assignments":[],"nextPageToken":"","totalSize":""}'],
    ['a total that makes no sense', '{"totalSize":"many","assignments":[]}'],
    [
      'more names of roles than are remembered',
      JSON.stringify({ assignments: [...Array(40).keys()].map((i) => ({ roles: [{ roleName: `role ${i % 20}` }] })) }),
    ],
  ])('does so with %s', (_what, text) => {
    const scanned = scan(text);
    expect(scanned).toBeDefined();
    expect(scanned).toEqual(parse(text));
  });

  it('takes a text for what it is, or leaves it, whatever byte stands anywhere in it', () => {
    let taken = 0;
    for (let length = 1; length <= 9; length++) {
      for (let place = 0; place < length; place++) {
        for (let code = 0; code < 256; code++) {
          const text = Buffer.alloc(length, 'x');
          text[place] = code;
          const body = Buffer.concat([Buffer.from('{"assignments":[{"subjectReference":"'), text, Buffer.from('"}]}')]);
          const scanned = scanAssignments(body);
          // All of ASCII that stands for itself, as JSON has it: a quotation mark ends the text, a backslash begins something else.
          const isPlain = code >= 0x20 && code <= 0x7f && code !== 0x22 && code !== 0x5c;
          expect(scanned?.items[0]?.reference, `${code} at ${place} of ${length}`).toBe(
            isPlain ? text.toString('latin1') : undefined,
          );
          if (isPlain) taken++;
        }
      }
    }
    expect(taken).toBe(45 * 94);
  });

  it('makes equal scopes of one page once', () => {
    const [one, other] =
      scan('{"assignments":[{"roles":[{"scopes":[{"siteUuid":"s"}]}]},{"roles":[{"scopes":[{"siteUuid":"s"}]}]}]}')
        ?.items ?? [];
    expect(one?.roles[0]?.scopes[0]).toBe(other?.roles[0]?.scopes[0]);
    expect(one?.roles).toBe(one?.roles);
  });

  it.each([
    ['is empty', ''],
    ['is an empty object', '{}'],
    ['is an error with 200', '{"code":"16","message":"no"}'],
    ['is a list', '[]'],
    ['has white space', '{"assignments": []}'],
    ['has something behind it', '{"assignments":[]}\n'],
    ['has an escape', String.raw`{"assignments":[{"subjectReference":"a\"b"}]}`],
    ['has letters beyond ASCII', '{"assignments":[{"subjectReference":"ä"}]}'],
    ['has a control', '{"assignments":[{"subjectReference":"a\u0007b"}]}'],
    ['has null for a list', '{"assignments":null}'],
    ['has null for a text', '{"assignments":[{"subjectReference":null}]}'],
    ['has a number for a text', '{"assignments":[{"subjectReference":7}]}'],
    ['has a number for a total', '{"assignments":[],"totalSize":1}'],
    ['has an object in a new field', '{"assignments":[],"newField":{}}'],
    ['has no list of roles', '{"assignments":[{"roles":{}}]}'],
    ['has a text for a role', '{"assignments":[{"roles":["admin"]}]}'],
    ['has no list of scopes', '{"assignments":[{"roles":[{"scopes":"all"}]}]}'],
    ['has a new field in a scope', '{"assignments":[{"roles":[{"scopes":[{"planetUuid":"p"}]}]}]}'],
    ['has a scope field of the length of a known one', '{"assignments":[{"roles":[{"scopes":[{"dexiceUuid":"p"}]}]}]}'],
    ['names a list twice', '{"assignments":[],"assignments":[]}'],
    ['names a token twice', '{"assignments":[],"nextPageToken":"","nextPageToken":"a"}'],
    ['names a total twice', '{"assignments":[],"totalSize":"1","totalSize":"2"}'],
    ['names a reference twice', '{"assignments":[{"subjectReference":"a","subjectReference":"b"}]}'],
    ['names a type twice', '{"assignments":[{"subjectType":"a","subjectType":"b"}]}'],
    ['names roles twice', '{"assignments":[{"roles":[],"roles":[]}]}'],
    ['names a role twice', '{"assignments":[{"roles":[{"roleName":"a","roleName":"b"}]}]}'],
    ['names scopes twice', '{"assignments":[{"roles":[{"scopes":[],"scopes":[]}]}]}'],
    ['names a field of a scope twice', '{"assignments":[{"roles":[{"scopes":[{"siteUuid":"a","siteUuid":"b"}]}]}]}'],
    ['has a comma too many', '{"assignments":[{},]}'],
    ['has a token that is too long', `{"assignments":[],"nextPageToken":"${'t'.repeat(1_000_000)}"}`],
    ['is longer than is read in one go', `{"assignments":[],"newField":"${'n'.repeat(1_100_000)}"}`],
  ])('is left to whoever parses it where it %s', (_what, text) => {
    expect(scan(text)).toBeUndefined();
  });

  it('is left to them where it is cut off, wherever that is', () => {
    for (let length = 0; length < usual.length; length++) {
      expect(scan(usual.slice(0, length)), `the first ${length} letters`).toBeUndefined();
    }
  });

  it('says the same wherever it says anything, whatever is changed in it', () => {
    const dice = createDice(30);
    const letters = `{}[]",:\\\\ a0\u00e9\u0001${usual.slice(0, 60)}`.split('');
    let scannedCount = 0;
    let leftCount = 0;
    for (let round = 0; round < 20_000; round++) {
      const from = dice(usual.length);
      const changed = usual.slice(0, from) + pick(dice, letters) + usual.slice(from + dice(3));
      const scanned = scan(changed);
      if (scanned === undefined) {
        leftCount++;
        continue;
      }
      scannedCount++;
      expect(scanned, changed).toEqual(parse(changed));
    }
    // Else nothing would have been compared, or nothing would have been spoilt.
    expect(scannedCount).toBeGreaterThan(2000);
    expect(leftCount).toBeGreaterThan(2000);
  });
});
