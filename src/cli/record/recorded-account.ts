import { ConfigError } from '../../model/errors.ts';
import type { SubjectPageSource } from '../../model/subject-list.ts';
import { systemClock } from '../../platform/clock.ts';
import { systemRandom } from '../../platform/random.ts';
import { noNames } from '../../review/names.ts';
import { createReviews } from '../../review/reviews.ts';
import type { Config } from '../../settings/read.ts';
import { type Account, openAccount } from '../account.ts';

interface Recorded {
  /** What it is of. */
  readonly name: string;
  readonly subjects: SubjectPageSource;
}

/**
 * An account as it was recorded, and with the names of today where they are wanted: the record has none. Fails with a `ConfigError` where names are wanted, and no
 * account is named to look them up in.
 */
export const openRecordedAccount = async (config: Config, { name, subjects }: Recorded): Promise<Account> => {
  if (config.names) return { ...(await openNamed(config, subjects)), name };
  const reviews = createReviews({
    subjects,
    directory: { forOperation: nobody },
    clock: systemClock,
    random: systemRandom,
    timeoutMs: config.timeoutMs,
  });
  return {
    name,
    activity: () => ({ calls: 0, isWaitingForLimit: false }),
    open: (options) => reviews.open({ ...options, caller: { credentialKey: 'record', reference: null } }),
    namesOf: () => Promise.resolve({ names: noNames, untold: 0 }),
    close: () => Promise.resolve(),
  };
};

/** Nobody asks for names where none are wanted. */
const nobody = (): never => {
  throw new Error('no names are wanted');
};

const openNamed = async (config: Config, subjects: SubjectPageSource): Promise<Account> => {
  try {
    return await openAccount(config, subjects);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(
      `the record has no names, so they are looked up in the account (--no-names leaves them out): ${error.message}`,
      { cause: error },
    );
  }
};
