import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../platform/clock.ts';
import { GatewayError } from '../model/errors.ts';
import type { Logger } from '../platform/logger.ts';

interface KeySetOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The keys that tokens are checked with, as the issuer publishes them (RFC 7517, "JWK Set"). */
export interface KeySet {
  /**
   * The key that a token was signed with. Rejects with `UPSTREAM_UNAVAILABLE` where the keys cannot be had, and with the library's own error where
   * there is no such key.
   */
  readonly getKey: JWTVerifyGetKey;
  /** Whether there are keys to check with. Tries to get them where there are none. Never fails. */
  areAtHand(): Promise<boolean>;
}

/** How old keys may be before they are fetched again. Old ones are good while that goes on, and where it fails. */
const refreshMs = 600_000;
/** How long a key that is not in the set is taken for none, without another look: whoever makes up key ids must not make us fetch. */
const unknownKeyMs = 30_000;
/** How long after a failure the next attempt waits. */
const retryMs = 1000;
const timeoutMs = 5000;
/** Sets have a few kB. */
const maxBytes = 256 * 1024;

/** Fetches when the first token comes, once for however many wait for it. */
export const createKeySet = ({ url, clock, logger }: KeySetOptions): KeySet => {
  let keys: { readonly find: ReturnType<typeof createLocalJWKSet>; readonly atMs: number } | undefined;
  let loading: Promise<void> | undefined;
  let failedAtMs: number | undefined;

  const load = (): Promise<void> =>
    (loading ??= fetchKeys(url, clock).then(
      (set) => {
        keys = { find: createLocalJWKSet(set), atMs: clock.nowMs() };
        failedAtMs = undefined;
        loading = undefined;
      },
      (error: unknown) => {
        failedAtMs = clock.nowMs();
        loading = undefined;
        logger.warn(
          { reason: reasonOf(error), hasKeys: keys !== undefined },
          'the keys that tokens are checked with cannot be had',
        );
        throw unavailable(error);
      },
    ));
  const mayTry = (): boolean => failedAtMs === undefined || clock.nowMs() - failedAtMs >= retryMs;
  /** Joins whoever loads already, but begins nothing right after a failure. */
  const loadUnlessFailed = (): Promise<void> =>
    loading === undefined && !mayTry() ? Promise.reject(unavailable(undefined)) : load();

  return {
    async getKey(header, token) {
      if (keys === undefined) await loadUnlessFailed();
      else if (clock.nowMs() - keys.atMs >= refreshMs && mayTry()) load().catch(() => {});
      const known = keys as NonNullable<typeof keys>;
      try {
        return await known.find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey) || clock.nowMs() - known.atMs < unknownKeyMs) throw error;
        // The issuer may have a new one.
        await loadUnlessFailed();
        return (keys as NonNullable<typeof keys>).find(header, token);
      }
    },
    async areAtHand() {
      if (keys === undefined) await loadUnlessFailed().catch(() => {});
      return keys !== undefined;
    },
  };
};

/** Why a fetch failed, in a word of the system's or a sentence of ours. Never an address or a part of the answer, which other messages quote. */
const reasonOf = (error: unknown): string => {
  if (error instanceof SyntaxError) return 'the answer is no JSON';
  const { message, code, cause } = error as { message?: string; code?: unknown; cause?: unknown };
  if (typeof code === 'string') return code;
  return cause === undefined ? String(message) : reasonOf(cause);
};

const unavailable = (cause: unknown): GatewayError =>
  new GatewayError(
    'UPSTREAM_UNAVAILABLE',
    'The keys that tokens are checked with cannot be had at present. Ask again after the pause.',
    { retryAfterMs: retryMs, ...(cause !== undefined && { cause }) },
  );

const fetchKeys = async (url: string, clock: Clock): Promise<JSONWebKeySet> => {
  const controller = new AbortController();
  const cancel = clock.after(timeoutMs, () => controller.abort(new Error(`no answer within ${timeoutMs} ms`)));
  try {
    // Whoever could redirect could give keys of their own.
    const response = await fetch(url, {
      redirect: 'error',
      signal: controller.signal,
      headers: { accept: 'application/json' },
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`status ${response.status}`);
    }
    const set = JSON.parse(await readBounded(response)) as { readonly keys?: unknown };
    if (!Array.isArray(set?.keys)) throw new TypeError('the answer is no set of keys');
    return set as JSONWebKeySet;
  } finally {
    cancel();
    controller.abort();
  }
};

const readBounded = async ({ body }: Response): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body ?? []) {
    sizeBytes += (chunk as Uint8Array).length;
    if (sizeBytes > maxBytes) throw new RangeError(`the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
};
