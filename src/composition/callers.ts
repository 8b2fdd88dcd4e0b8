import type { Config } from '../settings/read.ts';
import { ConfigError } from '../model/errors.ts';
import {
  createPassthroughIdentify,
  createServiceAuthentication,
  type ServiceAuthentication,
} from '../http/authentication.ts';
import type { UpstreamAuth } from '../upstream/client.ts';
import type { Platform } from './platform.ts';

/** Who calls: the credential that goes upstream, and how a request is told apart from another's. */
export interface Callers extends ServiceAuthentication {
  readonly auth: UpstreamAuth;
}

/** Whose credential goes upstream, and how callers say who they are. Refuses to serve a credential of its own to just anybody. */
export const composeCallers = (config: Config, { clock, logger }: Platform): Callers => {
  if (config.auth === 'passthrough') {
    return {
      auth: { mode: 'passthrough' },
      identify: createPassthroughIdentify(),
      missing: () => Promise.resolve(undefined),
    };
  }
  const { username, password } = config;
  const tokenUrl = config.upstream?.tokenUrl;
  if (username === undefined || password === undefined || tokenUrl === undefined) {
    const missing = Object.entries({
      ROLESCOPE_USERNAME: username,
      ROLESCOPE_PASSWORD: password,
      'ROLESCOPE_TOKEN_URL or ROLESCOPE_REGION': tokenUrl,
    }).flatMap(([name, value]) => (value === undefined ? [name] : []));
    throw new ConfigError(`ROLESCOPE_AUTH=service needs ${missing.join(', ')}`);
  }
  return {
    auth: { mode: 'service', username, password },
    ...createServiceAuthentication({ ...config, username, password, clock, logger }),
  };
};
