import { LRUCache } from 'lru-cache';
import { createLoader } from '../assignments/lookup/loader.ts';
import type { Operation } from '../model/operation.ts';
import { atMost } from '../platform/at-most.ts';
import { turnsOf, workInTurns } from '../platform/work-in-turns.ts';
import { ShardedMap } from './sharded-map.ts';
import type { Outlook } from './directory.ts';
import { type Resolved, unavailable } from './resolved.ts';
import type { ByUuidSource, Counts } from './uuid-answers.ts';
import { resolveUuids } from './uuid-batch.ts';

/** Looks things of one kind up by their uuids, for one operation. Gathers into batches. Never rejects for what upstream does. */
export interface FindByUuid<Value> {
  one(uuid: string): Promise<Resolved<Value>>;
  /** Many, without a promise for each: a million of these would all be answered in one turn of the loop. What it gives tells of each of them. */
  many(uuids: readonly string[]): Promise<(uuid: string) => Resolved<Value>>;
}

/** Credentials whose calls are counted, for choosing between plans only. */
const maxCounted = 10_000;

/** Makes the lookups of one kind of thing, for each operation one. */
export const createKindByUuid = <Value>(
  source: ByUuidSource<Value>,
): ((operation: Operation, outlook?: Outlook) => FindByUuid<Value>) => {
  const { clock, ttlMs } = source;
  const createCounts = (): Counts =>
    new LRUCache({
      ...atMost(maxCounted),
      // 0 would mean that nothing ever expires.
      ttl: Math.max(1, ttlMs),
      perf: { now: () => clock.nowMs() },
      ttlResolution: 0,
    });
  const parts = { source, spent: createCounts(), looked: createCounts() };
  return (operation, outlook = {}) => {
    const answers = new ShardedMap<Resolved<Value>>();
    const of = (uuid: string): Resolved<Value> => answers.get(uuid) ?? unavailable;
    const gather = createGathering(operation);
    const loader = createLoader<string | readonly string[], null>({
      operation,
      async loadBatch(asked) {
        await gather(asked, (uuids) => resolveUuids(uuids, { ...parts, operation, outlook, answers }));
        return asked.map(() => null);
      },
      nameOf: (asked) => asked,
    });
    return {
      async one(uuid) {
        const known = answers.get(uuid);
        if (known !== undefined) return known;
        await loader.load(uuid);
        return of(uuid);
      },
      async many(uuids) {
        if (uuids.length > 0) await loader.load(uuids);
        return of;
      },
    };
  };
};

/** One after the other: a list of all of a large account's, made at once, takes a tenth of a second. */
function* each(asked: readonly (string | readonly string[])[]): Generator<string> {
  for (const one of asked) {
    if (typeof one === 'string') yield one;
    else yield* one;
  }
}

/** Asks for each uuid once in an operation: whoever wants one that another batch is still asking for waits for that, and what came without an answer is not asked for again. */
const createGathering = (operation: Operation) => {
  /** Of each uuid that was asked for, when that is over. */
  const asking = new ShardedMap<Promise<void>>();
  return async (
    asked: readonly (string | readonly string[])[],
    ask: (uuids: readonly string[]) => Promise<void>,
  ): Promise<void> => {
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const open: string[] = [];
    const others = new Set<Promise<void>>();
    try {
      await workInTurns(each(asked), turnsOf(operation), (uuid) => {
        const other = asking.get(uuid);
        if (other === undefined) {
          asking.set(uuid, ended);
          open.push(uuid);
        } else if (other !== ended) {
          others.add(other);
        }
      });
      await ask(open);
    } finally {
      // Before it waits for others, because they may wait for this one.
      end();
    }
    await Promise.all(others);
  };
};
