import type { KeptPage } from './kept-list.ts';
import { pause } from '../platform/pause.ts';
import type { PagedList } from './paged-list.ts';

/** Items read into the index in one go: some milliseconds. */
const itemsAtOnce = 10_000;

/** An item where a kept page lists it. */
interface Sighting<Question, Item> {
  readonly item: Item;
  readonly kept: KeptPage<Question, Item>;
}

/**
 * Finds items by key in all kept pages of one caller and group. Pages are only read into it when somebody looks something up: callers who just
 * page through a list never pay for it.
 */
export class KeyIndex<Question, Item> {
  readonly #keyOf: (item: Item) => string;
  readonly #isSame: (one: Item, other: Item) => boolean;
  readonly #sightings = new Map<string, Sighting<Question, Item> | Sighting<Question, Item>[]>();
  readonly #unread = new Set<KeptPage<Question, Item>>();
  #hasRepeats = false;
  #isReading = false;

  constructor({ keyOf, isSame = () => true }: Pick<PagedList<Question, Item>, 'keyOf' | 'isSame'>) {
    this.#keyOf = keyOf;
    this.#isSame = isSame;
  }

  /** True once one item was seen to be listed twice at the same time: from then on a sighting is not all that there is to know of its item. */
  get hasRepeats(): boolean {
    return this.#hasRepeats;
  }

  add(kept: KeptPage<Question, Item>): void {
    this.#unread.add(kept);
  }

  remove(kept: KeptPage<Question, Item>): void {
    if (this.#unread.delete(kept)) return;
    for (const item of kept.page.items) this.#drop(this.#keyOf(item), kept);
  }

  /**
   * Everywhere that kept pages, fresh or not, list the key. Where many pages were not read yet, they are read in slices from now on, and looked through
   * meanwhile.
   */
  find(key: string): readonly Sighting<Question, Item>[] {
    this.#readSome();
    const found = this.#sightings.get(key) ?? [];
    const listed = Array.isArray(found) ? found : [found];
    if (this.#unread.size === 0) return listed;
    void this.#readRest();
    return [...listed, ...this.#findUnread(key)];
  }

  /** Notes it where an item is among these twice, which one list has at the same time. */
  noteRepeats(listed: readonly Sighting<Question, Item>[]): void {
    if (listed.length < 2) return;
    const isRepeated = ({ item }: Sighting<Question, Item>, index: number) =>
      listed.some((other, at) => at < index && this.#isSame(item, other.item));
    if (listed.some(isRepeated)) this.#hasRepeats = true;
  }

  /** As many of the pages as nobody has to wait for. */
  #readSome(): void {
    let items = 0;
    for (const kept of this.#unread) {
      if (items >= itemsAtOnce) return;
      items += kept.page.items.length;
      this.#unread.delete(kept);
      this.#read(kept);
    }
  }

  async #readRest(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#unread.size > 0) {
      await pause();
      this.#readSome();
    }
    this.#isReading = false;
  }

  #findUnread(key: string): readonly Sighting<Question, Item>[] {
    const listed: Sighting<Question, Item>[] = [];
    for (const kept of this.#unread) {
      const onPage = kept.page.items.filter((item) => this.#keyOf(item) === key).map((item) => ({ item, kept }));
      this.noteRepeats(onPage);
      listed.push(...onPage);
    }
    return listed;
  }

  #read(kept: KeptPage<Question, Item>): void {
    for (const item of kept.page.items) {
      const key = this.#keyOf(item);
      const sighting = { item, kept };
      const earlier = this.#sightings.get(key);
      if (earlier === undefined) {
        this.#sightings.set(key, sighting);
        continue;
      }
      const all = Array.isArray(earlier) ? earlier : [earlier];
      if (all.some((other) => other.kept === kept && this.#isSame(other.item, item))) this.#hasRepeats = true;
      all.push(sighting);
      this.#sightings.set(key, all);
    }
  }

  #drop(key: string, kept: KeptPage<Question, Item>): void {
    const found = this.#sightings.get(key);
    if (found === undefined) return;
    const rest = (Array.isArray(found) ? found : [found]).filter((sighting) => sighting.kept !== kept);
    const [only] = rest;
    if (only === undefined) this.#sightings.delete(key);
    else this.#sightings.set(key, rest.length === 1 ? only : rest);
  }
}
