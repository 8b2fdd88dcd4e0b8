import type { Page, PageRequest, PageToken } from '../model/page.ts';
import { gonePage, KeptList, type KeptPage } from './kept-list.ts';
import { ListGroup } from './list-group.ts';
import type { MemoryStore } from './memory-store.ts';
import type { PagedList } from './paged-list.ts';
import { pageBytes, roughPageBytes } from './sizes.ts';
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

/** A page that somebody needs for longer than it may answer others. */
export interface RetainedPage {
  /** What it counts. */
  readonly sizeBytes: number;
  /** Says that it is of use still: what was of no use for longest goes first. */
  touch(): void;
  /** Lets it go where nobody else needs it. */
  release(): void;
}

/** A page store whose pages can be kept beyond their time: they go on counting in the memory that all share, and go where that is short. */
export interface RetainingPageStore<Question, Item> extends PageStore<Question, Item> {
  /** Keeps this very page, whether the store has it or not, until it is released. `onLost` is called once where it goes before that. */
  retain(credentialKey: string, request: PageRequest<Question>, page: Page<Item>, onLost: () => void): RetainedPage;
}

interface PageStoreOptions<Question, Item> {
  readonly list: PagedList<Question, Item>;
  readonly memory: MemoryStore;
  /** How long a page may answer after upstream gave it; 0: not at all, and pages are only retained. */
  readonly ttlMs: number;
}

/** Holds the pages of one list in the memory that all lists share. */
export const createPageStore = <Question, Item>(
  options: PageStoreOptions<Question, Item>,
): RetainingPageStore<Question, Item> => new SharedPageStore(options);

class SharedPageStore<Question, Item> implements RetainingPageStore<Question, Item> {
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
    const key = this.#groupKey(credentialKey, request.question);
    let group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, (group = new ListGroup(this.#list)));
    const held = this.#hold(credentialKey, request, page, group.openList(request.question));
    group.add(held);
    if (before !== undefined) this.#dropUnlessRetained(before);
    this.#memory.hold(held);
  }

  group(credentialKey: string, question: Question): ListGroup<Question, Item> | undefined {
    return this.#groups.get(this.#groupKey(credentialKey, question));
  }

  dropList(credentialKey: string, question: Question): void {
    const pages = this.group(credentialKey, question)?.list(question)?.keptPages ?? [];
    for (const kept of pages) this.#dropUnlessRetained(kept as HeldPage<Question, Item>);
  }

  retain(credentialKey: string, request: PageRequest<Question>, page: Page<Item>, onLost: () => void): RetainedPage {
    let held = this.#held(credentialKey, request);
    if (held?.page !== page) {
      // Beside the list, because there is no place for it or another page has it.
      held = this.#hold(credentialKey, request, page, new KeptList(request.question));
      held.isListed = false;
      held.retain(onLost);
      this.#memory.hold(held);
    } else {
      held.retain(onLost);
    }
    const retained = held;
    return {
      sizeBytes: retained.sizeBytes,
      touch: () => this.#memory.touch(retained),
      release: () => {
        retained.release(onLost);
        if (!retained.isListed && !retained.isRetained) this.#memory.drop(retained);
      },
    };
  }

  /** No list has it any more. What is retained goes on counting. */
  #dropUnlessRetained(held: HeldPage<Question, Item>): void {
    if (!held.isRetained) return this.#memory.drop(held);
    this.#unlist(held);
  }

  #hold(
    credentialKey: string,
    { pageToken }: PageRequest<Question>,
    page: Page<Item>,
    list: KeptList<Question, Item>,
  ): HeldPage<Question, Item> {
    return new HeldPage({
      credentialKey,
      page,
      pageToken,
      list,
      // What is only there for an operation is gone in a moment: it is not worth looking at all of it.
      sizeBytes: this.#ttlMs === 0 ? roughPageBytes(page) : pageBytes(page, this.#list),
      expiresAtMs: page.fetchedAtMs + this.#ttlMs,
      onDropped: this.#unlist,
    });
  }

  #held(credentialKey: string, { question, pageToken }: PageRequest<Question>): HeldPage<Question, Item> | undefined {
    // A store lists no other pages than its own.
    return this.group(credentialKey, question)?.list(question)?.get(pageToken) as HeldPage<Question, Item> | undefined;
  }

  #groupKey(credentialKey: string, question: Question): string {
    return keyPart(credentialKey) + this.#list.groupKey(question);
  }

  readonly #unlist = (held: HeldPage<Question, Item>): void => {
    if (!held.isListed) return;
    held.isListed = false;
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
  readonly onDropped: (held: HeldPage<Question, Item>) => void;
}

class HeldPage<Question, Item> implements KeptPage<Question, Item> {
  readonly credentialKey: string;
  /** `gonePage` once it is held no more. */
  page: Page<Item>;
  readonly pageToken: PageToken | undefined;
  readonly list: KeptList<Question, Item>;
  readonly sizeBytes: number;
  storeKey: number | undefined;
  /** Whether it is found in its list. */
  isListed = true;
  readonly #expiresAtMs: number;
  readonly #onDropped: (held: HeldPage<Question, Item>) => void;
  #retainers: Set<() => void> | undefined;

  constructor(parts: HeldPageParts<Question, Item>) {
    this.credentialKey = parts.credentialKey;
    this.page = parts.page;
    this.pageToken = parts.pageToken;
    this.list = parts.list;
    this.sizeBytes = parts.sizeBytes;
    this.#expiresAtMs = parts.expiresAtMs;
    this.#onDropped = parts.onDropped;
  }

  get expiresAtMs(): number {
    return this.isRetained ? Infinity : this.#expiresAtMs;
  }

  get isRetained(): boolean {
    return this.#retainers !== undefined && this.#retainers.size > 0;
  }

  retain(onLost: () => void): void {
    (this.#retainers ??= new Set()).add(onLost);
  }

  release(onLost: () => void): void {
    this.#retainers?.delete(onLost);
  }

  dropped(): void {
    this.#onDropped(this);
    this.page = gonePage;
    const retainers = this.#retainers;
    this.#retainers = undefined;
    for (const onLost of retainers ?? []) onLost();
  }
}
