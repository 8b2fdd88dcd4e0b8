import { ConfigError } from '../../model/errors.ts';
import type { Config } from '../../settings/read.ts';
import { requestOf, writeExport } from '../export.ts';
import { openRecordedAccount } from './recorded-account.ts';
import { withRecord } from './with-record.ts';

/**
 * `rolescope record export`: the rows that `rolescope export` would have written at a moment. Who held what is of the record, and names are those of today. Fails as
 * exporting and `withRecord` do.
 */
export const exportRecord = async (config: Config): Promise<void> => {
  const wanted = requestOf(config);
  if (config.at === undefined)
    throw new ConfigError('record export needs --at TIME: the moment that is asked for, such as --at 2026-03-01');
  const atMs = Date.parse(config.at);
  await withRecord(config, async (record) => {
    // The census that holds then, and no later one: another may come before the last page, and not only for a time that lies ahead.
    const asOfMs = await record.asOfAt(atMs);
    const begun = new Date(asOfMs).toISOString();
    const account = await openRecordedAccount(config, {
      name: `record at ${begun}`,
      subjects: record.subjectsAt(asOfMs),
    });
    try {
      await writeExport(account, config, { wanted, begun });
    } finally {
      await account.close();
    }
  });
};
