import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScope, createSubject } from '../../src/model/subject.ts';
import { csvColumns, writeCsvRows } from '../../src/review/csv.ts';
import { heldBy } from '../../src/review/held.ts';
import { noNames } from '../../src/review/names.ts';
import { type RunningGateway, runGateway } from '../support/running-gateway.ts';
import { uuidOf } from '../directory/named-world.ts';
import { createExporter, type Exporter } from './exported.ts';
import { group, oddNames, oddWorld } from './odd-world.ts';

type Row = Record<(typeof csvColumns)[number], string>;

const rowsOf = (text: string): Row[] => parse(text, { columns: true, record_delimiter: '\r\n' });

interface GraphSubject {
  readonly reference: string;
  readonly type: string;
  readonly rawType: string;
  readonly displayName: string | null;
  readonly email: string | null;
  readonly roles: {
    readonly nodes: readonly {
      readonly name: string;
      readonly isGlobal: boolean;
      readonly scopes: {
        readonly nodes: readonly {
          readonly kind: string;
          readonly uuid: string;
          readonly displayName: string | null;
          readonly components: readonly { readonly kind: string; readonly field: string; readonly uuid: string }[];
          readonly ancestors: readonly { readonly uuid: string; readonly displayName: string | null }[] | null;
        }[];
      };
    }[];
  };
}

const wholeGraph = `{ subjects(first: 1000, orderBy: [{ field: TYPE }, { field: REFERENCE }]) { nodes {
  reference type rawType displayName email
  roles(first: 1000) { nodes { name isGlobal scopes(first: 1000) { nodes {
    kind uuid displayName components { kind field uuid } ancestors { uuid displayName }
  } } } }
} } }`;

/** The rows that the graph's answer means, in no order. */
const rowsOfGraph = (subjects: readonly GraphSubject[], asOf = ''): Row[] =>
  subjects.flatMap((subject) =>
    subject.roles.nodes.flatMap((role) => {
      const row: Row = {
        subject_type: subject.type === 'UNKNOWN' ? subject.rawType : subject.type,
        subject_reference: subject.reference,
        subject_name: subject.displayName ?? '',
        subject_email: subject.email ?? '',
        role: role.name,
        everywhere: String(role.isGlobal),
        scope_kind: '',
        scope_uuid: '',
        scope_name: '',
        scope_path: '',
        via_group: '',
        as_of: asOf,
      };
      if (role.isGlobal) return [row];
      return role.scopes.nodes.map((scope) => ({
        ...row,
        scope_kind: scope.kind === 'UNKNOWN' ? (scope.components[0]?.field ?? 'UNKNOWN') : scope.kind,
        scope_uuid: scope.uuid,
        scope_name: scope.displayName ?? '',
        scope_path: (scope.ancestors ?? [])
          .filter(({ uuid }, index, all) => uuid !== scope.uuid && uuid !== all[index - 1]?.uuid)
          .map(({ uuid, displayName }) => displayName ?? uuid)
          .toReversed()
          .join(' / '),
      }));
    }),
  );

const sorted = (rows: readonly Row[]): Row[] =>
  rows.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));

describe('an export', () => {
  let gateway: RunningGateway;
  let exporter: Exporter;
  let subjects: readonly GraphSubject[];
  beforeAll(async () => {
    gateway = await runGateway({ sandbox: { world: oddWorld() } });
    exporter = createExporter(gateway.sandbox);
    const { data } = await gateway.ask<{ subjects: { nodes: GraphSubject[] } }, object>(wholeGraph);
    subjects = data?.subjects.nodes ?? [];
  });
  afterAll(async () => {
    await exporter.close();
    await gateway.close();
  });

  it('has a row for each assignment that the graph knows, and nothing else', async () => {
    const { text } = await exporter.run({ raw: true, asOf: '2026-11-26T07:00:00.000Z' });
    expect(subjects.length).toBe(oddNames.length + 3);
    expect(sorted(rowsOf(text))).toEqual(sorted(rowsOfGraph(subjects, '2026-11-26T07:00:00.000Z')));
  });

  it('names its columns in the first row, and ends rows as RFC 4180 says', async () => {
    const { text } = await exporter.run({ names: false });
    expect(text.startsWith(`${csvColumns.join(',')}\r\n`)).toBe(true);
    expect(text.endsWith('\r\n')).toBe(true);
  });

  it('has subjects in the order that upstream gives, and what each holds by role, scope kind and uuid', async () => {
    const rows = rowsOf((await exporter.run({ raw: true })).text);
    const references = rows.map(({ subject_reference }) => subject_reference);
    const held = subjects.filter(({ roles }) => roles.nodes.length > 0).map(({ reference }) => reference);
    expect([...new Set(references)]).toEqual(held);
    const keys = rows
      .filter(({ subject_reference }) => subject_reference === uuidOf('user', 0))
      .map(({ role, scope_kind, scope_uuid }) => JSON.stringify([role, scope_kind, scope_uuid]));
    expect(keys.length).toBeGreaterThan(3);
    expect(keys).toEqual(
      keys.toSorted((one, other) => {
        const [a, b] = [one, other].map((key) => (JSON.parse(key) as string[]).join('\0')) as [string, string];
        return a < b ? -1 : 1;
      }),
    );
  });

  it('writes an apostrophe before what a spreadsheet would run, and nowhere else', async () => {
    const [safe, raw] = [await exporter.run(), await exporter.run({ raw: true })].map(({ text }) => rowsOf(text));
    expect(safe).toHaveLength(raw?.length ?? 0);
    for (const [index, row] of (safe ?? []).entries()) {
      const given = raw?.[index] as Row;
      for (const column of csvColumns) {
        expect(row[column]).toBe(/^[=+\-@\t\r]/.test(given[column]) ? `'${given[column]}` : given[column]);
      }
    }
    expect(safe?.some(({ role }) => role === "'=1+1")).toBe(true);
  });

  it('has the members of a group right after each of its rows, where asked', async () => {
    const rows = rowsOf((await exporter.run({ effective: true, raw: true })).text);
    const at = rows.findIndex(({ subject_reference }) => subject_reference === group);
    expect(rows[at]).toMatchObject({ subject_type: 'USER_GROUP', via_group: '' });
    expect(rows.slice(at + 1).filter(({ via_group }) => via_group !== '')).toEqual(rows.slice(at + 1, at + 3));
    expect(sorted(rows.slice(at + 1, at + 3))).toEqual(
      sorted(
        [0, 1].map((index) => ({
          ...(rows[at] as Row),
          subject_type: 'USER',
          subject_reference: uuidOf('user', index),
          subject_name: oddNames[index] as string,
          subject_email: `user.${index}@people.example`,
          via_group: group,
        })),
      ),
    );
  });

  it('asks nobody for names where none are wanted', async () => {
    gateway.sandbox.clearTranscript();
    const rows = rowsOf((await exporter.run({ names: false })).text);
    expect(rows.every((row) => row.subject_name + row.subject_email + row.scope_name + row.scope_path === '')).toBe(
      true,
    );
    expect(gateway.sandbox.transcript().map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v2/role-assignments',
    ]);
  });

  it('keeps to the filter: in csv the assignments that meet it, in ndjson the subjects that have one, whole', async () => {
    const scope = { field: 'assetGroupUuid', uuid: uuidOf('group', 2) };
    const filter = { type: 'USER', role: { name: 'zeta', scopes: [[scope]] } } as const;
    const rows = rowsOf((await exporter.run({ filter })).text);
    expect(rows).toHaveLength(oddNames.length);
    expect(new Set(rows.map(({ role, scope_uuid }) => `${role} ${scope_uuid}`))).toEqual(
      new Set([`zeta ${scope.uuid}`]),
    );
    const lines = (await exporter.run({ filter, format: 'ndjson' })).text.trimEnd().split('\n');
    expect(lines).toHaveLength(oddNames.length);
    expect((JSON.parse(lines[0] as string) as { roles: object[] }).roles).toHaveLength(3);
  });

  it('counts roles that are held everywhere where the filter says so', async () => {
    const scopes = [[{ field: 'customerUuid', uuid: uuidOf('other', 99) }]];
    expect(rowsOf((await exporter.run({ filter: { role: { scopes } } })).text)).toEqual([]);
    const rows = rowsOf((await exporter.run({ filter: { role: { scopes, includeGlobal: true } } })).text);
    expect(rows).toHaveLength(oddNames.length - 1 + 2);
    expect(rows.every(({ everywhere }) => everywhere === 'true')).toBe(true);
  });

  it('has in ndjson a line for each subject, as the graph tells it, without keys that have no value', async () => {
    const { text } = await exporter.run({ format: 'ndjson', asOf: '2026-11-26T07:00:00.000Z' });
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown> & { roles: { scopes: object[] }[] });
    const held = subjects.filter(({ roles }) => roles.nodes.length > 0);
    expect(lines.map(({ reference }) => reference)).toEqual(held.map(({ reference }) => reference));
    for (const [index, line] of lines.entries()) {
      const { roles, displayName, email, reference, type, rawType } = held[index] as GraphSubject;
      expect(line).toEqual({
        reference,
        type,
        rawType,
        ...(displayName && { displayName }),
        ...(email && { email }),
        roles: expect.any(Array) as unknown,
        asOf: '2026-11-26T07:00:00.000Z',
      });
      const count = roles.nodes.reduce((sum, { scopes }) => sum + scopes.nodes.length, 0);
      expect(line.roles.reduce((sum, { scopes }) => sum + scopes.length, 0)).toBe(count);
    }
    expect(text).not.toContain('null');
  });

  it('is refused where members are asked for in ndjson', async () => {
    await expect(exporter.run({ format: 'ndjson', effective: true })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

describe('a row', () => {
  it('tells what is not known by upstream’s own words', () => {
    const scope = createScope([{ kind: 'UNKNOWN', field: 'stationUuid', uuid: 's-1' }]);
    const subject = createSubject('r-1', 'SUBJECT_TYPE_ROBOT', [
      { name: 'docks', scopes: [scope, createScope([])] },
      { name: 'flies', scopes: [] },
    ]);
    const rows = heldBy(subject).map((held) => ({ subject, held, names: noNames, asOf: undefined }));
    expect(writeCsvRows(rows, { raw: false })).toBe(
      [
        'SUBJECT_TYPE_ROBOT,r-1,,,docks,false,UNKNOWN,,,,,',
        'SUBJECT_TYPE_ROBOT,r-1,,,docks,false,stationUuid,s-1,,,,',
        'SUBJECT_TYPE_ROBOT,r-1,,,flies,true,,,,,,',
        '',
      ].join('\r\n'),
    );
  });
});

describe('an export of several pages', () => {
  it('gives the same bytes in one go and from any place that it has come to', async () => {
    const gateway = await runGateway({ sandbox: { subjects: 3500 } });
    const exporter = createExporter(gateway.sandbox);
    try {
      for (const format of ['csv', 'ndjson'] as const) {
        const whole = await exporter.run({ format });
        expect(whole.pages.map(({ subjects }) => subjects)).toEqual([1000, 2000, 3000, 3500]);
        expect(whole.pages.at(-1)?.next).toBeUndefined();
        for (const { next } of whole.pages.slice(0, -1)) {
          const rest = await exporter.run({ format }, next);
          expect(whole.text.endsWith(rest.text)).toBe(true);
          expect(rest.text.length).toBeGreaterThan(0);
          expect(rest.pages.at(-1)?.subjects).toBe(3500);
        }
      }
    } finally {
      await exporter.close();
      await gateway.close();
    }
  });

  it('says that a place is gone where upstream does not take it', async () => {
    const gateway = await runGateway({ sandbox: { subjects: 10 } });
    const exporter = createExporter(gateway.sandbox);
    try {
      await expect(exporter.run({}, { pageToken: 'gone', tokenBefore: 'gone', subjects: 1000 })).rejects.toMatchObject({
        code: 'EXPIRED_CURSOR',
      });
    } finally {
      await exporter.close();
      await gateway.close();
    }
  });
});
