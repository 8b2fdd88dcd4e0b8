import { addText, emptyChecksum, finishChecksum } from '../platform/checksum.ts';
import type { KeptPage } from './kept-list.ts';
import { pause } from '../platform/pause.ts';
import type { PagedList } from './paged-list.ts';

/** Items read into the index in one go: a few milliseconds. */
const itemsAtOnce = 2000;
/** Each in a map of its own, because one that grows to a million keys holds everybody up for a tenth of a second. */
const shardCount = 64;

/** An item where a kept page lists it. */
interface Sighting<Question, Item> {
  readonly item: Item;
  readonly kept: KeptPage<Question, Item>;
}

/**
 * So many items have a slot. Where an item is, is one number: its slot times this, and its place there. Small numbers take no room beside the key, where an object takes
 * forty bytes. A page of more has several slots, one behind the other.
 */
const itemsOfSlot = 1024;

/**
 * Finds items by key in all kept pages of one caller and group. Pages are only read into it when somebody looks something up: callers who just
 * page through a list never pay for it.
 */
export class KeyIndex<Question, Item> {
  readonly #keyOf: (item: Item) => string;
  readonly #isSame: (one: Item, other: Item) => boolean;
  readonly #shards: (Map<string, number | number[]> | undefined)[] = [];
  /** Of each slot the page that has it. */
  readonly #slots: (KeptPage<Question, Item> | undefined)[] = [];
  /** Of each page that was read its first slot. */
  readonly #firstSlots = new Map<KeptPage<Question, Item>, number>();
  /** Slots of pages that are gone. */
  readonly #freeSlots: number[] = [];
  /** With the sums of its keys, where there is more unread than is read in one go: so it is looked through without a look at each item. */
  readonly #unread = new Map<KeptPage<Question, Item>, Uint32Array | undefined>();
  #unreadItems = 0;
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
    const { items } = kept.page;
    this.#unreadItems += items.length;
    const isRest = this.#unreadItems > itemsAtOnce;
    this.#unread.set(kept, isRest ? Uint32Array.from(items, (item) => sumOf(this.#keyOf(item))) : undefined);
  }

  remove(kept: KeptPage<Question, Item>): void {
    if (this.#forgetUnread(kept)) return;
    for (const item of kept.page.items) this.#drop(this.#keyOf(item), kept);
    const first = this.#firstSlots.get(kept);
    if (first === undefined) return;
    this.#firstSlots.delete(kept);
    for (let slot = first; this.#slots[slot] === kept; slot++) {
      this.#slots[slot] = undefined;
      this.#freeSlots.push(slot);
    }
  }

  /**
   * Everywhere that kept pages, fresh or not, list the key. Where many pages were not read yet, they are read in slices from now on, and looked through
   * meanwhile.
   */
  find(key: string): readonly Sighting<Question, Item>[] {
    this.#readSome();
    const found = this.#shardOf(key).get(key) ?? [];
    const listed = (Array.isArray(found) ? found : [found]).map((at) => this.#sightingAt(at));
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
    for (const kept of this.#unread.keys()) {
      if (items >= itemsAtOnce) return;
      items += kept.page.items.length;
      this.#forgetUnread(kept);
      this.#read(kept);
    }
  }

  #forgetUnread(kept: KeptPage<Question, Item>): boolean {
    if (!this.#unread.delete(kept)) return false;
    this.#unreadItems -= kept.page.items.length;
    return true;
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
    const sum = sumOf(key);
    for (const [kept, sums] of this.#unread) {
      const onPage: Sighting<Question, Item>[] = [];
      const { items } = kept.page;
      const next = (from: number): number => (sums === undefined ? from : sums.indexOf(sum, from));
      for (let at = next(0); at >= 0 && at < items.length; at = next(at + 1)) {
        const item = items[at] as Item;
        if (this.#keyOf(item) === key) onPage.push({ item, kept });
      }
      if (onPage.length === 0) continue;
      this.noteRepeats(onPage);
      listed.push(...onPage);
    }
    return listed;
  }

  #shardOf(key: string): Map<string, number | number[]> {
    return (this.#shards[sumOf(key) % shardCount] ??= new Map());
  }

  #read(kept: KeptPage<Question, Item>): void {
    const { items } = kept.page;
    const start = itemsOfSlot * this.#takeSlots(kept);
    for (let place = 0; place < items.length; place++) {
      const item = items[place] as Item;
      const key = this.#keyOf(item);
      const shard = this.#shardOf(key);
      const earlier = shard.get(key);
      if (earlier === undefined) {
        shard.set(key, start + place);
        continue;
      }
      const all = Array.isArray(earlier) ? earlier : [earlier];
      const isRepeated = (at: number): boolean =>
        this.#pageAt(at) === kept && this.#isSame(this.#sightingAt(at).item, item);
      if (all.some(isRepeated)) this.#hasRepeats = true;
      all.push(start + place);
      shard.set(key, all);
    }
  }

  /** The first of as many slots as the page needs. */
  #takeSlots(kept: KeptPage<Question, Item>): number {
    const count = Math.ceil(kept.page.items.length / itemsOfSlot);
    // Only one that is enough by itself is used again.
    const first = (count === 1 ? this.#freeSlots.pop() : undefined) ?? this.#slots.length;
    for (let slot = first; slot < first + count; slot++) this.#slots[slot] = kept;
    this.#firstSlots.set(kept, first);
    return first;
  }

  #pageAt(at: number): KeptPage<Question, Item> | undefined {
    return this.#slots[Math.floor(at / itemsOfSlot)];
  }

  #sightingAt(at: number): Sighting<Question, Item> {
    const kept = this.#pageAt(at) as KeptPage<Question, Item>;
    const place = at - itemsOfSlot * (this.#firstSlots.get(kept) as number);
    return { item: kept.page.items[place] as Item, kept };
  }

  #drop(key: string, kept: KeptPage<Question, Item>): void {
    const shard = this.#shardOf(key);
    const found = shard.get(key);
    if (found === undefined) return;
    const rest = (Array.isArray(found) ? found : [found]).filter((at) => this.#pageAt(at) !== kept);
    const [only] = rest;
    if (only === undefined) shard.delete(key);
    else shard.set(key, rest.length === 1 ? only : rest);
  }
}

/** A sum that different texts seldom have in common, and whose last bits, which choose a shard, have something of all of them. */
const sumOf = (text: string): number => finishChecksum(addText(emptyChecksum, text));
