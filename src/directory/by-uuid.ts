import { LRUCache } from 'lru-cache';
import { createLoader } from '../assignments/lookup/loader.ts';
import type { Operation } from '../model/operation.ts';
import { atMost } from '../platform/at-most.ts';
import type { MaybePromise } from '../platform/maybe-promise.ts';
import { turnsOf, workInTurns } from '../platform/work-in-turns.ts';
import type { KnownValue } from '../pages/values/value-kind.ts';
import { ShardedMap } from './sharded-map.ts';
import type { Outlook } from './directory.ts';
import { foundOrMissing, type Resolved, unavailable } from './resolved.ts';
import { type ByUuidSource, type Counts, listedOrMalformed } from './uuid-answers.ts';
import { resolveUuids } from './uuid-batch.ts';

/** Looks things of one kind up by their uuids, for one operation. Gathers into batches. Never rejects for what upstream does. */
export interface FindByUuid<Value> {
  /** At once where it is in memory, but not where a turn is over: many are gathered then, and looked for in turns. */
  one(uuid: string): MaybePromise<Resolved<Value>>;
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
    let hasHit = false;
    const keptOf = (uuid: string): KnownValue<Value> | undefined => {
      const kept = source.kept.of(uuid, operation);
      // As one answer, however many names come of it: so do those that are gathered.
      if (kept !== undefined && !hasHit) operation.report.fromCache++;
      hasHit ||= kept !== undefined;
      return kept;
    };
    const known = (uuid: string): Resolved<Value> | undefined => {
      const answer = answers.get(uuid);
      if (answer !== undefined || operation.turns?.isOver() === true) return answer;
      const told = listedOrMalformed(uuid, source, operation) ?? keptOf(uuid);
      if (told === undefined) return undefined;
      const resolved = foundOrMissing(told.value);
      answers.set(uuid, resolved);
      return resolved;
    };
    return {
      one: (uuid) => known(uuid) ?? loader.load(uuid).then(() => of(uuid)),
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
