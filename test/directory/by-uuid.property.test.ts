import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKindByUuid } from '../../src/directory/by-uuid.ts';
import { createClosedDomains } from '../../src/directory/closed-domains.ts';
import { GatewayError } from '../../src/model/errors.ts';
import { keepNoValues } from '../../src/pages/values/kept-values.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createOperation } from '../pages/operations.ts';

const uuidOf = (index: number): string => `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;

interface Thing {
  readonly uuid: string;
}

interface World {
  /** How many uuids are asked for. */
  readonly asked: number;
  /** Which of them upstream does not know, by index. */
  readonly unknown: ReadonlySet<number>;
  readonly maxBatch: number;
  /** Status of a batch with an unknown uuid. */
  readonly status: 400 | 403 | 404;
  /** How long the list is known to be, in pages; undefined: not known, and its first page tells nothing. */
  readonly listCalls: number | undefined;
}

/** A source that fails whole batches as upstream does, and counts the calls. */
const sourceOf = ({ unknown, maxBatch, status, listCalls }: World) => {
  const clock = createManualClock();
  const unknownUuids = new Set([...unknown].map(uuidOf));
  const calls = { batches: 0, looks: 0, walks: 0, largest: 0 };
  const closed = createClosedDomains(clock);
  // A 403 means an unknown uuid only from a domain that has answered before.
  closed.noteAnswered('alice', 'users');
  const known = (uuid: string): boolean => !unknownUuids.has(uuid);
  const find = createKindByUuid<Thing>({
    domain: 'users',
    closed,
    clock,
    ttlMs: 600_000,
    isThere: true,
    maxBatch,
    async fetch(uuids) {
      calls.batches++;
      calls.largest = Math.max(calls.largest, uuids.length);
      if (uuids.some((uuid) => !known(uuid))) {
        throw new GatewayError(status === 400 ? 'BAD_USER_INPUT' : status === 403 ? 'FORBIDDEN' : 'NOT_FOUND', 'no', {
          upstreamStatus: status,
        });
      }
      return { values: uuids.map((uuid) => ({ uuid })), atMs: clock.nowMs() };
    },
    keyOf: ({ uuid }) => uuid,
    listed: () => undefined,
    kept: keepNoValues(),
    async readAll() {
      calls.walks++;
      return Array.from({ length: 2000 }, (_, index) => uuidOf(index))
        .filter(known)
        .map((uuid) => ({ uuid }));
    },
    async readOn() {
      calls.looks++;
    },
    isFirstPageKept: () => false,
    costOfAll: () => listCalls,
  });
  const things = find(createOperation());
  return { calls, find: async (uuid: string) => things.one(uuid) };
};

const worlds: fc.Arbitrary<World> = fc
  .record({
    asked: fc.integer({ min: 1, max: 1500 }),
    unknownCount: fc.integer({ min: 0, max: 12 }),
    seed: fc.integer({ min: 0, max: 1_000_000 }),
    maxBatch: fc.constantFrom(1, 2, 3, 7, 100, 1000),
    status: fc.constantFrom(400 as const, 403 as const, 404 as const),
    listCalls: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
  })
  .map(({ asked, unknownCount, seed, ...rest }) => ({
    ...rest,
    asked,
    unknown: new Set(Array.from({ length: unknownCount }, (_, index) => (seed * 31 + index * 7919) % asked)),
  }));

describe('looking up many things by uuid', () => {
  it('tells exactly what upstream knows, within the bound on calls, whatever is unknown', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const { calls, find } = sourceOf(world);
        const uuids = Array.from({ length: world.asked }, (_, index) => uuidOf(index));
        const answers = await Promise.all(uuids.map(find));
        expect(answers.map(({ resolution }) => resolution)).toEqual(
          uuids.map((_, index) => (world.unknown.has(index) ? 'MISSING' : 'FOUND')),
        );
        expect(answers.map(({ value }) => value?.uuid)).toEqual(
          uuids.map((uuid, index) => (world.unknown.has(index) ? undefined : uuid)),
        );
        const batches = Math.ceil(world.asked / world.maxBatch);
        const levels = Math.ceil(Math.log2(Math.max(2, Math.min(world.maxBatch, world.asked))));
        expect(calls.batches).toBeLessThanOrEqual(batches + 2 * world.unknown.size * levels);
        expect(calls.largest).toBeLessThanOrEqual(world.maxBatch);
        expect(calls.looks).toBeLessThanOrEqual(1);
        expect(calls.walks).toBeLessThanOrEqual(1);
      }),
      { numRuns: 150 },
    );
  });

  it('needs at most 61 calls for 3 unknown ones of 1,000', async () => {
    for (const unknown of [
      [0, 1, 2],
      [0, 500, 999],
      [333, 334, 666],
    ]) {
      const { calls, find } = sourceOf({
        asked: 1000,
        unknown: new Set(unknown),
        maxBatch: 1000,
        status: 404,
        listCalls: undefined,
      });
      await Promise.all(Array.from({ length: 1000 }, (_, index) => find(uuidOf(index))));
      expect(calls.batches + calls.looks).toBeLessThanOrEqual(61);
    }
  });

  it('asks nobody about a text that is no uuid', async () => {
    const { calls, find } = sourceOf({
      asked: 1,
      unknown: new Set(),
      maxBatch: 1000,
      status: 404,
      listCalls: undefined,
    });
    expect(await find('sub|12345')).toEqual({ resolution: 'MISSING' });
    expect(calls.batches).toBe(0);
  });
});
