import { stringify } from 'csv-stringify/sync';
import type { Named } from '../directory/directory.ts';
import type { Scope, Subject } from '../model/subject.ts';
import type { Held } from './held.ts';
import type { Names } from './names.ts';

/** The columns of an export, in their order. */
export const csvColumns = [
  'subject_type',
  'subject_reference',
  'subject_name',
  'subject_email',
  'role',
  'everywhere',
  'scope_kind',
  'scope_uuid',
  'scope_name',
  'scope_path',
  'via_group',
  'as_of',
] as const;

/** Whom a row is about, where that is a member of the group that holds the role. */
export interface GroupMember {
  readonly uuid: string;
  readonly name: Named | undefined;
}

/** A row of an export: somebody, and one thing that they hold. */
export interface CsvRow {
  readonly subject: Subject;
  readonly held: Held;
  readonly names: Names;
  /** Present: the row says what this member holds by the subject, which is a group. */
  readonly member?: GroupMember;
  readonly asOf: string | undefined;
}

interface CsvOptions {
  /** True: a cell that begins with a formula character is written as it is. */
  readonly raw: boolean;
}

/** The header row. */
export const csvHeader = (): string => csvText([[...csvColumns]], { raw: true });

/** Rows as RFC 4180 has them. */
export const writeCsvRows = (rows: readonly CsvRow[], options: CsvOptions): string =>
  csvText(rows.map(cellsOf), options);

/**
 * Any table of texts. What a spreadsheet would take for a formula has an apostrophe before it, unless `raw`. A lone CR or LF is quoted as well, which the
 * library does for whole line ends only.
 */
export const csvText = (table: readonly (readonly string[])[], { raw }: CsvOptions): string =>
  stringify(
    table.map((cells) => [...cells]),
    { record_delimiter: 'windows', escape_formulas: !raw, quoted_match: /[\r\n]/ },
  );

const cellsOf = ({ subject, held: { role, scope }, names, member, asOf = '' }: CsvRow): readonly string[] => {
  const named = member === undefined ? names.ofSubject(subject) : member.name;
  return [
    member === undefined ? typeText(subject) : 'USER',
    member === undefined ? subject.reference : member.uuid,
    named?.displayName ?? '',
    named?.email ?? '',
    role.name,
    String(scope === undefined),
    scope === undefined ? '' : kindText(scope),
    scope?.uuid ?? '',
    (scope && names.ofScope(scope)) ?? '',
    (scope && names.pathOf(scope)) ?? '',
    member === undefined ? '' : subject.reference,
    asOf,
  ];
};

const typeText = ({ type, rawType }: Pick<Subject, 'type' | 'rawType'>): string =>
  type === 'UNKNOWN' ? rawType : type;

/** A kind that is not known is told by upstream's own word, its field. */
const kindText = ({ kind, components }: Scope): string => (kind === 'UNKNOWN' ? (components[0]?.field ?? kind) : kind);
