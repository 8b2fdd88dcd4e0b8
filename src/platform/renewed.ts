// A Map and a Set for what comes and goes with requests, in something that lives as long as the process.
//
// V8 keeps the entries of a Map in a table, and where deleted ones have used it up it makes another one, to which the old one points, for iterators that are under way
// (`OrderedHashTable::Rehash`). One table that has outlived two collections of young objects lies in the old space, is garbage, and keeps all that come after it alive until V8 looks through
// the whole heap: each with what was in it, and so every request and all that belongs to it. A table that nothing points to, made now and then, ends that.

/** So many deletions, and as many as there are entries besides, may lie between one map and the next: to copy the entries costs little beside them. With 8 or 16 no less is kept. */
const deletionsBetween = 64;

/** A `Map` whose entries come and go. Who goes through it and sets something meanwhile may be given what is deleted by then, and not what is new. */
export class RenewedMap<Key, Value> {
  #entries = new Map<Key, Value>();
  #deleted = 0;

  get size(): number {
    return this.#entries.size;
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: Key, value: Value): void {
    if (this.#deleted > deletionsBetween + this.#entries.size) {
      this.#entries = new Map(this.#entries);
      this.#deleted = 0;
    }
    this.#entries.set(key, value);
  }

  /** Answers whether it was there. */
  delete(key: Key): boolean {
    const wasThere = this.#entries.delete(key);
    if (wasThere) this.#deleted++;
    return wasThere;
  }

  /** In the order in which they were set, as long as they are there. */
  keys(): MapIterator<Key> {
    return this.#entries.keys();
  }

  values(): MapIterator<Value> {
    return this.#entries.values();
  }

  [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.#entries[Symbol.iterator]();
  }
}

/** A `Set` of the same kind. */
export class RenewedSet<Item> {
  readonly #items = new RenewedMap<Item, true>();

  get size(): number {
    return this.#items.size;
  }

  has(item: Item): boolean {
    return this.#items.has(item);
  }

  add(item: Item): void {
    this.#items.set(item, true);
  }

  delete(item: Item): boolean {
    return this.#items.delete(item);
  }

  [Symbol.iterator](): MapIterator<Item> {
    return this.#items.keys();
  }
}
