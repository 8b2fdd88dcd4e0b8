import { LRUCache } from 'lru-cache';
import { createLoader } from '../assignments/lookup/loader.ts';
import type { Operation } from '../model/operation.ts';
import type { Outlook } from './directory.ts';
import type { Resolved } from './resolved.ts';
import type { ByUuidSource, Counts } from './uuid-answers.ts';
import { resolveUuids } from './uuid-batch.ts';

/** Looks things of one kind up by their uuids, for one operation. Gathers into batches. Never rejects for what upstream does. */
export type FindByUuid<Value> = (uuid: string) => Promise<Resolved<Value>>;

/** Credentials whose calls are counted, for choosing between plans only. */
const maxCounted = 10_000;

/** Makes the lookups of one kind of thing, for each operation one. */
export const createKindByUuid = <Value>(
  source: ByUuidSource<Value>,
): ((operation: Operation, outlook?: Outlook) => FindByUuid<Value>) => {
  const { clock, ttlMs } = source;
  const createCounts = (): Counts =>
    new LRUCache({
      max: maxCounted,
      // 0 would mean that nothing ever expires.
      ttl: Math.max(1, ttlMs),
      perf: { now: () => clock.nowMs() },
      ttlResolution: 0,
    });
  const parts = { source, spent: createCounts(), looked: createCounts() };
  return (operation, outlook = {}) => {
    const loader = createLoader<string, Resolved<Value>>({
      operation,
      loadBatch: (uuids) => resolveUuids(uuids, { ...parts, operation, outlook }),
      nameOf: (uuid) => uuid,
    });
    return (uuid) => loader.load(uuid);
  };
};
