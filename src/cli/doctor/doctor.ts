import { ConfigError } from '../../model/errors.ts';
import { systemClock } from '../../platform/clock.ts';
import { systemRandom } from '../../platform/random.ts';
import type { Config } from '../../settings/read.ts';
import { print } from '../output.ts';
import { passwordOf } from '../password-prompt.ts';
import { formatFinding, runDoctor } from './examination.ts';

/** `rolescope doctor`: tells step by step whether ESET Connect can be reached and used. The exit status is 0 only where nothing is wrong. */
export const doctor = async (config: Config): Promise<void> => {
  const { upstream, region, username, token, rateLimit } = config;
  if (upstream === undefined) throw new ConfigError('set ROLESCOPE_REGION or ROLESCOPE_UPSTREAM_URL for ESET Connect');
  const password = username !== undefined && token === undefined ? await passwordOf(config) : undefined;
  const isFine = await runDoctor(
    {
      ...upstream,
      region,
      username,
      password,
      token,
      rateLimitPerSecond: rateLimit,
      clock: systemClock,
      random: systemRandom,
    },
    (finding) => print(formatFinding(finding)),
  );
  if (!isFine) process.exitCode = 1;
};
