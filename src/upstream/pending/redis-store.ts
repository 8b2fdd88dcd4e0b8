import type { Random } from '../../platform/random.ts';
import { keepPendingMs, type PendingStore } from './store.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { seal, sharedName, unseal } from '../../redis/encryption.ts';

interface RedisPendingOptions {
  readonly redis: RedisConnection;
  /** Keeps what Redis cannot take. */
  readonly local: PendingStore;
  readonly random: Random;
}

/** Handles on pending answers that any replica may pick up. One lies in Redis or here, never in both: one poller for one id. */
export const createRedisPendingStore = ({ redis, local, random }: RedisPendingOptions): PendingStore => ({
  async take(key) {
    const kept = await local.take(key);
    if (kept !== undefined) return kept;
    // The key starts with the credential key and is as hard to guess.
    const name = sharedName('pending', key, '');
    const value = (await redis.take(name))?.value;
    return value && unseal(key, name, value)?.toString('utf8');
  },
  async put(key, responseId) {
    const name = sharedName('pending', key, '');
    const sealed = seal(key, name, Buffer.from(responseId), random);
    if ((await redis.write(name, sealed, keepPendingMs)) === undefined) await local.put(key, responseId);
  },
  get size() {
    return local.size;
  },
});
