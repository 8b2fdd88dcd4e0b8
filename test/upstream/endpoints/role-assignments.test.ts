import { describe, expect, it } from 'vitest';
import { listRoleAssignments } from '../../../src/upstream/endpoints/role-assignments.ts';
import { InvalidBodyError } from '../../../src/upstream/errors.ts';
import { atOnce } from '../../support/at-once.ts';

const read = (text: string) => {
  const { items: subjects, ...page } = atOnce(listRoleAssignments.read(JSON.parse(text) as unknown));
  return { subjects, ...page };
};
const oneScope = (scope: string) =>
  read(`{"assignments":[{"subjectReference":"a","roles":[{"roleName":"r","scopes":[${scope}]}]}]}`).subjects[0]
    ?.roles[0]?.scopes;

describe('reading a page', () => {
  it('lets others have their turn while it reads one that takes long, and keeps its order', async () => {
    const references = Array.from({ length: 300 }, (_, index) => `subject ${index}`);
    const turns: number[] = [];
    const items = references.map((subjectReference, index) => ({
      // Told when the reader comes to it.
      get subjectReference() {
        turns[index] = turn;
        // Five of them take more than a slice, however quick the machine is.
        const startedAtMs = performance.now();
        while (performance.now() - startedAtMs < 0.5);
        return subjectReference;
      },
    }));
    let turn = 0;
    // Before the reader, so that each of its turns has another number.
    const watch = (): void => void (++turn < 1000 && setImmediate(watch));
    setImmediate(watch);
    const reading = listRoleAssignments.read({ assignments: items, nextPageToken: 'next' });
    const page = await reading;
    turn = 1000;
    expect(page.items.map(({ reference }) => reference)).toEqual(references);
    expect(page.nextPageToken).toBe('next');
    const inOneTurn = [...new Set(turns)].map((at) => turns.filter((other) => other === at).length);
    expect(Math.max(...inOneTurn)).toBeLessThanOrEqual(5);
  });

  it('refuses a long one for its last item', async () => {
    const items: unknown[] = Array.from({ length: 1000 }, (_, index) => ({ subjectReference: `subject ${index}` }));
    items.push({ roles: 'none' });
    await expect(listRoleAssignments.read({ assignments: items })).rejects.toThrow(InvalidBodyError);
  });

  it('keeps every subject, role and scope in upstream’s order', () => {
    const { subjects, nextPageToken, totalSize } = read(`{
      "assignments": [
        { "subjectReference": "a", "subjectType": "SUBJECT_TYPE_USER",
          "roles": [
            { "roleName": "admin", "scopes": [{ "mspUuid": "m" }, { "customerUuid": "c" }] },
            { "roleName": "admin", "scopes": [] }
          ] },
        { "subjectReference": "b", "subjectType": "SUBJECT_TYPE_SERVICE", "roles": [] }
      ],
      "nextPageToken": "next", "totalSize": "2" }`);
    expect(nextPageToken).toBe('next');
    expect(totalSize).toBe(2);
    expect(subjects.map(({ reference, type, rawType }) => [reference, type, rawType])).toEqual([
      ['a', 'USER', 'SUBJECT_TYPE_USER'],
      ['b', 'SERVICE', 'SUBJECT_TYPE_SERVICE'],
    ]);
    const roles = subjects[0]?.roles ?? [];
    expect(
      roles.map(({ name, ordinal, scopes }) => [name, ordinal, scopes.map(({ kind, uuid }) => [kind, uuid])]),
    ).toEqual([
      [
        'admin',
        0,
        [
          ['MSP', 'm'],
          ['CUSTOMER', 'c'],
        ],
      ],
      ['admin', 1, []],
    ]);
    expect(roles.every(({ subject }) => subject === subjects[0])).toBe(true);
  });

  it.each([
    '{}',
    '{"assignments":[]}',
    '{"assignments":null,"nextPageToken":null,"totalSize":null}',
    '{"nextPageToken":""}',
    '{"totalSize":"0"}',
  ])('takes %s for an empty last page', (text) => {
    const { subjects, nextPageToken } = read(text);
    expect(subjects).toEqual([]);
    expect(nextPageToken).toBeUndefined();
  });

  it('keeps the token of an empty page', () => {
    expect(read('{"nextPageToken":"more"}').nextPageToken).toBe('more');
  });

  it.each([
    ['"1234"', 1234],
    ['1234', 1234],
    ['"0"', 0],
    ['"5000000000"', 5_000_000_000],
    ['""', undefined],
    ['null', undefined],
    ['"-1"', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['"12x"', undefined],
    ['"9223372036854775807"', undefined],
    ['true', undefined],
    ['[]', undefined],
  ])('reads a totalSize of %s as %s', (json, expected) => {
    expect(read(`{"assignments":[],"totalSize":${json}}`).totalSize).toBe(expected);
  });

  it.each(['', ',"subjectType":""', ',"subjectType":null'])('takes an absent type for unspecified (%s)', (field) => {
    expect(read(`{"assignments":[{"subjectReference":"a"${field}}]}`).subjects[0]).toMatchObject({
      type: 'UNSPECIFIED',
      rawType: 'SUBJECT_TYPE_UNSPECIFIED',
      roles: [],
    });
  });

  it.each(['SUBJECT_TYPE_ROBOT', 'SUBJECT_TYPE_UNKNOWN', 'user', '__proto__'])(
    'keeps the unknown type %s',
    (rawType) => {
      const [subject] = read(`{"assignments":[{"subjectReference":"a","subjectType":"${rawType}"}]}`).subjects;
      expect(subject).toMatchObject({ type: 'UNKNOWN', rawType });
    },
  );

  it('keeps a subject without a reference in its place', () => {
    expect(read('{"assignments":[{"roles":[{"roleName":"r"}]},{"subjectReference":"b"}]}').subjects).toMatchObject([
      { reference: '', roles: [{ name: 'r' }] },
      { reference: 'b' },
    ]);
  });

  it('names a composite scope after its narrowest field and keeps every one', () => {
    expect(oneScope('{"customerUuid":"c","futureUuid":"f","siteUuid":"s","mspUuid":""}')).toEqual([
      {
        kind: 'SITE',
        uuid: 's',
        components: [
          { kind: 'CUSTOMER', field: 'customerUuid', uuid: 'c' },
          { kind: 'UNKNOWN', field: 'futureUuid', uuid: 'f' },
          { kind: 'SITE', field: 'siteUuid', uuid: 's' },
        ],
      },
    ]);
  });

  it.each(['futureUuid', 'constructor', 'toString', '__proto__'])(
    'does not let the unknown field %s make a role look global',
    (field) => {
      expect(oneScope(`{"${field}":"f"}`)).toEqual([
        { kind: 'UNKNOWN', uuid: 'f', components: [{ kind: 'UNKNOWN', field, uuid: 'f' }] },
      ]);
    },
  );

  it.each(['{}', '{"siteUuid":""}', '{"siteUuid":null}', '{"futureFlag":true}', '{"futureList":["a"]}'])(
    'keeps the scope object %s, which names nothing, so that the role is not global',
    (scope) => {
      expect(oneScope(scope)).toEqual([{ kind: 'UNKNOWN', uuid: '', components: [] }]);
    },
  );

  it('does not fail on fields that were added later', () => {
    const { subjects } = read(
      '{"assignments":[{"subjectReference":"a","new":{"x":1},"roles":[{"roleName":"r","new":[],"scopes":[{"siteUuid":"s","new":7}]}]}],"new":1}',
    );
    expect(subjects[0]?.roles[0]?.scopes).toHaveLength(1);
  });

  it('has one object for equal scopes of a page', () => {
    const scopes = oneScope('{"siteUuid":"s"},{"siteUuid":"s"},{"customerUuid":"s"}');
    expect(scopes?.[0]).toBe(scopes?.[1]);
    expect(scopes?.[0]).not.toBe(scopes?.[2]);
  });

  it.each([
    'null',
    '[]',
    '"text"',
    '7',
    '{"error":"internal"}',
    '{"assignments":{}}',
    '{"assignments":"none"}',
    '{"assignments":[null]}',
    '{"assignments":["a"]}',
    '{"assignments":[[]]}',
    '{"assignments":[{"subjectReference":7}]}',
    '{"assignments":[{"subjectReference":"a","subjectType":1}]}',
    '{"assignments":[{"subjectReference":"a","roles":{}}]}',
    '{"assignments":[{"subjectReference":"a","roles":["admin"]}]}',
    '{"assignments":[{"subjectReference":"a","roles":[{"roleName":{}}]}]}',
    '{"assignments":[{"subjectReference":"a","roles":[{"roleName":"r","scopes":"all"}]}]}',
    '{"assignments":[{"subjectReference":"a","roles":[{"roleName":"r","scopes":[null]}]}]}',
    '{"assignments":[{"subjectReference":"a","roles":[{"roleName":"r","scopes":["s"]}]}]}',
    '{"assignments":[{"subjectReference":"a","roles":[{"roleName":"r","scopes":[{"siteUuid":7}]}]}]}',
    '{"assignments":[{"subjectReference":"a","roles":[{"roleName":"r","scopes":[{"siteUuid":7,"mspUuid":"m"}]}]}]}',
    '{"assignments":[],"nextPageToken":7}',
    `{"assignments":[],"nextPageToken":"${'t'.repeat(129)}"}`,
  ])('refuses %s, rather than half of it', (text) => {
    expect(() => read(text)).toThrow(InvalidBodyError);
  });

  it('takes a page token as long as upstream takes it back', () => {
    const token = 't'.repeat(128);
    expect(read(`{"nextPageToken":"${token}"}`).nextPageToken).toBe(token);
  });
});
