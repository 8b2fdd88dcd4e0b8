import type { Clock } from '../../platform/clock.ts';
import type { Operation } from '../../model/operation.ts';
import type { Page, PageRequest, PageSource } from '../../model/page.ts';
import type { Random } from '../../platform/random.ts';
import { tokenKey } from '../key.ts';
import { decodePage, encodePage } from '../codec.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { seal, sharedName, unseal } from '../../redis/encryption.ts';
import type { PagedList } from '../paged-list.ts';
import type { SharedVersions } from './versions.ts';
import { recordHit } from '../record-hit.ts';
import { keyPart } from '../../platform/key-part.ts';

interface RedisPagesOptions<Question, Item> {
  readonly list: PagedList<Question, Item>;
  readonly source: PageSource<Question, Item>;
  readonly redis: RedisConnection;
  readonly versions: SharedVersions;
  readonly clock: Clock;
  readonly random: Random;
  /** How long a page may answer after upstream gave it. */
  readonly ttlMs: number;
}

/** Pages on their way to Redis at the same time. Beyond that they are not shared: upstream is faster than Redis then. */
const maxWriting = 16;

/**
 * Answers from pages that any replica read for the same caller, and shares what its source gives. Stands behind the
 * page cache of this process. Whatever is wrong with Redis, the source answers.
 */
export const createRedisPages = <Question, Item>(
  options: RedisPagesOptions<Question, Item>,
): PageSource<Question, Item> => {
  const { list, source, redis, versions, clock, random, ttlMs } = options;
  let writing = 0;

  const nameOf = (credentialKey: string, version: string, what: string): string =>
    sharedName('page', credentialKey, keyPart(version) + what);

  const readValue = async (credentialKey: string, what: string): Promise<Buffer | undefined> => {
    const version = versions.of(credentialKey);
    const name = nameOf(credentialKey, version, what);
    const reached = await redis.readMany([name, versions.nameOf(credentialKey)]);
    if (reached === undefined) return undefined;
    const [sealed, standing] = reached.value;
    versions.note(credentialKey, standing);
    // Something was changed, here or at another replica: what is good now has another name.
    if (versions.of(credentialKey) !== version) return readValue(credentialKey, what);
    return sealed && unseal(credentialKey, name, sealed);
  };

  const read = async (credentialKey: string, what: string): Promise<Page<Item> | undefined> => {
    const value = await readValue(credentialKey, what);
    if (value === undefined) return undefined;
    // What another version of the gateway wrote may not be readable here.
    const page = await decodePage(value, list).catch(() => undefined);
    return page !== undefined && clock.nowMs() - page.fetchedAtMs < ttlMs ? page : undefined;
  };

  const write = async (credentialKey: string, name: string, page: Page<Item>): Promise<void> => {
    const leftMs = page.fetchedAtMs + ttlMs - clock.nowMs();
    if (writing >= maxWriting || leftMs < 1) return;
    writing++;
    try {
      await redis.write(name, seal(credentialKey, name, await encodePage(page, list), random), leftMs);
    } finally {
      writing--;
    }
  };

  return {
    async fetchPage(request: PageRequest<Question>, operation: Operation): Promise<Page<Item>> {
      const credentialKey = operation.caller?.credentialKey;
      if (credentialKey === undefined) return source.fetchPage(request, operation);
      const what = keyPart(list.name) + keyPart(list.questionKey(request.question)) + tokenKey(request.pageToken);
      const kept = operation.bypassCache ? undefined : await read(credentialKey, what);
      if (kept !== undefined) {
        recordHit(operation.report, { atMs: kept.fetchedAtMs, ttlMs });
        return kept;
      }
      // Asked for before a change, it must not be found after it.
      const name = nameOf(credentialKey, versions.of(credentialKey), what);
      const page = await source.fetchPage(request, operation);
      // Nobody waits for it: the answer is there.
      void write(credentialKey, name, page);
      return page;
    },
  };
};
