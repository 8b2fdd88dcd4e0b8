import { ConfigError } from '../model/errors.ts';
import { systemClock } from '../platform/clock.ts';
import { systemRandom } from '../platform/random.ts';
import type { Config } from '../settings/read.ts';
import { login } from '../upstream/credentials/login.ts';
import { print } from './output.ts';
import { passwordOf } from './password-prompt.ts';

/** `rolescope token`: logs in as the API user and prints the bearer token, and nothing else. Fails with a `ConfigError` or a `GatewayError`. */
export const token = async (config: Config): Promise<void> => {
  const { username, upstream } = config;
  // A login needs no Identity address, so one that stands alone will do.
  const tokenUrl = upstream?.tokenUrl ?? config.tokenUrl;
  if (tokenUrl === undefined) throw new ConfigError('set ROLESCOPE_REGION or ROLESCOPE_TOKEN_URL to log in somewhere');
  if (username === undefined) throw new ConfigError('set ROLESCOPE_USERNAME or --username to the name of the API user');
  const password = await passwordOf(config);
  const { accessToken } = await login({ tokenUrl, username, password, clock: systemClock, random: systemRandom });
  print(accessToken);
};
