import { describe, expect, it } from 'vitest';
import { createKindByUuid } from '../../src/directory/by-uuid.ts';
import { createClosedDomains } from '../../src/directory/closed-domains.ts';
import { found, missing } from '../../src/directory/resolved.ts';
import type { Operation } from '../../src/model/operation.ts';
import { createPages } from '../../src/pages/create-pages.ts';
import { plainValues } from '../../src/pages/values/value-kind.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { createOperation } from '../pages/operations.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createManualTurns } from '../support/turns-of-loop.ts';

interface Thing {
  readonly uuid: string;
}

const uuidOf = (index: number): string => `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
const thing = (index: number): Thing => ({ uuid: uuidOf(index) });
const ttlMs = 600_000;

/** Things of which a list tells the first three; what upstream was asked for is kept. */
const setUp = () => {
  const clock = createManualClock();
  const asked: (readonly string[])[] = [];
  const pages = createPages({ clock, random: systemRandom, maxBytes: 2 ** 20 });
  const open = createKindByUuid<Thing>({
    domain: 'users',
    closed: createClosedDomains(clock),
    clock,
    ttlMs,
    isThere: true,
    maxBatch: 100,
    async fetch(uuids) {
      asked.push(uuids);
      return { values: uuids.map((uuid) => ({ uuid })), atMs: clock.nowMs() };
    },
    keyOf: ({ uuid }) => uuid,
    listed: (uuid, { bypassCache }) =>
      bypassCache || uuid >= uuidOf(3) ? undefined : { value: { uuid }, atMs: clock.nowMs() },
    kept: pages.openValues<Thing>({ kind: plainValues('things'), ttlMs }),
    readAll: () => Promise.reject(new Error('nobody walks')),
    readOn: () => Promise.reject(new Error('nobody looks')),
    isFirstPageKept: () => false,
    costOfAll: () => 50,
  });
  return { open, clock, asked, keep: (index: number, operation: Operation) => open(operation).one(uuidOf(index)) };
};

describe('one thing by its uuid', () => {
  it('is told at once where a list, what is kept, or an earlier answer knows it', async () => {
    const { open, asked, keep } = setUp();
    await keep(7, createOperation());
    const things = open(createOperation());
    expect(things.one(uuidOf(1))).toEqual(found(thing(1)));
    expect(things.one(uuidOf(7))).toEqual(found(thing(7)));
    expect(things.one('sub|1')).toEqual(missing);
    const later = things.one(uuidOf(8));
    expect(later).toBeInstanceOf(Promise);
    expect(await later).toEqual(found(thing(8)));
    expect(things.one(uuidOf(8))).toEqual(found(thing(8)));
    expect(asked).toEqual([[uuidOf(7)], [uuidOf(8)]]);
  });

  it('is asked for where what is kept is too old, or must not answer, and known to the operation then', async () => {
    const { open, clock, asked, keep } = setUp();
    await keep(7, createOperation());
    const bypassing = open(createOperation({ bypassCache: true }));
    await Promise.all([bypassing.one(uuidOf(1)), bypassing.one(uuidOf(7))]);
    expect(bypassing.one(uuidOf(7))).toEqual(found(thing(7)));
    clock.advance(ttlMs);
    await open(createOperation()).one(uuidOf(7));
    expect(asked).toEqual([[uuidOf(7)], [uuidOf(1), uuidOf(7)], [uuidOf(7)]]);
  });

  it('is looked for in turns, with all others that are asked for, where this turn is over', async () => {
    const { open, asked, keep } = setUp();
    await Promise.all([keep(7, createOperation()), keep(8, createOperation())]);
    const { turns, spend } = createManualTurns();
    const things = open({ ...createOperation(), turns });
    expect(things.one(uuidOf(7))).toEqual(found(thing(7)));
    spend(1000);
    const later = [things.one(uuidOf(1)), things.one(uuidOf(8)), things.one('sub|1')];
    expect(later.every((answer) => answer instanceof Promise)).toBe(true);
    // What the operation has been told costs no look.
    expect(things.one(uuidOf(7))).toEqual(found(thing(7)));
    expect(await Promise.all(later.map(async (answer) => answer))).toEqual([found(thing(1)), found(thing(8)), missing]);
    expect(asked).toHaveLength(2);
  });

  it('counts as one answer of what is kept, however many there are, and as old as the oldest', async () => {
    const { open, clock, keep } = setUp();
    const startMs = clock.nowMs();
    await keep(7, createOperation());
    clock.advance(1000);
    await keep(8, createOperation());
    const operation = createOperation();
    const things = open(operation);
    for (const index of [8, 7, 7]) void things.one(uuidOf(index));
    expect(operation.report).toMatchObject({ fromCache: 1, oldestPageAtMs: startMs, freshUntilMs: startMs + ttlMs });
  });
});
