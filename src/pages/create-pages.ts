import type { PageSource } from '../model/page.ts';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import type { RedisConnection } from '../redis/connection.ts';
import { createKeptValues, keepNoValues, type KeptValues } from './values/kept-values.ts';
import { compactPages } from './compact-pages.ts';
import { createMemoryStore, type MemoryStore } from './memory-store.ts';
import { type ComposePage, createPageCache, type PageCache } from './page-cache.ts';
import { createPageStore, type RetainingPageStore } from './page-store.ts';
import type { PagedList } from './paged-list.ts';
import { createRedisPages } from './redis/pages.ts';
import { createRedisValues } from './redis/values.ts';
import { createSharedVersions } from './redis/versions.ts';
import { shareInFlight } from './share-in-flight.ts';
import { createSharedWalks, type SharedWalks } from './walks/shared-walks.ts';
import type { WalkParts } from './walks/list-walk.ts';
import type { ValueKind } from './values/value-kind.ts';
import { createVersions, type Versions } from './versions.ts';
import { createSizeEstimates } from './size-estimates.ts';

interface PagesOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How much memory all that is kept may take; 0 keeps nothing. */
  readonly maxBytes: number;
  /** What replicas share. Absent: this process is alone. */
  readonly redis?: RedisConnection | undefined;
}

/** A list whose pages are to be kept. */
interface KeepOptions<Question, Item> {
  readonly list: PagedList<Question, Item>;
  readonly source: PageSource<Question, Item>;
  /** How long a page may answer after upstream gave it; 0 keeps none. */
  readonly ttlMs: number;
  readonly compose?: ComposePage<Question, Item>;
}

/** Single things that are to be kept by key. */
interface KeepValuesOptions<Value> {
  readonly kind: ValueKind<Value>;
  /** How long one may answer after upstream gave it; 0 keeps none. */
  readonly ttlMs: number;
}

export type WalkSettings = Pick<
  WalkParts<never, never>,
  'pageSize' | 'maxCalls' | 'goesOn' | 'pageTimeoutMs' | 'ttlMs' | 'keepMs'
>;

/** A list as it is read from now on. */
export interface OpenList<Question, Item> {
  readonly list: PagedList<Question, Item>;
  readonly store: RetainingPageStore<Question, Item>;
  readonly source: PageSource<Question, Item>;
  /** The same source with all that it knows. Absent where no pages are kept. */
  readonly cache?: PageCache<Question, Item>;
}

/** Tells whether something that was made of what is kept would be made the same again. */
export interface Freshness {
  /** Changes whenever something that is kept of this credential has come or gone. */
  versionOf(credentialKey: string): number;
}

/** All that is kept between requests, of any list, within one bound. */
export interface Pages {
  /** Puts a list's pages behind what is kept of them. With or without a cache, equal calls in flight are one. */
  open<Question, Item>(options: KeepOptions<Question, Item>): OpenList<Question, Item>;
  /** Keeps single things by key. */
  openValues<Value>(options: KeepValuesOptions<Value>): KeptValues<Value>;
  /** Walks of a whole list, shared by all who want it at the same time. */
  openWalks<Question, Item>(list: OpenList<Question, Item>, settings: WalkSettings): SharedWalks<Question, Item>;
  /** Of what each credential is told: whoever keeps something by itself asks before a call and after it. */
  readonly versions: Pick<Versions, 'of'>;
  /** The same memory for what others make of kept things and keep beside them. Absent where nothing is kept. */
  readonly memory?: Pick<MemoryStore, 'hold' | 'touch'>;
  /** When an answer made of kept things alone is still the answer. Absent where nothing is kept. */
  readonly freshness?: Freshness;
  /**
   * Says that something of this credential has changed at upstream: everything that is kept of it is stale at once, here before this returns, on other
   * replicas before the promise resolves. Who asks next anywhere asks upstream. While Redis is out of reach other replicas are not told, and
   * answer from what they have until that expires. Never rejects.
   */
  invalidate(credentialKey: string): Promise<void>;
  /** For metrics. */
  state(): { readonly pages: number; readonly bytes: number };
  /** Drops everything and leaves no timer behind. */
  close(): void;
}

/** How often what has expired is dropped although nobody asks. */
const sweepEveryMs = 30_000;

/** Where nothing is kept, what operations at work hold together until they end. */
const workingBytes = 64 * 1024 * 1024;

export const createPages = ({ clock, random, maxBytes, redis }: PagesOptions): Pages => {
  const keeps = maxBytes > 0;
  const versions = createVersions();
  const memory = createMemoryStore({
    clock,
    maxBytes: keeps ? maxBytes : workingBytes,
    nextVersion: () => versions.next(),
    sweepEveryMs,
  });
  const renewHere = (credentialKey: string): void => {
    versions.renew(credentialKey);
    memory.dropAllOf(credentialKey);
  };
  const replicas =
    redis === undefined || !keeps
      ? undefined
      : { redis, versions: createSharedVersions({ redis, clock, random, memory, onRenewed: renewHere }) };
  return {
    open({ list, source, ttlMs, compose }) {
      const isKept = keeps && ttlMs > 0;
      const store = createPageStore({ list, memory, ttlMs: isKept ? ttlMs : 0 });
      if (!isKept) return { list, store, source: shareInFlight({ list, source, versions }) };
      const cache = createPageCache({
        list,
        source: compactPages(
          replicas === undefined ? source : createRedisPages({ ...replicas, list, source, clock, random, ttlMs }),
          list,
        ),
        store,
        versions,
        clock,
        ttlMs,
        sizes: createSizeEstimates(list, clock),
        ...(compose !== undefined && { compose }),
      });
      return { list, store, source: cache, cache };
    },
    openValues({ kind, ttlMs }) {
      if (ttlMs === 0 || !keeps) return keepNoValues();
      return createKeptValues({
        kind,
        memory,
        versions,
        replicas: replicas && createRedisValues({ ...replicas, kind, clock, random, ttlMs }),
        clock,
        ttlMs,
      });
    },
    openWalks: ({ list, store, source }, settings) =>
      createSharedWalks({ ...settings, list, store, source, memory, versions, clock, random }),
    async invalidate(credentialKey) {
      renewHere(credentialKey);
      await replicas?.versions.renew(credentialKey);
    },
    versions,
    ...(keeps && {
      memory,
      freshness: {
        versionOf: (credentialKey) => Math.max(memory.versionOf(credentialKey), versions.of(credentialKey)),
      },
    }),
    state: () => ({ pages: memory.count, bytes: memory.sizeBytes }),
    close: () => memory.close(),
  };
};
