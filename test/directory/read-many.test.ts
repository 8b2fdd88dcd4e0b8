import { describe, expect, it } from 'vitest';
import { createKindByUuid } from '../../src/directory/by-uuid.ts';
import { createClosedDomains } from '../../src/directory/closed-domains.ts';
import { createGroupTree } from '../../src/directory/group-tree.ts';
import { readMany } from '../../src/directory/read-many.ts';
import { found } from '../../src/directory/resolved.ts';
import { scopeOfThing } from '../../src/directory/scope-path.ts';
import type { User } from '../../src/model/user.ts';
import { keepNoValues } from '../../src/pages/values/kept-values.ts';
import { turnsOf } from '../../src/platform/work-in-turns.ts';
import { createOperation } from '../pages/operations.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createManualTurns, turnsUntil } from '../support/turns-of-loop.ts';

const uuidOf = (index: number): string => `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
const uuids = Array.from({ length: 200 }, (_, index) => uuidOf(index));

const userOf = (uuid: string): User => ({
  uuid,
  displayName: `name of ${uuid}`,
  email: null,
  otherEmails: [],
  jobTitle: null,
  department: null,
  userGroupUuids: [],
  protectionStatus: null,
});

/** Users of whom every look costs a millisecond, and the batches in which they were asked for. */
const setUp = () => {
  const { turns, spend } = createManualTurns();
  const clock = createManualClock();
  const closed = createClosedDomains(clock);
  const batches: number[] = [];
  const gate = { isOpen: Promise.resolve() };
  const open = createKindByUuid<User>({
    domain: 'users',
    closed,
    clock,
    ttlMs: 600_000,
    isThere: true,
    maxBatch: 1000,
    async fetch(asked) {
      batches.push(asked.length);
      await gate.isOpen;
      return {
        values: asked.map(userOf),
        atMs: clock.nowMs(),
      };
    },
    keyOf: ({ uuid }) => uuid,
    listed: () => {
      spend(1);
      return undefined;
    },
    kept: keepNoValues(),
    readAll: () => Promise.reject(new Error('nobody walks')),
    readOn: () => Promise.reject(new Error('nobody looks')),
    isFirstPageKept: () => false,
    costOfAll: () => 50,
  });
  const operation = { ...createOperation(), turns };
  return { users: open(operation), operation, batches, gate, spend };
};

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
};

describe('many things by uuid', () => {
  it('are looked at in turns, asked for together, and told of each', async () => {
    const { users, batches } = setUp();
    const reading = users.many([...uuids, ...uuids]);
    // Ten looks fit into a turn.
    expect(await turnsUntil(reading)).toBeGreaterThanOrEqual(uuids.length / 10 - 1);
    const of = await reading;
    expect(of(uuidOf(7))).toEqual(found(userOf(uuidOf(7))));
    expect(batches).toEqual([200]);
  });

  it('are gathered with what is asked for one by one, and known to who asks later', async () => {
    const { users, batches } = setUp();
    await Promise.all([users.one(uuidOf(300)), users.many(uuids), users.one(uuidOf(1)), users.many([uuidOf(301)])]);
    expect(batches).toEqual([202]);
    expect(await users.one(uuidOf(2))).toMatchObject({ resolution: 'FOUND' });
    await users.many([uuidOf(3), 'sub|1']);
    expect(batches).toEqual([202]);
    expect((await users.many(['sub|1']))('sub|1')).toEqual({ resolution: 'MISSING' });
  });

  it('are not asked for again by who wants one while the answer is under way', async () => {
    const { users, batches, gate } = setUp();
    let open = () => {};
    gate.isOpen = new Promise((resolve) => (open = resolve));
    const first = users.many(uuids);
    await until(() => batches.length === 1);
    const later = Promise.all([users.one(uuidOf(1)), users.many([uuidOf(2), uuidOf(300)])]);
    await until(() => batches.length === 2);
    open();
    expect((await first)(uuidOf(1))).toMatchObject({ resolution: 'FOUND' });
    const [one, of] = await later;
    expect([one, of(uuidOf(2)), of(uuidOf(300))]).toEqual([1, 2, 300].map((index) => found(userOf(uuidOf(index)))));
    expect(batches).toEqual([200, 1]);
  });

  it('wait for who is still finding out what to ask for', async () => {
    const { users, operation, batches, spend } = setUp();
    const nobody = () => ({ one: () => Promise.reject(new Error('no')), many: () => Promise.reject(new Error('no')) });
    /** Subjects that cost a look each. */
    function* subjects() {
      for (const reference of uuids) {
        spend(1);
        yield { type: 'USER' as const, reference };
      }
    }
    const sources = {
      user: () => users,
      device: nobody,
      policy: nobody,
      tree: async () => found(await createGroupTree([])),
      taker: turnsOf(operation),
    };
    const [known] = await Promise.all([readMany({ subjects: subjects() }, sources), users.one(uuidOf(300))]);
    expect(batches).toEqual([201]);
    expect(known.nameOfSubject({ type: 'USER', reference: uuidOf(5) })).toMatchObject({ resolution: 'FOUND' });
    // Nothing else was asked for: no devices, no policies.
    expect(known.nameOfSubject({ type: 'SERVICE', reference: 'a' })).toEqual({ resolution: 'NO_SOURCE' });
    expect(known.nameOfScope(scopeOfThing('TENANT', 'a'))).toEqual({ resolution: 'NO_SOURCE' });
    expect(known.pathOf(scopeOfThing('TENANT', 'a'))).toEqual(found({ ancestors: [], end: 'NO_HIERARCHY' }));
  });
});
