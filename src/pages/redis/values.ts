import type { Clock } from '../../platform/clock.ts';
import { keyPart } from '../../platform/key-part.ts';
import { pause } from '../../platform/pause.ts';
import type { Random } from '../../platform/random.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { cipherOf, namesOf } from '../../redis/encryption.ts';
import type { SharedVersions } from './versions.ts';
import type { KeepValues, KnownValue, ValueKind } from '../values/value-kind.ts';

/** Single things that all replicas know. Whatever is wrong with Redis, nothing is known. */
export interface RedisValues<Value> {
  /** The keys that some replica has read. */
  read(credentialKey: string, keys: readonly string[]): Promise<ReadonlyMap<string, KnownValue<Value>>>;
  /** To be called before upstream is: what is shared by the function it gives is found only while nothing has changed since. Nobody waits for it. */
  beginWriting(credentialKey: string): KeepValues<Value>;
}

interface RedisValuesOptions<Value> {
  readonly kind: ValueKind<Value>;
  readonly redis: RedisConnection;
  readonly versions: SharedVersions;
  readonly clock: Clock;
  readonly random: Random;
  /** How long a value may answer after upstream gave it. */
  readonly ttlMs: number;
}

/** A value as JSON. Without `value`: upstream does not know the key. */
interface PackedValue {
  readonly atMs: number;
  readonly value?: unknown;
}

/** Sealed or opened in one go: a whole list of names at once would hold up everybody else. */
const inOneGo = 50;

/** Batches on their way to Redis at the same time. Beyond that they are not shared: upstream is faster than Redis then. */
const maxWriting = 16;

export const createRedisValues = <Value>(options: RedisValuesOptions<Value>): RedisValues<Value> => {
  const { kind, redis, versions, clock, random, ttlMs } = options;
  let writing = 0;

  const namer = (credentialKey: string): ((key: string) => string) => {
    const what = keyPart(versions.of(credentialKey)) + keyPart(kind.name);
    const nameOf = namesOf('value', credentialKey);
    return (key) => nameOf(what + keyPart(key));
  };

  const unpack = (text: string): KnownValue<Value> | undefined => {
    try {
      const { atMs, value } = JSON.parse(text) as PackedValue;
      if (!(clock.nowMs() - atMs < ttlMs)) return undefined;
      return { atMs, value: value === undefined ? undefined : kind.unpack(value) };
    } catch {
      // What another version of the gateway wrote may not be readable here.
      return undefined;
    }
  };

  const read: RedisValues<Value>['read'] = async (credentialKey, keys) => {
    const known = new Map<string, KnownValue<Value>>();
    const version = versions.of(credentialKey);
    const names = keys.map(namer(credentialKey));
    const reached = await redis.readMany([versions.nameOf(credentialKey), ...names]);
    if (reached === undefined) return known;
    const [standing, ...sealed] = reached.value;
    versions.note(credentialKey, standing);
    // Something was changed, here or at another replica: what is good now has another name.
    if (versions.of(credentialKey) !== version) return read(credentialKey, keys);
    const { unseal } = cipherOf(credentialKey);
    for (const [index, key] of keys.entries()) {
      if (index > 0 && index % inOneGo === 0) await pause();
      const bytes = sealed[index] && unseal(names[index] as string, sealed[index]);
      const value = bytes && unpack(bytes.toString('utf8'));
      if (value !== undefined) known.set(key, value);
    }
    return known;
  };

  const write = async (
    values: readonly (readonly [string, Value | undefined])[],
    { nameOf, credentialKey, atMs }: { nameOf: (key: string) => string; credentialKey: string; atMs: number },
  ): Promise<void> => {
    const { seal } = cipherOf(credentialKey);
    for (let from = 0; from < values.length; from += inOneGo) {
      if (from > 0) await pause();
      const leftMs = atMs + ttlMs - clock.nowMs();
      if (leftMs < 1) return;
      const sealed = values.slice(from, from + inOneGo).map(([key, value]): readonly [string, Buffer] => {
        const packed: PackedValue = value === undefined ? { atMs } : { atMs, value: kind.pack(value) };
        const name = nameOf(key);
        return [name, seal(name, Buffer.from(JSON.stringify(packed)), random)];
      });
      await redis.writeMany(sealed, leftMs);
    }
  };

  return {
    read,
    beginWriting(credentialKey) {
      const nameOf = namer(credentialKey);
      return (values, atMs) => {
        if (writing >= maxWriting) return;
        writing++;
        void write([...values], { nameOf, credentialKey, atMs }).finally(() => writing--);
      };
    },
  };
};
