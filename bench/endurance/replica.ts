import { fileURLToPath } from 'node:url';
import type { Sandbox } from '../../src/index.ts';
import { type Server, startServer } from '../processes.ts';

export interface ReplicaOptions {
  /** The command, relative to the folder of `processes.ts`. */
  readonly gateway: string;
  readonly sandbox: Sandbox;
  readonly redisUrl: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const preload = fileURLToPath(new URL('./collect-on-signal.js', import.meta.url));

/** Starts a gateway over a sandbox without a rate limit. SIGUSR2 has it collect its garbage. */
export const startReplica = ({ gateway, sandbox, redisUrl, environment }: ReplicaOptions): Promise<Server> =>
  startServer({
    program: [gateway, 'serve'],
    nodeFlags: ['--expose-gc', '--import', preload],
    // Replicas, and whatever else the machine does, share all that there is.
    hasOwnCore: false,
    environment: {
      PORT: '0',
      ROLESCOPE_UPSTREAM_URL: sandbox.url,
      ROLESCOPE_TOKEN_URL: sandbox.tokenUrl,
      ROLESCOPE_USERS_URL: sandbox.urls.users,
      ROLESCOPE_DEVICES_URL: sandbox.urls.devices,
      ROLESCOPE_POLICIES_URL: sandbox.urls.policies,
      ROLESCOPE_REDIS_URL: redisUrl,
      ROLESCOPE_RATE_LIMIT: '1000000',
      ROLESCOPE_ADDRESS_RATE_LIMIT: '1000000',
      // Short, so that both ways are walked: from kept pages and names, and from upstream.
      ROLESCOPE_CACHE_TTL_MS: '2000',
      ROLESCOPE_NAMES_TTL_MS: '5000',
      ROLESCOPE_LOG_LEVEL: 'silent',
      ROLESCOPE_SUBGRAPH: 'true',
      ...environment,
    },
  });

/** A token of the first of the sandbox's users whose name begins like this. */
export const tokenOf = async (sandbox: Sandbox, name: string): Promise<string> => {
  const user = sandbox.users.find((known) => known.name.startsWith(name));
  const response = await fetch(sandbox.tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', username: user?.name ?? '', password: user?.password ?? '' }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
};
