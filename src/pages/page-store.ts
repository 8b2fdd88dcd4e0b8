import type { Page, PageRequest, PageToken } from '../model/page.ts';
import type { KeptList, KeptPage } from './kept-list.ts';
import { ListGroup } from './list-group.ts';
import type { MemoryStore } from './memory-store.ts';
import type { PagedList } from './paged-list.ts';
import { pageBytes } from './sizes.ts';
import { keyPart } from '../platform/key-part.ts';

/** Where a page cache holds the pages of one list. Knows nothing of freshness. */
export interface PageStore<Question, Item> {
  /** The page of that question and token, whatever its size. */
  get(credentialKey: string, request: PageRequest<Question>): Page<Item> | undefined;
  /** Takes the place of an earlier page of that question and token. May let go of others, or of this one. */
  set(credentialKey: string, request: PageRequest<Question>, page: Page<Item>): void;
  /** What is held of the credential in the question's group. */
  group(credentialKey: string, question: Question): ListGroup<Question, Item> | undefined;
  /** Drops every page of a question of that caller. */
  dropList(credentialKey: string, question: Question): void;
}

export interface PageStoreOptions<Question, Item> {
  readonly list: PagedList<Question, Item>;
  readonly memory: MemoryStore;
  /** How long a page may answer after upstream gave it. */
  readonly ttlMs: number;
}

/** Holds the pages of one list in the memory that all lists share. */
export const createPageStore = <Question, Item>(options: PageStoreOptions<Question, Item>): PageStore<Question, Item> =>
  new SharedPageStore(options);

class SharedPageStore<Question, Item> implements PageStore<Question, Item> {
  readonly #list: PagedList<Question, Item>;
  readonly #memory: MemoryStore;
  readonly #ttlMs: number;
  readonly #groups = new Map<string, ListGroup<Question, Item>>();

  constructor({ list, memory, ttlMs }: PageStoreOptions<Question, Item>) {
    this.#list = list;
    this.#memory = memory;
    this.#ttlMs = ttlMs;
  }

  get(credentialKey: string, request: PageRequest<Question>): Page<Item> | undefined {
    const held = this.#held(credentialKey, request);
    if (held === undefined) return undefined;
    this.#memory.touch(held);
    return held.page;
  }

  set(credentialKey: string, request: PageRequest<Question>, page: Page<Item>): void {
    const before = this.#held(credentialKey, request);
    const { question, pageToken } = request;
    const key = this.#groupKey(credentialKey, question);
    let group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, (group = new ListGroup(this.#list)));
    const held = new HeldPage({
      credentialKey,
      page,
      pageToken,
      list: group.openList(question),
      sizeBytes: pageBytes(page, this.#list),
      expiresAtMs: page.fetchedAtMs + this.#ttlMs,
      onDropped: this.#forget,
    });
    group.add(held);
    if (before !== undefined) this.#memory.drop(before);
    this.#memory.hold(held);
  }

  group(credentialKey: string, question: Question): ListGroup<Question, Item> | undefined {
    return this.#groups.get(this.#groupKey(credentialKey, question));
  }

  dropList(credentialKey: string, question: Question): void {
    const pages = this.group(credentialKey, question)?.list(question)?.keptPages ?? [];
    for (const kept of pages) this.#memory.drop(kept);
  }

  #held(credentialKey: string, { question, pageToken }: PageRequest<Question>): KeptPage<Question, Item> | undefined {
    return this.group(credentialKey, question)?.list(question)?.get(pageToken);
  }

  #groupKey(credentialKey: string, question: Question): string {
    return keyPart(credentialKey) + this.#list.groupKey(question);
  }

  readonly #forget = (held: KeptPage<Question, Item>): void => {
    const { credentialKey, list } = held;
    const key = this.#groupKey(credentialKey, list.question);
    const group = this.#groups.get(key);
    group?.remove(held);
    if (group?.isEmpty === true) this.#groups.delete(key);
  };
}

interface HeldPageParts<Question, Item> {
  readonly credentialKey: string;
  readonly page: Page<Item>;
  readonly pageToken: PageToken | undefined;
  readonly list: KeptList<Question, Item>;
  readonly sizeBytes: number;
  readonly expiresAtMs: number;
  readonly onDropped: (held: KeptPage<Question, Item>) => void;
}

class HeldPage<Question, Item> implements KeptPage<Question, Item> {
  readonly credentialKey: string;
  readonly page: Page<Item>;
  readonly pageToken: PageToken | undefined;
  readonly list: KeptList<Question, Item>;
  readonly sizeBytes: number;
  readonly expiresAtMs: number;
  readonly #onDropped: (held: KeptPage<Question, Item>) => void;

  constructor(parts: HeldPageParts<Question, Item>) {
    this.credentialKey = parts.credentialKey;
    this.page = parts.page;
    this.pageToken = parts.pageToken;
    this.list = parts.list;
    this.sizeBytes = parts.sizeBytes;
    this.expiresAtMs = parts.expiresAtMs;
    this.#onDropped = parts.onDropped;
  }

  dropped(): void {
    this.#onDropped(this);
  }
}
