import { type Clock, sleep } from '../../platform/clock.ts';
import type { Operation } from '../../model/operation.ts';
import type { Page, PageRequest, PageSource } from '../../model/page.ts';
import type { Random } from '../../platform/random.ts';
import { tokenKey } from '../key.ts';
import { type Claim, claim } from './claims.ts';
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

/** Pages of walks are as large as can be; small ones and lookups are cheaper to ask for twice than to wait for. */
const walkPageSize = 1000;

/** How long Redis is waited for where a page of a walk is to be found; in the background, where nobody waits, long enough for a replica that has just begun to have its connection. */
const patienceOf = ({ isBackground }: Operation): number => (isBackground === true ? 10_000 : 1000);

/** How often a replica looks whether another has read a page: far less than a page takes at ten calls a second. */
const lookAgainMs = 30;

/** Pages on their way to Redis at the same time. Beyond that they are not shared: upstream is faster than Redis then. */
const maxWriting = 16;

/** How a page is shared. */
interface Shared {
  readonly what: string;
  /** Of a page of a walk. */
  readonly patienceMs?: number;
  readonly claimed?: Claim;
}

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

  const readValue = async (credentialKey: string, what: string, patienceMs?: number): Promise<Buffer | undefined> => {
    const version = versions.of(credentialKey);
    const name = nameOf(credentialKey, version, what);
    const reached = await redis.readMany([name, versions.nameOf(credentialKey)], { patienceMs });
    if (reached === undefined) return undefined;
    const [sealed, standing] = reached.value;
    versions.note(credentialKey, standing);
    // Something was changed, here or at another replica: what is good now has another name.
    if (versions.of(credentialKey) !== version) return readValue(credentialKey, what, patienceMs);
    return sealed && unseal(credentialKey, name, sealed);
  };

  const read = async (credentialKey: string, what: string, patienceMs?: number): Promise<Page<Item> | undefined> => {
    const value = await readValue(credentialKey, what, patienceMs);
    if (value === undefined) return undefined;
    // What another version of the gateway wrote may not be readable here.
    const page = await decodePage(value, list).catch(() => undefined);
    return page !== undefined && clock.nowMs() - page.fetchedAtMs < ttlMs ? page : undefined;
  };

  /** Gives the claim back when the page is there, or will not be. */
  const write = async (credentialKey: string, name: string, page: Page<Item>, claimed?: Claim): Promise<void> => {
    writing++;
    try {
      const leftMs = page.fetchedAtMs + ttlMs - clock.nowMs();
      if (writing > maxWriting || leftMs < 1) return;
      await redis.write(name, seal(credentialKey, name, await encodePage(page, list), random), leftMs);
    } finally {
      writing--;
      await claimed?.release();
    }
  };

  const take = (page: Page<Item>, { report }: Operation): Page<Item> => {
    recordHit(report, { atMs: page.fetchedAtMs, ttlMs });
    return page;
  };

  /** From upstream, for all replicas. `claimed` is given back once the page can be found. */
  const fetch = async (
    request: PageRequest<Question>,
    operation: Operation,
    { what, patienceMs, claimed }: Shared,
  ): Promise<Page<Item>> => {
    const credentialKey = operation.caller?.credentialKey ?? '';
    // Asked for before a change, it must not be found after it.
    const version = versions.of(credentialKey);
    const name = nameOf(credentialKey, version, what);
    try {
      const page = await source.fetchPage(request, operation);
      // Each page leads to the next by a token of its own: two replicas that go on from different ones never meet again, and read all the rest twice.
      if (patienceMs !== undefined && claimed?.isHeld !== true && versions.of(credentialKey) === version) {
        const others = await read(credentialKey, what, patienceMs);
        if (others !== undefined) {
          void claimed?.release();
          return others;
        }
      }
      // Nobody waits for it: the answer is there.
      void write(credentialKey, name, page, claimed);
      return page;
    } catch (error) {
      void claimed?.release();
      throw error;
    }
  };

  /** A page of a whole list, which replicas walk at the same time: one reads it, the others find it. */
  const fetchOnce = async (request: PageRequest<Question>, operation: Operation, what: string): Promise<Page<Item>> => {
    const credentialKey = operation.caller?.credentialKey ?? '';
    const patienceMs = patienceOf(operation);
    for (;;) {
      const version = versions.of(credentialKey);
      const name = nameOf(credentialKey, version, what);
      const claimed = await claim(
        { redis, clock, random, patienceMs },
        { name, claimName: nameOf(credentialKey, version, `${what}!`) },
      );
      if (claimed === 'alone') return fetch(request, operation, { what, patienceMs });
      if (typeof claimed === 'object') return fetch(request, operation, { what, patienceMs, claimed });
      if (claimed === 'taken') await sleep(clock, lookAgainMs, operation.signal);
      const kept = await read(credentialKey, what, patienceMs);
      if (kept !== undefined) return take(kept, operation);
      // It is there and of no use: it cannot be read here, or is about to expire.
      if (claimed === 'there') return fetch(request, operation, { what, patienceMs });
    }
  };

  return {
    async fetchPage(request: PageRequest<Question>, operation: Operation): Promise<Page<Item>> {
      const credentialKey = operation.caller?.credentialKey;
      if (credentialKey === undefined) return source.fetchPage(request, operation);
      const what = keyPart(list.name) + keyPart(list.questionKey(request.question)) + tokenKey(request.pageToken);
      const isWalk = list.isComplete(request.question) && request.pageSize >= walkPageSize;
      if (operation.bypassCache) {
        const { sharedRound } = operation;
        return isWalk && sharedRound !== undefined
          ? fetchOnce(request, operation, `${what}round ${sharedRound}`)
          : fetch(request, operation, { what });
      }
      const kept = await read(credentialKey, what, isWalk ? patienceOf(operation) : undefined);
      if (kept !== undefined) return take(kept, operation);
      return isWalk ? fetchOnce(request, operation, what) : fetch(request, operation, { what });
    },
  };
};
