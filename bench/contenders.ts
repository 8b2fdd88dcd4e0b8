import { builtGateway, type ServerOptions, type Upstream } from './processes.ts';
import type { ContenderName } from './workloads.ts';

export interface ContenderOptions {
  readonly upstreamUrl: string;
  /** Where names are read. Default: nowhere. */
  readonly directoryUrls?: Upstream['urls'];
  readonly cache: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly nodeFlags: readonly string[];
}

/** How a contender is started. Rolescope runs as its users run it, but for the limits that would hold a benchmark back. */
export const programOf = (name: ContenderName, options: ContenderOptions): ServerOptions => {
  const { upstreamUrl, directoryUrls, cache, environment, nodeFlags } = options;
  if (name === 'bare proxy') return { program: ['./servers/bare-proxy.js', upstreamUrl] };
  if (name === 'by hand') return { program: ['./servers/by-hand.js', upstreamUrl] };
  return {
    program: [builtGateway, 'serve'],
    nodeFlags,
    environment: {
      PORT: '0',
      ROLESCOPE_UPSTREAM_URL: upstreamUrl,
      ROLESCOPE_RATE_LIMIT: '1000000',
      // Long enough that nothing goes stale while it is measured.
      ROLESCOPE_CACHE_TTL_MS: cache ? '3600000' : '0',
      ...(directoryUrls !== undefined && {
        ROLESCOPE_USERS_URL: directoryUrls.users,
        ROLESCOPE_DEVICES_URL: directoryUrls.devices,
        ROLESCOPE_POLICIES_URL: directoryUrls.policies,
        ROLESCOPE_NAMES_TTL_MS: '3600000',
      }),
      // Names that are missing upstream are no trouble here.
      ROLESCOPE_LOG_LEVEL: 'error',
      ...environment,
    },
  };
};
