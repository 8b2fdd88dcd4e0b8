import type { Redis } from 'ioredis';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';

/** An answer of Redis, or undefined where there was none in time. */
type Reached<Value> = { readonly value: Value } | undefined;

/** A program that Redis carries out whole, with nothing between its commands. Answers a list of integers. */
interface RedisScript {
  readonly lua: string;
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
}

interface RedisWait {
  /**
   * How long an answer is waited for, in milliseconds, also where another was too slow a moment ago: for what costs far more to do without, as each page of a walk that two replicas read. Where that is in vain, nothing
   * is waited for longer than usual in the next ten seconds. Default: as long as usual, a tenth of a second for a value.
   */
  readonly patienceMs?: number | undefined;
}

interface RedisSubscription {
  readonly onMessage: (text: string) => void;
  /** Called whenever the subscription begins, after an outage too: messages sent before were missed. */
  readonly onSubscribed: () => void;
}

/** What replicas share. Nothing throws or rejects: Redis can be gone at any time, and then everything is undefined at once. */
export interface RedisConnection {
  read(name: string): Promise<Reached<Buffer | undefined>>;
  /** Several values at once, in the order of the names. */
  readMany(names: readonly string[], wait?: RedisWait): Promise<Reached<readonly (Buffer | undefined)[]>>;
  /** Reads and deletes: of all who ask at the same time only one is given the value. */
  take(name: string): Promise<Reached<Buffer | undefined>>;
  write(name: string, value: Buffer, ttlMs: number): Promise<Reached<void>>;
  /** Several values at once, by their names. */
  writeMany(values: readonly (readonly [name: string, value: Buffer])[], ttlMs: number): Promise<Reached<void>>;
  run(script: RedisScript, wait?: RedisWait): Promise<Reached<readonly number[]>>;
  /** Receives what replicas publish on a channel, over a connection of its own, until everything ends. */
  subscribe(channel: string, subscription: RedisSubscription): void;
  /** Ends the connection. Everything is out of reach from then on. */
  close(): void;
}

interface RedisOptions {
  /** `redis:` or `rediss:`, with credentials where Redis wants some. Secret. */
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Longer than that and a page from Redis costs more than it saves. */
const valueTimeoutMs = 100;
/** Nobody waits for what is written, and a machine that is busy for a moment is no sign that Redis is gone. */
const writeTimeoutMs = 1000;
/** A script counts for all replicas: to go on alone too early is worse than to wait. */
const scriptTimeoutMs = 500;
/** How long nothing is waited for longer than usual after that was in vain. */
const impatientForMs = 10_000;
/** The first to ask also wait until the connection is there. */
const firstTimeoutMs = 1000;
/** How often it is told that a name of ours holds something else. */
const wrongTypeEveryMs = 60_000;
/** After a failure nobody waits for Redis again before that. */
const retryAfterMs = 1000;

/**
 * The one door to Redis (or Valkey). Where it fails or is slow the replica goes on alone, and that is logged once; the first
 * answer after that ends the outage, and is logged too.
 */
export const connectRedis = ({ url, clock, logger }: RedisOptions): RedisConnection => {
  let isClosed = false;
  let isDown = false;
  let retryAtMs = -Infinity;
  let patientAtMs = -Infinity;
  let isFirstTry = true;
  const subscribers: Redis[] = [];
  const connecting = openRedis(url).then((redis) => {
    isFirstTry = false;
    // Whoever waits out a failure need not wait any longer.
    redis.on('ready', () => {
      retryAtMs = patientAtMs = -Infinity;
    });
    if (isClosed) redis.disconnect();
    return redis;
  });

  const noteDown = (error: unknown) => {
    retryAtMs = clock.nowMs() + retryAfterMs;
    if (isDown || isClosed) return;
    isDown = true;
    logger.warn({ reason: reasonOf(error) }, 'Redis is out of reach: this replica goes on alone');
  };
  const noteUp = () => {
    if (!isDown) return;
    isDown = false;
    logger.info({}, 'Redis is back: replicas share again');
  };

  let toldOfKeyAtMs = -Infinity;

  /** A key of another type is none of ours, and no sign that Redis is gone. */
  const noteWrongType = () => {
    if (clock.nowMs() - toldOfKeyAtMs < wrongTypeEveryMs) return;
    toldOfKeyAtMs = clock.nowMs();
    logger.warn({}, 'Redis holds something else under a name of ours: it is taken for missing');
  };

  const attempt = async <Value>(
    timeoutMs: number,
    command: (redis: Redis) => Promise<Value>,
    wait: RedisWait = {},
  ): Promise<Reached<Value>> => {
    const patienceMs = clock.nowMs() < patientAtMs ? undefined : wait.patienceMs;
    if (isDown && clock.nowMs() < retryAtMs && patienceMs === undefined) return undefined;
    const limitMs = patienceMs ?? (isFirstTry ? firstTimeoutMs : timeoutMs);
    try {
      const value = await inTime(clock, limitMs, async () => command(await connecting));
      noteUp();
      return { value };
    } catch (error) {
      if (patienceMs !== undefined) patientAtMs = clock.nowMs() + impatientForMs;
      noteDown(error);
      return undefined;
    }
  };

  /** Answers undefined where the name holds something of another type. */
  const unlessWrongType = async <Value>(command: Promise<Value>): Promise<Value | undefined> => {
    try {
      return await command;
    } catch (error) {
      if (!isWrongType(error)) throw error;
      noteWrongType();
      return undefined;
    }
  };

  return {
    read: (name) =>
      attempt(valueTimeoutMs, async (redis) => (await unlessWrongType(redis.getBuffer(name))) ?? undefined),
    readMany: (names, wait) =>
      attempt(
        valueTimeoutMs,
        async (redis) => (await redis.mgetBuffer(...names)).map((value) => value ?? undefined),
        wait,
      ),
    take: (name) =>
      attempt(valueTimeoutMs, async (redis) => (await unlessWrongType(redis.getdelBuffer(name))) ?? undefined),
    write: (name, value, ttlMs) =>
      attempt(writeTimeoutMs, async (redis) => void (await redis.set(name, value, 'PX', Math.ceil(ttlMs)))),
    writeMany: (values, ttlMs) =>
      attempt(writeTimeoutMs, async (redis) => {
        const writes = redis.pipeline();
        for (const [name, value] of values) writes.set(name, value, 'PX', Math.ceil(ttlMs));
        for (const [error] of (await writes.exec()) ?? []) if (error !== null) throw error;
      }),
    run: ({ lua, keys, args }, wait) =>
      attempt(
        scriptTimeoutMs,
        async (redis) => {
          const evaluate = async () => (await redis.eval(lua, keys.length, ...keys, ...args)) as readonly number[];
          const answer = await unlessWrongType(evaluate());
          if (answer !== undefined) return answer;
          await redis.del(...keys);
          return await evaluate();
        },
        wait,
      ),
    subscribe(channel, { onMessage, onSubscribed }) {
      void connecting.then((redis) => {
        if (isClosed) return;
        const subscriber = redis.duplicate({ autoResubscribe: false });
        subscribers.push(subscriber);
        // Without a listener ioredis writes to the console. The other connection logs the outage.
        subscriber.on('error', () => {});
        subscriber.on('message', (_, text) => onMessage(text));
        subscriber.on('ready', () => {
          const begin = () => (redis.status === 'ready' ? onSubscribed() : redis.once('ready', onSubscribed));
          subscriber.subscribe(channel).then(begin, (error: unknown) => {
            if (isClosed || subscriber.status !== 'ready') return;
            logger.warn(
              { reason: reasonOf(error) },
              'Redis refuses subscriptions: changes made at another replica are seen once what is kept here has expired',
            );
          });
        });
      });
    },
    close() {
      isClosed = true;
      for (const subscriber of subscribers) subscriber.disconnect();
      void connecting.then((redis) => redis.disconnect());
    },
  };
};

/** Redis' own word, which scripts of older versions wrap in words of their own. */
const isWrongType = (error: unknown): boolean => error instanceof Error && error.message.includes('WRONGTYPE');

/** Settles when the first try to connect does. Loaded only where it is used: it is large. */
const openRedis = async (url: string): Promise<Redis> => {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
    retryStrategy: (attempts) => Math.min(100 * attempts, 2000),
  });
  return new Promise((resolve) => {
    redis.once('ready', () => resolve(redis));
    // Stays: without a listener ioredis writes to the console.
    redis.on('error', () => resolve(redis));
  });
};

/** Fails once the work takes too long. An answer that arrived while this process was busy is not late. */
const inTime = <Value>(clock: Clock, limitMs: number, work: () => Promise<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () => setImmediate(() => reject(new Error(`no answer in ${limitMs} ms`))));
    work()
      .finally(cancel)
      .then(resolve, (error: Error) => reject(error));
  });

/** Node's code where there is one: messages can hold addresses. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
};
