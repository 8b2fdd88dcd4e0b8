import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { afterAll, describe, expect, it } from 'vitest';
import { diffReviews } from '../../src/review/diff.ts';
import type { ReviewedSubject } from '../../src/review/ndjson.ts';
import { readNdjson } from '../../src/review/read-ndjson.ts';
import { writeDiff } from '../../src/review/write-diff.ts';

const folder = mkdtempSync(join(tmpdir(), 'rolescope-diff-'));
afterAll(() => rmSync(folder, { recursive: true }));

const subject = (index: number, roles: readonly string[], more: Partial<ReviewedSubject> = {}): ReviewedSubject => ({
  reference: `user-${index}`,
  type: 'USER',
  rawType: 'SUBJECT_TYPE_USER',
  roles: roles.map((name) => ({
    name,
    isGlobal: name === 'global',
    scopes:
      name === 'global'
        ? []
        : [
            {
              kind: 'CUSTOMER',
              uuid: `c-${index % 7}`,
              components: [{ kind: 'CUSTOMER', field: 'customerUuid', uuid: `c-${index % 7}` }],
            },
          ],
  })),
  ...more,
});

let files = 0;
const fileOf = (subjects: readonly ReviewedSubject[], write = (text: string): string | Buffer => text): string => {
  const file = join(folder, `${++files}.ndjson`);
  writeFileSync(file, write(subjects.map((one) => `${JSON.stringify(one)}\n`).join('')));
  return file;
};

const diff = (oldFile: string, newFile: string, maxWaiting?: number) =>
  diffReviews(
    () => readNdjson(oldFile),
    () => readNdjson(newFile),
    { salt: 'salt', ...(maxWaiting !== undefined && { maxWaiting }) },
  );

const short = ({ changes }: Awaited<ReturnType<typeof diff>>): string[] =>
  changes.map(({ kind, subject: { reference }, assignment: { role } }) => `${kind} ${reference} ${role.name}`);

/** The same subjects in another order that is no order. */
const shuffled = <Item>(items: readonly Item[]): Item[] =>
  items
    .map((item, index) => ({ item, at: (index * 7919) % items.length }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);

describe('a difference', () => {
  const before = Array.from({ length: 2000 }, (_, index) => subject(index, ['reader', 'global']));
  const after = [
    subject(9999, ['reader']),
    ...before
      .filter((_, index) => index % 500 !== 1)
      .map((one, index) =>
        index % 400 === 3 ? { ...one, roles: [...one.roles.slice(0, 1), ...subject(1, ['writer']).roles] } : one,
      ),
  ];
  const expected = [
    'GRANTED user-9999 reader',
    ...[1, 501, 1001, 1501].flatMap((index) => [`REVOKED user-${index} global`, `REVOKED user-${index} reader`]),
    ...after
      .filter(({ roles }) => roles.some(({ name }) => name === 'writer'))
      .flatMap(({ reference }) => [`GRANTED ${reference} writer`, `REVOKED ${reference} global`]),
  ];

  it('is exactly what was granted and revoked, whether the files are in one order, in none, or zipped', async () => {
    const oldFile = fileOf(before);
    const newFile = fileOf(after);
    const wanted = expected.toSorted((a, b) => (a < b ? -1 : 1));
    for (const [one, other, maxWaiting] of [
      [oldFile, newFile, undefined],
      [oldFile, fileOf(shuffled(after)), undefined],
      [oldFile, fileOf(shuffled(after)), 20],
      [fileOf(shuffled(before)), newFile, 0],
      [fileOf(before, gzipSync), fileOf(after, gzipSync), undefined],
    ] as const) {
      expect(short(await diff(one, other, maxWaiting)).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(wanted);
    }
  });

  it('is none between equal exports, whatever things are called by now and however often a subject comes', async () => {
    const named = before.map((one) => ({ ...one, displayName: 'new', roles: one.roles.toReversed() }));
    const parts = before.flatMap((one) => one.roles.map((role) => ({ ...one, roles: [role] })));
    for (const maxWaiting of [undefined, 0]) {
      expect(short(await diff(fileOf(before), fileOf(named), maxWaiting))).toEqual([]);
      expect(short(await diff(fileOf(before), fileOf(parts), maxWaiting))).toEqual([]);
    }
  });

  it('is told as json and csv', async () => {
    const oldFile = fileOf([
      subject(1, ['reader', '=1+1'], { displayName: 'A, "B"', asOf: '2026-01-01T00:00:00.000Z' }),
    ]);
    const found = await diff(oldFile, fileOf([subject(1, ['reader', 'global'], { asOf: '2026-04-01T00:00:00.000Z' })]));
    expect(JSON.parse(writeDiff(found, { format: 'json', raw: false }))).toEqual({
      old: { asOf: '2026-01-01T00:00:00.000Z' },
      new: { asOf: '2026-04-01T00:00:00.000Z' },
      granted: 1,
      revoked: 1,
      changes: [
        {
          kind: 'REVOKED',
          subject: { reference: 'user-1', type: 'USER', displayName: 'A, "B"' },
          roleName: '=1+1',
          scope: { kind: 'CUSTOMER', uuid: 'c-1', displayName: null },
        },
        {
          kind: 'GRANTED',
          subject: { reference: 'user-1', type: 'USER', displayName: 'A, "B"' },
          roleName: 'global',
          scope: null,
        },
      ],
    });
    expect(parse(writeDiff(found, { format: 'csv', raw: false }))).toEqual([
      [
        'change',
        'subject_type',
        'subject_reference',
        'subject_name',
        'role',
        'everywhere',
        'scope_kind',
        'scope_uuid',
        'scope_name',
      ],
      ['REVOKED', 'USER', 'user-1', 'A, "B"', "'=1+1", 'false', 'CUSTOMER', 'c-1', ''],
      ['GRANTED', 'USER', 'user-1', 'A, "B"', 'global', 'true', '', '', ''],
    ]);
  });

  it('is told to people by subject, and no name moves their cursor', async () => {
    const found = await diff(
      fileOf([]),
      fileOf([subject(1, ['re\u001b[2Jader', 'global'], { displayName: '\u202eeve' })]),
    );
    expect(writeDiff(found, { format: 'text', raw: false })).toBe(
      [
        String.raw`\u{202e}eve (USER user-1)`,
        '  + global everywhere',
        String.raw`  + re\u{1b}[2Jader at CUSTOMER c-1`,
        '',
        '2 granted, 0 revoked, from a time that is not told to a time that is not told.',
        '',
      ].join('\n'),
    );
  });

  it('cannot be told of a file that is none, is not there, or was cut off', async () => {
    const fine = fileOf([subject(1, ['reader'])]);
    const broken = (text: string | Buffer): string => fileOf([], () => text);
    for (const [file, message] of [
      [join(folder, 'none'), /cannot be read: ENOENT/],
      [broken('a,b\r\n'), /line 1 is no subject of an ndjson export/],
      [broken('{"reference":"a"}\n'), /line 1 is no subject/],
      [broken(`${JSON.stringify(subject(1, ['reader']))}\n{"refer`), /it was cut off after line 1/],
      [broken(gzipSync(`${JSON.stringify(subject(1, ['reader']))}\n`).subarray(0, 60)), /cannot be read: /],
    ] as [string, RegExp][]) {
      await expect(diff(fine, file)).rejects.toThrow(message);
      await expect(diff(file, fine)).rejects.toThrow(message);
    }
  });
});
