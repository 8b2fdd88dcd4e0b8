/** Each in a map of its own, because one that grows to a million keys holds everybody up for a tenth of a second. */
const shardCount = 64;

/** A map of a whole account, by uuid or mail address. */
export class ShardedMap<Value> {
  readonly #shards: (Map<string, Value> | undefined)[] = [];

  get(key: string): Value | undefined {
    return this.#shards[shardOf(key)]?.get(key);
  }

  set(key: string, value: Value): void {
    (this.#shards[shardOf(key)] ??= new Map<string, Value>()).set(key, value);
  }
}

/** By its last characters, which differ also where uuids are counted up, and by its first, because addresses end alike. */
const shardOf = (key: string): number =>
  (key.charCodeAt(key.length - 1) + 16 * key.charCodeAt(key.length - 2) + 5 * key.charCodeAt(0) + key.charCodeAt(1)) %
    shardCount || 0;
