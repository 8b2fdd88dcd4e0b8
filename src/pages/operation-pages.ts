import type { Operation } from '../model/operation.ts';
import type { Page, PageRequest, PageSource, PageToken } from '../model/page.ts';
import type { Clock } from '../platform/clock.ts';
import { gonePage, type KeptList, type KeptPage } from './kept-list.ts';
import { ListGroup } from './list-group.ts';
import { createPageCache, type ComposePage, type PageCache } from './page-cache.ts';
import type { PagedList } from './paged-list.ts';
import type { PageStore, RetainedPage, RetainingPageStore } from './page-store.ts';
import { createOwnSizeEstimates } from './size-estimates.ts';
import type { Versions } from './versions.ts';

interface OperationPagesOptions<Question, Item> {
  readonly list: PagedList<Question, Item>;
  /** Keeps its own promises: limits, sharing, keeping. */
  readonly source: PageSource<Question, Item>;
  /** Where the pages count, together with all that is kept. */
  readonly store: RetainingPageStore<Question, Item>;
  readonly versions: Pick<Versions, 'of'>;
  readonly compose?: ComposePage<Question, Item>;
}

/** The memories of operations that are not served from the common cache, because they bypass that or there is none. */
export interface OperationPages<Question, Item> {
  /** What the operation has read answers its own later questions. One memory for an operation, however often it is asked for. */
  of(operation: Operation): PageCache<Question, Item>;
  /** Lets go of what the operation has read, and disposes of it. To be called when it has ended, and its answer is written; what is never let go goes where room is needed. */
  end(operation: Operation): void;
}

export const createOperationPages = <Question, Item>(
  options: OperationPagesOptions<Question, Item>,
): OperationPages<Question, Item> => {
  const memories = new WeakMap<Operation, OperationMemory<Question, Item>>();
  return {
    of(operation) {
      let memory = memories.get(operation);
      if (memory === undefined) memories.set(operation, (memory = createOperationMemory(options)));
      return memory.cache;
    },
    end(operation) {
      memories.get(operation)?.end();
      memories.delete(operation);
    },
  };
};

/** The memory of one operation. */
interface OperationMemory<Question, Item> {
  readonly cache: PageCache<Question, Item>;
  /** Lets go of what it holds, and disposes of it. */
  end(): void;
}

export const createOperationMemory = <Question, Item>(
  options: OperationPagesOptions<Question, Item>,
): OperationMemory<Question, Item> => {
  const { list, source, versions, compose } = options;
  const store = new OperationStore(options);
  return {
    cache: createPageCache({
      list,
      source,
      store,
      versions,
      compose,
      clock: timeless,
      ttlMs: Infinity,
      sizes: createOwnSizeEstimates(list),
      servesBypass: true,
    }),
    end: () => store.end(),
  };
};

/** Nothing ages within an operation. */
export const timeless: Clock = { nowMs: () => 0, after: () => () => {} };

/** What one operation may hold of its own reading: some twenty pages of 1000 subjects. */
export const maxOperationBytes = 32 * 1024 * 1024;

/** Takes pages until it is full. An operation has one caller. */
class OperationStore<Question, Item> implements PageStore<Question, Item> {
  readonly #list: PagedList<Question, Item>;
  readonly #common: RetainingPageStore<Question, Item>;
  readonly #versions: Pick<Versions, 'of'>;
  readonly #groups = new Map<string, ListGroup<Question, Item>>();
  readonly #retained = new Map<OwnPage<Question, Item>, RetainedPage>();
  #version: number | undefined;
  #sizeBytes = 0;

  constructor({ list, store, versions }: OperationPagesOptions<Question, Item>) {
    this.#list = list;
    this.#common = store;
    this.#versions = versions;
  }

  get(credentialKey: string, { question, pageToken }: PageRequest<Question>): Page<Item> | undefined {
    return this.group(credentialKey, question)?.list(question)?.get(pageToken)?.page;
  }

  set(credentialKey: string, request: PageRequest<Question>, page: Page<Item>): void {
    const { question, pageToken } = request;
    const before = this.group(credentialKey, question)?.list(question)?.get(pageToken);
    if (before !== undefined) this.#drop(before);
    // Where there is no room for it, it is lost before there is anything to let go of.
    let isLost = false;
    let onLost = () => {
      isLost = true;
    };
    const retained = this.#common.retain(credentialKey, request, page, () => onLost());
    const { sizeBytes } = retained;
    if (isLost) return;
    if (this.#sizeBytes + sizeBytes > maxOperationBytes) return retained.release();
    const key = this.#list.groupKey(question);
    let group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, (group = new ListGroup(this.#list)));
    const list = group.openList(question);
    const kept = new OwnPage({ credentialKey, page, pageToken, list, sizeBytes });
    group.add(kept);
    this.#sizeBytes += sizeBytes;
    this.#retained.set(kept, retained);
    onLost = () => this.#drop(kept);
  }

  group(credentialKey: string, question: Question): ListGroup<Question, Item> | undefined {
    this.#forgetOlder(credentialKey);
    return this.#groups.get(this.#list.groupKey(question));
  }

  dropList(credentialKey: string, question: Question): void {
    const pages = this.group(credentialKey, question)?.list(question)?.keptPages ?? [];
    for (const kept of pages) this.#drop(kept);
  }

  /** Lets go of everything, and of what it was read from. */
  end(): void {
    const pages = Array.from(this.#retained.keys(), ({ page }) => page);
    this.#clear();
    for (const page of pages) page.dispose?.();
  }

  /** Lets go of everything. The operation may go on reading what it has. */
  #clear(): void {
    const retained = [...this.#retained];
    this.#groups.clear();
    this.#retained.clear();
    this.#sizeBytes = 0;
    for (const [kept, page] of retained) {
      kept.dropped();
      page.release();
    }
  }

  /** An operation that changes something reads anew what it has read before. */
  #forgetOlder(credentialKey: string): void {
    const version = this.#versions.of(credentialKey);
    if (version === this.#version) return;
    this.#version = version;
    this.#clear();
  }

  #drop(kept: OwnPage<Question, Item>): void {
    const retained = this.#retained.get(kept);
    if (retained === undefined) return;
    this.#retained.delete(kept);
    this.#sizeBytes -= kept.sizeBytes;
    this.#groups.get(this.#list.groupKey(kept.list.question))?.remove(kept);
    kept.dropped();
    retained.release();
  }
}

type OwnPageParts<Question, Item> = Pick<
  KeptPage<Question, Item>,
  'credentialKey' | 'page' | 'pageToken' | 'list' | 'sizeBytes'
>;

/** A page as one operation has it. */
class OwnPage<Question, Item> implements KeptPage<Question, Item> {
  readonly credentialKey: string;
  /** `gonePage` once the operation has let it go. */
  page: Page<Item>;
  readonly pageToken: PageToken | undefined;
  readonly list: KeptList<Question, Item>;
  readonly sizeBytes: number;
  readonly expiresAtMs = Infinity;

  constructor(parts: OwnPageParts<Question, Item>) {
    this.credentialKey = parts.credentialKey;
    this.page = parts.page;
    this.pageToken = parts.pageToken;
    this.list = parts.list;
    this.sizeBytes = parts.sizeBytes;
  }

  dropped(): void {
    this.page = gonePage;
  }
}
