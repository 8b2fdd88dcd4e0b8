import type { Operation } from '../../model/operation.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Kept, MemoryStore } from '../memory-store.ts';
import type { RedisValues } from '../redis/values.ts';
import { recordAge, recordHit } from '../record-hit.ts';
import { textBytes } from '../sizes.ts';
import type { KeepValues, KnownValue, ValueKind } from './value-kind.ts';
import type { Versions } from '../versions.ts';

/** Single things by key, kept in the same memory as pages. */
export interface KeptValues<Value> {
  /**
   * What this process knows of a key; undefined where somebody else would have to tell. Knows nothing for an operation that bypasses the cache. Tells how old what the
   * operation uses is, and leaves counting to whoever asks, for one key or many.
   */
  of(key: string, operation: Operation): KnownValue<Value> | undefined;
  /** The keys that are known, here or to another replica: at most one round trip to Redis. Counts as served from cache, once. */
  find(keys: readonly string[], operation: Operation): Promise<ReadonlyMap<string, KnownValue<Value>>>;
  /** To be called before upstream is: what is kept by the function it gives is forgotten at once where something has changed since. */
  beginReading(operation: Operation): KeepValues<Value>;
  /** The same for what this process finds in lists that it keeps: only other replicas are told. Undefined where there are none. */
  beginSharing(operation: Operation): KeepValues<Value> | undefined;
}

interface KeptValuesOptions<Value> {
  readonly kind: ValueKind<Value>;
  readonly memory: MemoryStore;
  readonly versions: Pick<Versions, 'of'>;
  /** What replicas share. Absent: this process is alone. */
  readonly replicas?: RedisValues<Value> | undefined;
  readonly clock: Clock;
  /** How long a value may answer after upstream gave it. */
  readonly ttlMs: number;
}

export const createKeptValues = <Value>(options: KeptValuesOptions<Value>): KeptValues<Value> => {
  const { memory, versions, replicas, clock, ttlMs } = options;
  const held = new HeldValues(options);

  const lookUp = (key: string, credentialKey: string): HeldValue<Value> | undefined => {
    const found = held.get(credentialKey, key);
    if (found === undefined || found.expiresAtMs <= clock.nowMs()) return undefined;
    memory.touch(found);
    return found;
  };

  return {
    of(key, { caller, bypassCache, report }) {
      const found = caller === undefined || bypassCache ? undefined : lookUp(key, caller.credentialKey);
      if (found !== undefined) recordAge(report, { atMs: found.atMs, ttlMs });
      return found;
    },
    async find(keys, { caller, bypassCache, report }) {
      const known = new Map<string, KnownValue<Value>>();
      if (caller === undefined || bypassCache) return known;
      const { credentialKey } = caller;
      for (const key of keys) {
        const found = lookUp(key, credentialKey);
        if (found !== undefined) known.set(key, found);
      }
      const unknown = keys.filter((key) => !known.has(key));
      if (replicas !== undefined && unknown.length > 0) {
        const version = versions.of(credentialKey);
        const shared = await replicas.read(credentialKey, unknown);
        for (const [key, value] of shared) {
          known.set(key, value);
          if (versions.of(credentialKey) === version) held.set(credentialKey, key, value);
        }
      }
      if (known.size > 0) recordHit(report, { atMs: oldestOf(known), ttlMs });
      return known;
    },
    beginReading({ caller }) {
      if (caller === undefined) return () => {};
      const { credentialKey } = caller;
      const version = versions.of(credentialKey);
      const share = replicas?.beginWriting(credentialKey);
      return (values, atMs) => {
        if (versions.of(credentialKey) !== version) return;
        for (const [key, value] of values) held.set(credentialKey, key, { value, atMs });
        share?.(values, atMs);
      };
    },
    beginSharing: ({ caller }) => (caller === undefined ? undefined : replicas?.beginWriting(caller.credentialKey)),
  };
};

/** Where nothing is kept. */
export const keepNoValues = <Value>(): KeptValues<Value> => ({
  of: () => undefined,
  find: () => Promise.resolve(new Map()),
  beginReading: () => () => {},
  beginSharing: () => undefined,
});

const oldestOf = (known: ReadonlyMap<string, KnownValue<unknown>>): number => {
  let oldestAtMs = Infinity;
  for (const { atMs } of known.values()) oldestAtMs = Math.min(oldestAtMs, atMs);
  return oldestAtMs;
};

/** Finds values in the memory that holds them. */
class HeldValues<Value> {
  readonly #kind: ValueKind<Value>;
  readonly #memory: MemoryStore;
  readonly #ttlMs: number;
  readonly #byCredential = new Map<string, Map<string, HeldValue<Value>>>();

  constructor({ kind, memory, ttlMs }: Pick<KeptValuesOptions<Value>, 'kind' | 'memory' | 'ttlMs'>) {
    this.#kind = kind;
    this.#memory = memory;
    this.#ttlMs = ttlMs;
  }

  get(credentialKey: string, key: string): HeldValue<Value> | undefined {
    return this.#byCredential.get(credentialKey)?.get(key);
  }

  set(credentialKey: string, key: string, { value, atMs }: KnownValue<Value>): void {
    let byKey = this.#byCredential.get(credentialKey);
    if (byKey === undefined) this.#byCredential.set(credentialKey, (byKey = new Map()));
    const before = byKey.get(key);
    const held: HeldValue<Value> = new HeldValue(credentialKey, key, {
      value,
      atMs,
      expiresAtMs: atMs + this.#ttlMs,
      sizeBytes: perValue + textBytes(key.length) + (value === undefined ? 0 : this.#kind.sizeOf(value)),
      onDropped: this.#forget,
    });
    byKey.set(key, held);
    if (before !== undefined) this.#memory.drop(before);
    this.#memory.hold(held);
  }

  readonly #forget = (held: HeldValue<Value>): void => {
    const byKey = this.#byCredential.get(held.credentialKey);
    if (byKey?.get(held.key) !== held) return;
    byKey.delete(held.key);
    if (byKey.size === 0) this.#byCredential.delete(held.credentialKey);
  };
}

// The object below, and its places in the maps and in the order of use.
const perValue = 350;

interface HeldValueParts<Value> extends KnownValue<Value> {
  readonly sizeBytes: number;
  readonly expiresAtMs: number;
  readonly onDropped: (held: HeldValue<Value>) => void;
}

class HeldValue<Value> implements Kept, KnownValue<Value> {
  readonly credentialKey: string;
  readonly key: string;
  readonly value: Value | undefined;
  readonly atMs: number;
  readonly sizeBytes: number;
  readonly expiresAtMs: number;
  storeKey: number | undefined;
  readonly #onDropped: (held: HeldValue<Value>) => void;

  constructor(credentialKey: string, key: string, parts: HeldValueParts<Value>) {
    this.credentialKey = credentialKey;
    this.key = key;
    this.value = parts.value;
    this.atMs = parts.atMs;
    this.sizeBytes = parts.sizeBytes;
    this.expiresAtMs = parts.expiresAtMs;
    this.#onDropped = parts.onDropped;
  }

  dropped(): void {
    this.#onDropped(this);
  }
}
