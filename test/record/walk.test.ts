import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RecordKeeper } from '../../src/record/create-record.ts';
import { BitSet } from '../../src/record/recording/bit-set.ts';
import { databaseKinds, keep } from './support/databases.ts';
import { holds } from './support/walk-suite.ts';
import { walk } from './support/world.ts';

const startMs = Date.UTC(2026, 2, 1);

describe.skipIf(databaseKinds[1].isMissing)('a walk that is recorded on a server', () => {
  let databases: Awaited<ReturnType<(typeof databaseKinds)[1]['open']>>;
  const open: RecordKeeper[] = [];
  beforeAll(async () => {
    databases = await databaseKinds[1].open();
  }, 60_000);
  afterEach(async () => {
    for (const record of open.splice(0)) await record.close();
  });
  afterAll(() => databases.close());

  it('asks for no page where another records, and is lost with the session that it began in', async () => {
    const location = await databases.make();
    const [one, other] = [keep(location), keep(location)];
    open.push(one, other);
    await one.recordWalk(walk(holds('anna'), startMs));
    const never = walk(holds('berta'), startMs + 1000, () => {
      throw new Error('nobody asks for it');
    });
    expect(await other.recordWalk(never)).toEqual({ outcome: 'notWriter' });
    const cut = walk(
      holds(...Array.from({ length: 26 }, (_, at) => `subject-${at}`)),
      startMs + 2000,
      async (number) => {
        if (number !== 2) return;
        await databases.postgres.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'rolescope'`,
        );
      },
    );
    await expect(one.recordWalk(cut)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(await other.recordWalk(walk(holds('anna', 'berta'), startMs + 3000))).toMatchObject({
      outcome: 'different',
      granted: 1,
      revoked: 0,
    });
    expect(await one.recordWalk(never)).toEqual({ outcome: 'notWriter' });
  });
});

describe('a set of ids', () => {
  it('has what was put in, each once, wherever it lies', () => {
    const set = new BitSet();
    const numbers = [0, 1, 7, 8, 8191, 8192, 1_000_000_007, 2 ** 45];
    for (const number of [...numbers, ...numbers]) set.add(number);
    expect(set.size).toBe(numbers.length);
    expect([...numbers, 2, 9, 8193, 1_000_000_006, 2 ** 45 - 1].filter((number) => set.has(number))).toEqual(numbers);
  });
});
