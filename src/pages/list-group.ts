import { KeyIndex } from './key-index.ts';
import { KeptList, type KeptPage } from './kept-list.ts';
import type { KnownItems } from './known-pages.ts';
import type { PagedList } from './paged-list.ts';

/** The kept pages of one caller in all lists of one group: they tell of the same items, whatever was asked. */
export class ListGroup<Question, Item> {
  readonly #of: PagedList<Question, Item>;
  readonly #lists = new Map<string, KeptList<Question, Item>>();
  // Those that have every item, in whatever order.
  readonly #completeLists = new Set<KeptList<Question, Item>>();
  readonly #index: KeyIndex<Question, Item>;

  constructor(of: PagedList<Question, Item>) {
    this.#of = of;
    this.#index = new KeyIndex(of);
  }

  get isEmpty(): boolean {
    return this.#lists.size === 0;
  }

  list(question: Question): KeptList<Question, Item> | undefined {
    return this.#lists.get(this.#of.questionKey(question));
  }

  /** The list of the question, made where it is not there: add a page to it at once. */
  openList(question: Question): KeptList<Question, Item> {
    const known = this.list(question);
    if (known !== undefined) return known;
    const list = new KeptList<Question, Item>(question);
    this.#lists.set(this.#of.questionKey(question), list);
    if (this.#of.isComplete(question)) this.#completeLists.add(list);
    return list;
  }

  add(kept: KeptPage<Question, Item>): void {
    kept.list.add(kept);
    this.#index.add(kept);
  }

  remove(kept: KeptPage<Question, Item>): void {
    const { list } = kept;
    list.remove(kept);
    this.#index.remove(kept);
    if (!list.isEmpty) return;
    this.#lists.delete(this.#of.questionKey(list.question));
    this.#completeLists.delete(list);
  }

  /** The items of a key that meet `matches`, as far as pages tell that upstream gave after `notBeforeMs`. A whole list goes before a sighting, newer before older. */
  find(key: string, matches: (item: Item) => boolean, notBeforeMs: number): KnownItems<Item> | undefined {
    return this.findInWholeLists(key, matches, notBeforeMs) ?? this.findAnywhere(key, matches, notBeforeMs);
  }

  findInWholeLists(key: string, matches: (item: Item) => boolean, notBeforeMs: number): KnownItems<Item> | undefined {
    let best: KnownItems<Item> | undefined;
    for (const list of this.#completeLists) best = newer(best, this.#findInWholeList(list, key, matches, notBeforeMs));
    return best;
  }

  /** By the newest page that lists any. Upstream promises one entry for an item, so one that is listed is all of it; not so where that was seen to be broken. */
  findAnywhere(key: string, matches: (item: Item) => boolean, notBeforeMs: number): KnownItems<Item> | undefined {
    let newest: KeptPage<Question, Item> | undefined;
    const seen = this.#index.find(key).filter(({ item }) => matches(item));
    for (const { kept } of seen)
      if (newest === undefined || kept.page.fetchedAtMs > newest.page.fetchedAtMs) newest = kept;
    if (newest === undefined || newest.page.fetchedAtMs <= notBeforeMs || this.#index.hasRepeats) return undefined;
    const items = seen.filter(({ kept }) => kept === newest).map(({ item }) => item);
    return { items, isWhole: false, atMs: newest.page.fetchedAtMs };
  }

  #findInWholeList(
    list: KeptList<Question, Item>,
    key: string,
    matches: (item: Item) => boolean,
    notBeforeMs: number,
  ): KnownItems<Item> | undefined {
    const walk = list.walk(notBeforeMs);
    if (!walk.isWhole) return undefined;
    const seen = this.#index.find(key).filter(({ item, kept }) => walk.kept.has(kept) && matches(item));
    this.#index.noteRepeats(seen);
    const atMs = seen.reduce((oldestMs, { kept }) => Math.min(oldestMs, kept.page.fetchedAtMs), Infinity);
    return {
      items: seen.map(({ item }) => item),
      isWhole: true,
      atMs: seen.length > 0 ? atMs : walk.oldestAtMs,
    };
  }
}

/** What was told later. */
export const newer = <Item>(
  one: KnownItems<Item> | undefined,
  other: KnownItems<Item> | undefined,
): KnownItems<Item> | undefined => (one === undefined || (other !== undefined && other.atMs > one.atMs) ? other : one);
