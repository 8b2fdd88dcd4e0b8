import { csvText } from './csv.ts';
import type { ReviewChange, ReviewDiff } from './diff.ts';
import type { ReviewedScope } from './ndjson.ts';

export const diffFormats = ['text', 'json', 'csv'] as const;

export type DiffFormat = (typeof diffFormats)[number];

interface WriteDiffOptions {
  readonly format: DiffFormat;
  /** csv: leaves cells as they are that a spreadsheet would run. */
  readonly raw: boolean;
  /** text: colours a line. Default: leaves it as it is. */
  readonly colour?: (kind: ReviewChange['kind'], text: string) => string;
}

const columns = [
  'change',
  'subject_type',
  'subject_reference',
  'subject_name',
  'role',
  'everywhere',
  'scope_kind',
  'scope_uuid',
  'scope_name',
];

/** A difference as it is told: for people, for programs, or for spreadsheets. */
export const writeDiff = (diff: ReviewDiff, options: WriteDiffOptions): string => {
  if (options.format === 'json') return writeJson(diff);
  return options.format === 'csv'
    ? writeCsv(diff, options.raw)
    : writeText(diff, options.colour ?? ((_kind, text) => text));
};

const countOf = ({ changes }: ReviewDiff, kind: ReviewChange['kind']): number =>
  changes.filter((change) => change.kind === kind).length;

const writeJson = (diff: ReviewDiff): string => {
  const { oldAsOf, newAsOf, changes } = diff;
  return `${JSON.stringify({
    old: { asOf: oldAsOf },
    new: { asOf: newAsOf },
    granted: countOf(diff, 'GRANTED'),
    revoked: countOf(diff, 'REVOKED'),
    changes: changes.map(({ kind, subject, assignment: { role, scope } }) => ({
      kind,
      subject: { reference: subject.reference, type: subject.type, displayName: subject.displayName ?? null },
      roleName: role.name,
      scope:
        scope === undefined ? null : { kind: scope.kind, uuid: scope.uuid, displayName: scope.displayName ?? null },
    })),
  })}\n`;
};

const writeCsv = ({ changes }: ReviewDiff, raw: boolean): string =>
  csvText([columns], { raw: true }) +
  csvText(
    changes.map(({ kind, subject, assignment: { role, scope } }) => [
      kind,
      subject.type === 'UNKNOWN' ? subject.rawType : subject.type,
      subject.reference,
      subject.displayName ?? '',
      role.name,
      String(scope === undefined),
      scope === undefined ? '' : kindText(scope),
      scope?.uuid ?? '',
      scope?.displayName ?? '',
    ]),
    { raw },
  );

const kindText = ({ kind, components }: ReviewedScope): string =>
  kind === 'UNKNOWN' ? (components[0]?.field ?? kind) : kind;

const writeText = (diff: ReviewDiff, colour: (kind: ReviewChange['kind'], text: string) => string): string => {
  const { oldAsOf, newAsOf, changes } = diff;
  const lines: string[] = [];
  let last: string | undefined;
  for (const {
    kind,
    subject,
    assignment: { role, scope },
  } of changes) {
    const { type, rawType, reference, displayName } = subject;
    const title = `${shown(displayName ?? reference)} (${shown(type === 'UNKNOWN' ? rawType : type)} ${shown(reference)})`;
    if (title !== last) lines.push(...(last === undefined ? [] : ['']), title);
    last = title;
    const place =
      scope === undefined
        ? 'everywhere'
        : `at ${shown(kindText(scope))} ${shown(scope.displayName ?? '')} ${shown(scope.uuid)}`;
    lines.push(colour(kind, `  ${kind === 'GRANTED' ? '+' : '-'} ${shown(role.name)} ${place.replaceAll('  ', ' ')}`));
  }
  const span = `from ${shown(oldAsOf ?? 'a time that is not told')} to ${shown(newAsOf ?? 'a time that is not told')}`;
  const summary =
    changes.length === 0
      ? `No difference ${span}.`
      : `${countOf(diff, 'GRANTED')} granted, ${countOf(diff, 'REVOKED')} revoked, ${span}.`;
  return `${[...lines, ...(lines.length > 0 ? [''] : []), summary].join('\n')}\n`;
};

/** A name must not move the cursor, colour the terminal or turn the direction of a line. */
const shown = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
