import { createHash } from 'node:crypto';
import { createDirectory } from '../directory/create-directory.ts';
import type { SubjectPageSource } from '../model/subject-list.ts';
import { noUpstream } from '../composition/upstream.ts';
import { ConfigError, GatewayError } from '../model/errors.ts';
import type { Caller } from '../model/operation.ts';
import type { Subject } from '../model/subject.ts';
import { createPages } from '../pages/create-pages.ts';
import type { Signal } from '../platform/abort.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLogger } from '../platform/logger.ts';
import { systemRandom } from '../platform/random.ts';
import { readFilter } from '../review/read-filter.ts';
import type { ReviewFilter } from '../review/review-request.ts';
import { createReviews, type OpenReview, type Review, type Reviews } from '../review/reviews.ts';
import type { Config, UpstreamAddresses } from '../settings/read.ts';
import { createUpstream, type UpstreamAuth } from '../upstream/client.ts';
import { listRoleAssignments } from '../upstream/endpoints/role-assignments.ts';
import { passwordOf } from './password-prompt.ts';

/** The account that a command looks at by itself, without a gateway. */
export interface Account {
  /** Which one it is, as far as the settings tell: what was begun with one cannot go on with another. */
  readonly name: string;
  /** What goes on between here and upstream. */
  activity(): { readonly calls: number; readonly isWaitingForLimit: boolean };
  open(options: Omit<OpenReview, 'caller'>): Review;
  /** What subjects, and the scopes that they hold roles at, are called now. Never rejects. */
  namesOf(subjects: readonly Subject[], signal: Signal): ReturnType<Reviews['namesOf']>;
  close(): Promise<void>;
}

/**
 * Opens the account that the settings name: a sandbox of its own, or an upstream with the token of `ROLESCOPE_TOKEN`, or as the API user. Fails with a
 * `ConfigError` where they name none, or no credential. `recorded` in place of what upstream tells of who holds what: then it is asked for names alone.
 */
export const openAccount = async (config: Config, recorded?: SubjectPageSource): Promise<Account> => {
  if (config.sandbox && config.upstream !== undefined) {
    throw new ConfigError('--sandbox has made-up data and an upstream is set as well: leave one of them out');
  }
  const stand = config.sandbox ? await import('./sandbox.ts') : undefined;
  const sandbox = await stand?.startSandbox({ ...config, sandboxPort: 0 }, '--sandbox-port');
  const upstream = sandbox === undefined ? config.upstream : stand?.addressesOf(sandbox);
  if (upstream === undefined) throw new ConfigError(noUpstream);
  const { auth, caller } = await credentialOf(config, upstream, sandbox?.adminToken);
  const [clock, random] = [systemClock, systemRandom];
  const { baseUrl, tokenUrl, usersUrl, devicesUrl, policiesUrl } = upstream;
  let calls = 0;
  const client = createUpstream({
    addresses: { identity: baseUrl, token: tokenUrl, users: usersUrl, devices: devicesUrl, policies: policiesUrl },
    auth,
    rateLimitPerSecond: config.rateLimit,
    ...(config.addressRateLimit !== undefined && { addressRateLimitPerSecond: config.addressRateLimit }),
    attemptTimeoutMs: config.attemptTimeoutMs,
    clock,
    random,
    logger: silentLogger,
    onAttempt: () => void calls++,
  });
  const pages = createPages({ clock, random, maxBytes: config.cacheMaxBytes, redis: undefined });
  const directory = createDirectory({
    upstream: client,
    pages,
    clock,
    ttlMs: config.namesTtlMs,
    maxWalkCalls: config.maxCensusCalls,
    walksGoOn: false,
  });
  const subjects = recorded ?? client.list(listRoleAssignments);
  const reviews = createReviews({ subjects, directory, clock, random, timeoutMs: config.timeoutMs });
  return {
    name: sandbox === undefined ? baseUrl : `sandbox of ${config.sandboxWorld ?? config.sandboxSubjects}`,
    activity: () => ({ calls, isWaitingForLimit: client.state().waiting > 0 }),
    open: (options) => reviews.open({ ...options, caller }),
    namesOf: (named, signal) => reviews.namesOf(named, { caller, signal }),
    async close() {
      pages.close();
      await client.close();
      await sandbox?.close();
    },
  };
};

/** The filter that the settings ask for. Throws a `ConfigError` that says what is wrong with it. */
export const filterOf = ({ type, role, scope, includeGlobal }: Config): ReviewFilter => {
  try {
    return readFilter({ type, role, scopes: scope, includeGlobal });
  } catch (error) {
    throw error instanceof GatewayError ? new ConfigError(error.message, { cause: error }) : error;
  }
};

interface Credential {
  readonly auth: UpstreamAuth;
  readonly caller: Caller;
}

const credentialOf = async (
  config: Config,
  { tokenUrl }: UpstreamAddresses,
  sandboxToken: string | undefined,
): Promise<Credential> => {
  const { username } = config;
  if (config.auth === 'service' && sandboxToken === undefined) {
    if (tokenUrl === undefined)
      throw new ConfigError('ROLESCOPE_AUTH=service needs ROLESCOPE_TOKEN_URL or ROLESCOPE_REGION');
    if (username === undefined) throw new ConfigError('ROLESCOPE_AUTH=service needs ROLESCOPE_USERNAME or --username');
    const password = await passwordOf(config);
    return { auth: { mode: 'service', username, password }, caller: { credentialKey: 'service', reference: null } };
  }
  const bearerToken = sandboxToken ?? config.token;
  if (bearerToken === undefined) {
    throw new ConfigError(
      'no credential: set ROLESCOPE_TOKEN to a bearer token (rolescope token prints one), or ROLESCOPE_AUTH=service with ROLESCOPE_USERNAME and ROLESCOPE_PASSWORD',
    );
  }
  const credentialKey = createHash('sha256').update(bearerToken).digest('base64url');
  return { auth: { mode: 'passthrough' }, caller: { credentialKey, bearerToken, reference: null } };
};
