import { LRUCache } from 'lru-cache';
import { atMost } from '../../platform/at-most.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { sharedChannel, sharedName } from '../../redis/encryption.ts';
import type { MemoryStore } from '../memory-store.ts';

/**
 * The version of the world that all replicas tell a credential of. It is a part of the name of everything that is shared, so that what was read
 * under an earlier one is found no more; and whoever renews it tells the others, which let go of what they have in memory.
 */
export interface SharedVersions {
  /** As far as this replica knows. Ask before a call: what it brings is shared under this version. */
  of(credentialKey: string): string;
  /** The name in Redis under which the version itself stands: to be read together with whatever is read. */
  nameOf(credentialKey: string): string;
  /** Takes in what stood there. */
  note(credentialKey: string, value: Buffer | undefined): void;
  /**
   * A new version for all replicas. Resolves once every replica that Redis has told of it has let go of what it kept, after a tenth of a second at the latest,
   * or at once where Redis is out of reach; never rejects.
   */
  renew(credentialKey: string): Promise<void>;
}

interface SharedVersionsOptions {
  readonly redis: RedisConnection;
  readonly clock: Clock;
  readonly random: Random;
  /** Called where another replica has renewed the version: whatever is kept of the credential here is stale. */
  readonly onRenewed: (credentialKey: string) => void;
  /** Knows of whom something is kept here. */
  readonly memory: Pick<MemoryStore, 'credentials' | 'holds'>;
}

/** Longer than anything is fresh: where no version stands, nothing has changed that somebody could still have kept. */
const keepVersionMs = 7 * 24 * 60 * 60_000;

/** As many credentials as a replica is likely to see in that time; one that is forgotten is read again. */
const maxCredentials = 50_000;

/** How many versions are read at once when Redis is back. */
const batchSize = 100;

interface Known {
  readonly name: string;
  /** Empty: none stood there. Absent: not read yet. */
  version: string | undefined;
}

const channel = sharedChannel('versions');

/** In the place of a name: somebody has taken in this version. */
const taken = 'taken';

/** Longer than a replica that is well needs to take in a version. One that is not must hold up no change. */
const takingTimeoutMs = 100;

export const createSharedVersions = (options: SharedVersionsOptions): SharedVersions => {
  const { redis, clock, random, onRenewed, memory } = options;
  const byName = new Map<string, string>();
  const known = new LRUCache<string, Known>({ ...atMost(maxCredentials), dispose: ({ name }) => byName.delete(name) });

  /** By version: called for each replica that has taken it in. */
  const renewals = new Map<string, () => void>();

  const get = (credentialKey: string): Known => {
    const found = known.get(credentialKey);
    if (found !== undefined) return found;
    const made: Known = { name: sharedName('version', credentialKey, ''), version: undefined };
    known.set(credentialKey, made);
    byName.set(made.name, credentialKey);
    return made;
  };

  const take = (credentialKey: string, version: string): void => {
    const entry = get(credentialKey);
    const before = entry.version;
    if (before === version) return;
    entry.version = version;
    // Where none stands any more, nothing has changed for so long that all that was kept then is gone. At first sight only what was kept while Redis
    // was out of reach can be older.
    if (version !== '' && (before !== undefined || memory.holds(credentialKey))) onRenewed(credentialKey);
  };

  const readAgain = async (): Promise<void> => {
    const all = [...new Set([...memory.credentials(), ...known.keys()])];
    for (let from = 0; from < all.length; from += batchSize) {
      const some = all.slice(from, from + batchSize);
      const values = (await redis.readMany(some.map((credentialKey) => get(credentialKey).name)))?.value;
      if (values === undefined) return;
      some.forEach((credentialKey, index) => take(credentialKey, textOf(values[index])));
    }
  };

  redis.subscribe(channel, {
    onMessage(text) {
      const [name = '', version = ''] = text.split(' ');
      if (name === taken) return renewals.get(version)?.();
      let credentialKey = byName.get(name);
      if (credentialKey === undefined) {
        for (const kept of memory.credentials()) if (get(kept).name === name) credentialKey = kept;
      }
      if (credentialKey !== undefined && version !== '') take(credentialKey, version);
      void redis.run({ lua: publish, keys: [], args: [channel, `${taken} ${version}`] });
    },
    onSubscribed: () => void readAgain(),
  });

  return {
    of: (credentialKey) => get(credentialKey).version ?? '',
    nameOf: (credentialKey) => get(credentialKey).name,
    note: (credentialKey, value) => take(credentialKey, textOf(value)),
    async renew(credentialKey) {
      const entry = get(credentialKey);
      const version = random.uuid();
      // Its own word comes back too, and is nothing new then.
      entry.version = version;
      let count = 0;
      let onTaken = (): void => {};
      // From the beginning: who is told may be quicker than the answer that says how many are.
      renewals.set(version, () => {
        count++;
        onTaken();
      });
      const told = await redis.run({ lua: renewVersion, keys: [entry.name], args: [version, keepVersionMs, channel] });
      const listeners = told?.value[0] ?? 0;
      if (count < listeners) {
        await new Promise<void>((resolve) => {
          const cancel = clock.after(takingTimeoutMs, resolve);
          onTaken = () => {
            if (count < listeners) return;
            cancel();
            resolve();
          };
        });
      }
      renewals.delete(version);
    },
  };
};

const textOf = (value: Buffer | undefined): string => value?.toString('utf8') ?? '';

const renewVersion = `
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return { redis.call('PUBLISH', ARGV[3], KEYS[1] .. ' ' .. ARGV[1]) }
`;

const publish = "return { redis.call('PUBLISH', ARGV[1], ARGV[2]) }";
