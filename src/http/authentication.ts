import { createHash, scryptSync, timingSafeEqual } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { decodeJwt } from 'jose/jwt/decode';
import { LRUCache } from 'lru-cache';
import { atMost } from '../platform/at-most.ts';
import type { Clock } from '../platform/clock.ts';
import { ConfigError } from '../model/errors.ts';
import type { Logger } from '../platform/logger.ts';
import type { Caller } from '../model/operation.ts';
import type { IdentifyCaller } from '../operations/pipeline.ts';
import type { KeySet } from './key-set.ts';
import type { JwtCheck } from './jwt.ts';
import { unauthenticated } from './unauthenticated.ts';

/** Callers that are remembered, so that most requests cost no hash and no signature check. */
const maxRemembered = 500;

/**
 * Passthrough: whoever sends a bearer token is its holder, as far as the gateway cares; upstream checks it. The caller is keyed by the
 * hash of the whole token, so no claim in it can make two callers one.
 */
export const createPassthroughIdentify = (): IdentifyCaller => {
  const remembered = new LRUCache<string, Caller>(atMost(maxRemembered));
  return ({ authorization }) => {
    if (authorization === undefined) return undefined;
    const known = remembered.get(authorization);
    if (known !== undefined) return known;
    const bearerToken = bearerOf(authorization);
    if (bearerToken === undefined) return undefined;
    const caller: Caller = {
      credentialKey: createHash('sha256').update('bearer ').update(bearerToken).digest('base64url'),
      bearerToken,
      reference: unverifiedSubOf(bearerToken),
    };
    remembered.set(authorization, caller);
    return caller;
  };
};

/** How the callers of a gateway in service mode prove themselves. At least one of the two must be there. */
export interface ServiceCallers {
  /** Each `name:key`. The name is for logs and limits, the key is secret. */
  readonly apiKeys: readonly string[];
  readonly jwksUrl?: string | undefined;
  /** Has to be set beside `jwksUrl`. `*`: any issuer whose keys are in the set. */
  readonly jwtIssuer?: string | undefined;
  /** Has to be set beside `jwksUrl`. `*`: any audience. */
  readonly jwtAudience?: string | undefined;
  /** Names of the keys whose holders may change something. Others may not. */
  readonly writers: readonly string[];
  /** Name of the API user whose rights all callers share. */
  readonly username: string;
  /** Its password. Secret. */
  readonly password: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Who asks, in service mode. */
export interface ServiceAuthentication {
  readonly identify: IdentifyCaller;
  /** Who asks for what nobody has asked for. Absent where only callers have a credential. */
  readonly callerInBackground?: Caller;
  /** What is missing to tell who asks, or undefined. Never fails. `isFatal`: nobody can be told now. */
  readonly missing: () => Promise<{ readonly what: string; readonly isFatal: boolean } | undefined>;
}

/**
 * Service mode: callers prove themselves with an API key (`x-api-key`, or as bearer) or with a JWT that is checked against the JWKS (signature,
 * issuer, audience, expiry). Throws a `ConfigError` where there is neither, or where it is not said whose JWTs they are and for whom: a gateway with a
 * credential of its own must not serve just anybody, and identity providers share one key set among applications.
 */
export const createServiceAuthentication = (options: ServiceCallers): ServiceAuthentication => {
  const { jwksUrl, username, password, writers } = options;
  const keys = parseApiKeys(options.apiKeys);
  const stranger = writers.find((writer) => !keys.some(({ name }) => name === writer));
  if (stranger !== undefined) {
    throw new ConfigError(`ROLESCOPE_WRITERS names ${stranger}, and ROLESCOPE_API_KEYS has no key of that name`);
  }
  if (keys.length === 0 && jwksUrl === undefined) {
    throw new ConfigError(
      'ROLESCOPE_AUTH=service needs ROLESCOPE_API_KEYS or ROLESCOPE_JWKS_URL: callers must prove who they are',
    );
  }
  // All callers see what the API user sees, so they share its key. What replicas share is encrypted with it: it must be as hard to
  // guess as the password, and slow to guess.
  const credentialKey = scryptSync(password, `service ${username}`, 32).toString('base64url');
  const callerOf = (name: string, reference: string | null, mayWrite: boolean): Caller => ({
    credentialKey,
    reference,
    name,
    ...(!mayWrite && { isReadOnly: true }),
  });
  const callersByKey = keys.map(({ name, digest }) => ({
    digest,
    caller: callerOf(`key ${name}`, null, writers.includes(name)),
  }));
  const jwt = jwksUrl === undefined ? undefined : createJwt(options, jwksUrl);

  const identify: IdentifyCaller = (headers) => {
    const apiKey = headers['x-api-key'];
    if (typeof apiKey === 'string')
      return callerWithKey(callersByKey, apiKey) ?? refuse('The API key is not known here.');
    const { authorization } = headers;
    if (authorization === undefined) return undefined;
    const bearer = bearerOf(authorization);
    if (bearer === undefined) return refuse('The authorization header holds no bearer token.');
    const caller = callerWithKey(callersByKey, bearer);
    if (caller !== undefined) return caller;
    if (jwt === undefined) return refuse('The API key is not known here.');
    return jwt.check(bearer).then((claims) => callerOf(`jwt ${subOf(claims) ?? ''}`, subOf(claims), mayWrite(claims)));
  };
  return {
    identify,
    callerInBackground: callerOf('in the background', null, false),
    async missing() {
      if (jwt === undefined || (await jwt.areKeysAtHand())) return undefined;
      return { what: 'the keys that tokens are checked with cannot be had', isFatal: keys.length === 0 };
    },
  };
};

interface ApiKey {
  readonly name: string;
  readonly digest: Buffer;
}

const parseApiKeys = (entries: readonly string[]): ApiKey[] => {
  const names = new Set<string>();
  return entries.map((entry) => {
    const colon = entry.indexOf(':');
    const name = entry.slice(0, Math.max(0, colon)).trim();
    const key = entry.slice(colon + 1).trim();
    // The entry itself is never quoted: all of it may be the key.
    if (name === '' || key === '') throw new ConfigError('ROLESCOPE_API_KEYS must be a list of name:key');
    if (names.has(name)) throw new ConfigError(`ROLESCOPE_API_KEYS has the name ${name} twice`);
    names.add(name);
    return { name, digest: digestOf(key) };
  });
};

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Looks at every key, found or not, and compares digests of equal length: the time taken tells nothing. */
const callerWithKey = (
  callers: readonly { readonly digest: Buffer; readonly caller: Caller }[],
  key: string,
): Caller | undefined => {
  const digest = digestOf(key);
  let found: Caller | undefined;
  for (const entry of callers) if (timingSafeEqual(entry.digest, digest)) found = entry.caller;
  return found;
};

interface Jwt {
  readonly check: JwtCheck;
  readonly areKeysAtHand: KeySet['areAtHand'];
}

/** Loaded when somebody first sends a JWT: passthrough, which is the usual mode, needs none of it. */
const createJwt = ({ jwtIssuer, jwtAudience, clock, logger }: ServiceCallers, url: string): Jwt => {
  if (jwtIssuer === undefined || jwtAudience === undefined) {
    throw new ConfigError(
      'ROLESCOPE_JWKS_URL needs ROLESCOPE_JWT_ISSUER and ROLESCOPE_JWT_AUDIENCE, or tokens of other applications would be let in: set each, to * for any',
    );
  }
  let loading: Promise<{ readonly check: JwtCheck; readonly keys: KeySet }> | undefined;
  const load = () =>
    (loading ??= Promise.all([import('./jwt.ts'), import('./key-set.ts')]).then(([checks, sets]) => {
      const keys = sets.createKeySet({ url, clock, logger });
      const [issuer, audience] = [jwtIssuer, jwtAudience].map((value) => (value === '*' ? undefined : value));
      return { keys, check: checks.createJwtCheck({ issuer, audience, keys, clock }) };
    }));
  return {
    check: async (token) => (await load()).check(token),
    areKeysAtHand: async () => (await load()).keys.areAtHand(),
  };
};

const refuse = (problem: string): never => {
  throw unauthenticated(problem);
};

/** The token of `Bearer <token>`; visible characters only, so that it can go upstream as it is. */
const bearerOf = (authorization: string): string | undefined => /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1];

const unverifiedSubOf = (token: string): string | null => {
  try {
    return subOf(decodeJwt(token));
  } catch {
    return null;
  }
};

/** Scopes stand in one text with blanks between them (RFC 8693, 4.2). */
const mayWrite = ({ scope }: JWTPayload): boolean =>
  typeof scope === 'string' && scope.split(' ').includes('rolescope:write');

const subOf = (claims: JWTPayload): string | null => {
  const sub: unknown = claims.sub;
  return typeof sub === 'string' ? sub : null;
};
