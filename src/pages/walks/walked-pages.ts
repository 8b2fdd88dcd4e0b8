import type { Page, PageRequest, PageToken } from '../../model/page.ts';
import type { RetainedPage, RetainingPageStore } from '../page-store.ts';
import { repeatingToken } from './walk-errors.ts';

/** The pages of a list from its first as far as somebody has come, retained in the memory that all share. */
export class WalkedPages<Question, Item> {
  readonly #store: RetainingPageStore<Question, Item>;
  readonly #credentialKey: string;
  readonly #pages: Page<Item>[] = [];
  readonly #retained: RetainedPage[] = [];
  readonly #tokens = new Set<PageToken>();
  #itemCount = 0;
  #oldestAtMs = Infinity;
  #hasLost = false;

  constructor(store: RetainingPageStore<Question, Item>, credentialKey: string) {
    this.#store = store;
    this.#credentialKey = credentialKey;
  }

  get pages(): readonly Page<Item>[] {
    return this.#pages;
  }

  get itemCount(): number {
    return this.#itemCount;
  }

  /** When upstream gave the oldest of them. */
  get oldestAtMs(): number {
    return this.#oldestAtMs;
  }

  /** How many items the list has, as upstream last said. */
  get totalSize(): number | undefined {
    return this.#pages.at(-1)?.totalSize;
  }

  get nextPageToken(): PageToken | undefined {
    return this.#pages.at(-1)?.nextPageToken;
  }

  /** Whether there was no room for one of them. */
  get hasLost(): boolean {
    return this.#hasLost;
  }

  /** The next page. Throws `UPSTREAM_INVALID_RESPONSE` where it leads back to one before it. */
  add(request: PageRequest<Question>, page: Page<Item>): void {
    const { nextPageToken, items, fetchedAtMs } = page;
    if (nextPageToken !== undefined) {
      if (this.#tokens.has(nextPageToken)) throw repeatingToken(page.requestId);
      this.#tokens.add(nextPageToken);
    }
    const onLost = () => {
      this.#hasLost = true;
    };
    this.#pages.push(page);
    this.#retained.push(this.#store.retain(this.#credentialKey, request, page, onLost));
    this.#itemCount += items.length;
    this.#oldestAtMs = Math.min(this.#oldestAtMs, fetchedAtMs);
  }

  /** Says that they are of use still. */
  touch(): void {
    for (const page of this.#retained) page.touch();
  }

  /** Lets go of them. Whoever was given them may go on using them. */
  release(): void {
    for (const page of this.#retained.splice(0)) page.release();
  }
}
