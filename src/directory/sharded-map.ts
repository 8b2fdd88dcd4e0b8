/** Each in a map of its own, because one that grows to a million keys holds everybody up for a tenth of a second. */
const shardCount = 64;

/** A map of a whole account, by uuid. */
export class ShardedMap<Value> {
  readonly #shards: (Map<string, Value> | undefined)[] = [];

  get(uuid: string): Value | undefined {
    return this.#shards[shardOf(uuid)]?.get(uuid);
  }

  set(uuid: string, value: Value): void {
    (this.#shards[shardOf(uuid)] ??= new Map<string, Value>()).set(uuid, value);
  }
}

/** By its last characters, which differ also where uuids are counted up. */
const shardOf = (uuid: string): number =>
  (uuid.charCodeAt(uuid.length - 1) + 16 * uuid.charCodeAt(uuid.length - 2)) % shardCount || 0;
