import { LRUCache } from 'lru-cache';
import type { Clock } from '../platform/clock.ts';
import { RenewedMap } from '../platform/renewed.ts';

/** Something that is kept in memory, by one store at a time: a page, say. */
export interface Kept {
  /** Whose it is. */
  readonly credentialKey: string;
  /** About how many bytes of memory it takes. */
  readonly sizeBytes: number;
  /** When nobody may be answered from it any more. */
  readonly expiresAtMs: number;
  /** By what the store finds it: given, read and taken away by the store that holds it. */
  storeKey?: number | undefined;
  /** Called once it is held no more: whatever finds it must let go of it too. */
  dropped(): void;
}

/** The memory of everything that is kept between requests, whatever it is: one bound in bytes, one order of use. */
export interface MemoryStore {
  /** About how many bytes of memory all of it takes. */
  readonly sizeBytes: number;
  readonly count: number;
  /** Holds it from now on. May let go of others, or of it at once where it alone is over the bound: whatever finds it must be in place already. */
  hold(kept: Kept): void;
  /** Says that it was of use. What was of no use for longest goes first. */
  touch(kept: Kept): void;
  /** Lets go of it. */
  drop(kept: Kept): void;
  /**
   * Another number whenever something of this credential has come or gone. While it is the same and all that was used is fresh, the same
   * question has the same answer.
   */
  versionOf(credentialKey: string): number;
  /** Lets go of everything of this credential. */
  dropAllOf(credentialKey: string): void;
  /** Those of whom something is held. */
  credentials(): Iterable<string>;
  holds(credentialKey: string): boolean;
  /** Drops everything and leaves no timer behind. */
  close(): void;
}

interface MemoryStoreOptions {
  readonly clock: Clock;
  readonly maxBytes: number;
  /** A number that was never given before. */
  readonly nextVersion: () => number;
  /** How often what has expired is dropped although nobody asks. */
  readonly sweepEveryMs: number;
}

export const createMemoryStore = (options: MemoryStoreOptions): MemoryStore => new BoundedStore(options);

/** What is held of one credential. */
interface Holdings {
  count: number;
  /** Given at the last change. */
  version: number;
}

class BoundedStore implements MemoryStore {
  readonly #clock: Clock;
  readonly #sweepEveryMs: number;
  // By a number: who keeps something finds it by ways of its own, and no key has to be written for it. Not by the object itself, which tables that the cache has outgrown would keep
  // (`platform/renewed.ts`).
  readonly #kept: LRUCache<number, Kept>;
  #nextKey = 0;
  readonly #holdings = new RenewedMap<string, Holdings>();
  // Never one that was there before: a credential that is forgotten and comes again is not taken for unchanged.
  readonly #nextVersion: () => number;
  #cancelSweep: (() => void) | undefined;

  constructor({ clock, maxBytes, nextVersion, sweepEveryMs }: MemoryStoreOptions) {
    this.#clock = clock;
    this.#sweepEveryMs = sweepEveryMs;
    this.#nextVersion = nextVersion;
    this.#kept = new LRUCache<number, Kept>({
      maxSize: maxBytes,
      sizeCalculation: ({ sizeBytes }) => sizeBytes,
      // Afterwards: whoever is told may drop others, or the same once more, and while it is being taken out that would leave the cache in pieces.
      disposeAfter: (kept) => this.#forget(kept),
    });
  }

  get sizeBytes(): number {
    return this.#kept.calculatedSize;
  }

  get count(): number {
    return this.#kept.size;
  }

  hold(kept: Kept): void {
    const { credentialKey } = kept;
    const holdings = this.#holdings.get(credentialKey);
    if (holdings === undefined) {
      this.#holdings.set(credentialKey, { count: 1, version: this.#nextVersion() });
    } else {
      holdings.count++;
      holdings.version = this.#nextVersion();
    }
    const key = (kept.storeKey ??= this.#nextKey++);
    this.#kept.set(key, kept);
    if (this.#kept.has(key)) this.#planSweep();
    else this.#forget(kept);
  }

  touch(kept: Kept): void {
    if (kept.storeKey !== undefined) this.#kept.get(kept.storeKey);
  }

  drop({ storeKey }: Kept): void {
    if (storeKey !== undefined) this.#kept.delete(storeKey);
  }

  versionOf(credentialKey: string): number {
    return this.#holdings.get(credentialKey)?.version ?? 0;
  }

  dropAllOf(credentialKey: string): void {
    if (!this.holds(credentialKey)) return;
    this.#dropWhere((kept) => kept.credentialKey === credentialKey);
  }

  holds(credentialKey: string): boolean {
    return this.#holdings.has(credentialKey);
  }

  credentials(): Iterable<string> {
    return this.#holdings.keys();
  }

  close(): void {
    this.#cancelSweep?.();
    this.#cancelSweep = undefined;
    this.#kept.clear();
  }

  #dropWhere(mustGo: (kept: Kept) => boolean): void {
    const going: Kept[] = [];
    for (const kept of this.#kept.values()) if (mustGo(kept)) going.push(kept);
    for (const kept of going) this.drop(kept);
  }

  #forget(kept: Kept): void {
    const { credentialKey } = kept;
    const holdings = this.#holdings.get(credentialKey);
    if (holdings !== undefined) {
      holdings.version = this.#nextVersion();
      if (--holdings.count === 0) this.#holdings.delete(credentialKey);
    }
    kept.storeKey = undefined;
    kept.dropped();
  }

  /** What is too old to answer is not to lie around until somebody asks again. */
  #planSweep(): void {
    this.#cancelSweep ??= this.#clock.after(this.#sweepEveryMs, () => {
      this.#cancelSweep = undefined;
      const nowMs = this.#clock.nowMs();
      this.#dropWhere((kept) => kept.expiresAtMs <= nowMs);
      if (this.#kept.size > 0) this.#planSweep();
    });
  }
}
