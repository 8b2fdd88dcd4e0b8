import { ConfigError } from '../../model/errors.ts';
import { readRecordLocation } from '../../record/location.ts';
import type { RecordStatus } from '../../record/record.ts';
import type { Config } from '../../settings/read.ts';
import { print } from '../output.ts';
import { withRecord } from './with-record.ts';

/** `rolescope record status`: how far the record goes, and how large it is. Fails as `withRecord` does. */
export const recordStatus = async (config: Config): Promise<void> => {
  const { format = 'text', recordDays: keptDays } = config;
  if (format !== 'text' && format !== 'json')
    throw new ConfigError(`--format of record status must be text or json, got ${JSON.stringify(format)}`);
  const status = await withRecord(config, (record) => record.status());
  const { kind } = readRecordLocation(config.record ?? '');
  print(format === 'json' ? asJson({ kind, keptDays, ...status }) : asText({ kind, keptDays, ...status }));
};

interface Told extends RecordStatus {
  readonly kind: 'directory' | 'server';
  readonly keptDays: number;
}

const asJson = ({ kind, summary, censuses, assignments, subjects, sizeBytes, keptDays }: Told): string =>
  JSON.stringify({
    kind,
    since: summary && momentOf(summary.sinceMs),
    latest: summary && momentOf(summary.latestMs),
    revisionCount: summary?.revisionCount ?? 0,
    censuses,
    assignments,
    subjects,
    sizeBytes,
    keptDays,
  });

const asText = ({ kind, summary, censuses, assignments, subjects, sizeBytes, keptDays }: Told): string =>
  [
    ['kept in', kind === 'directory' ? 'a directory' : 'a PostgreSQL server'],
    ...(summary === null
      ? [['begins', 'with the first census that ends: none is recorded yet']]
      : [
          ['begins', momentOf(summary.sinceMs)],
          ['last census', momentOf(summary.latestMs)],
          ['censuses', `${counted(censuses)}, of which ${counted(summary.revisionCount)} differed from the one before`],
        ]),
    ['assignments', `${counted(assignments)}, ended ones included`],
    ['subjects', counted(subjects)],
    ['size', `${(sizeBytes / 1e6).toFixed(1)} MB`],
    ['kept for', `${counted(keptDays)} days after its end`],
  ]
    .map(([name = '', text]) => `${name.padEnd(13)}${text}`)
    .join('\n');

const momentOf = (timeMs: number): string => new Date(timeMs).toISOString();

const counted = (count: number): string => count.toLocaleString('en-US');
