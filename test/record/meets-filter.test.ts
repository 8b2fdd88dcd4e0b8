import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subjectTypes } from '../../src/model/subject.ts';
import type { RecordKeeper } from '../../src/record/create-record.ts';
import { meetsFilter } from '../../src/record/meets-filter.ts';
import type { AccessChange, RecordFilter } from '../../src/record/record.ts';
import { databaseKinds, keep, type TestDatabases } from './support/databases.ts';
import { createWorld } from './support/world.ts';

// What subscribers are told of is filtered here, and what is listed by the database: both have to say the same.

const [directories, servers] = databaseKinds;
const { open: openDatabases } = servers.isMissing ? directories : servers;

describe('a filter of changes', () => {
  let databases: TestDatabases;
  let record: RecordKeeper;
  let changes: readonly AccessChange[] = [];

  beforeAll(async () => {
    databases = await openDatabases();
    record = keep(await databases.make());
    const world = createWorld(21, 25);
    for (let round = 0; round < 5; round++) {
      await record.record(world.census(Date.UTC(2026, 2, 1) + round * 1000));
      world.change(60);
    }
    changes = (await record.changes({}, { from: 'start', count: 1000 })).items;
  }, 120_000);
  afterAll(async () => {
    await record?.close();
    await databases?.close();
  });

  it('lets through here what the database finds by it', async () => {
    expect(changes.length).toBeGreaterThan(100);
    // Mostly what there is, or nothing would be found.
    const known = <Value>(read: (change: AccessChange) => Value) => fc.constantFrom(...changes.map(read));
    // What the record has cut is asked for whole, or as it is shown.
    let asked = 0;
    const whole = (value: string): string => (value.endsWith('…') && ++asked % 2 === 0 ? 'x'.repeat(900) : value);
    const text = fc.oneof(
      fc.string({ maxLength: 5 }),
      fc.constantFrom(
        'x'.repeat(900),
        `${'x'.repeat(200)}y`.padEnd(300),
        `${'x'.repeat(180)}…`,
        '…',
        '\uf8f0',
        'half \ud800 pair',
        '',
      ),
    );
    const often = (arbitrary: fc.Arbitrary<string>) =>
      fc.oneof({ arbitrary, weight: 9 }, { arbitrary: text, weight: 1 });
    const component = fc.record({
      field: often(fc.constantFrom('customerUuid', 'siteUuid', 'deviceUuid', 'futureUuid')),
      uuid: often(known(({ scope }) => whole(scope?.components[0]?.uuid ?? 'none'))),
    });
    const scope = fc.oneof(
      fc.array(component, { maxLength: 2 }),
      known((change) => change.scope?.components.map(({ field, uuid }) => ({ field, uuid: whole(uuid) })) ?? []),
    );
    const subject = fc.record(
      {
        reference: often(known((change) => whole(change.subject.reference))),
        type: fc.constantFrom(...subjectTypes),
        rawType: often(known((change) => whole(change.subject.rawType))),
      },
      { requiredKeys: ['reference'] },
    );
    const filter = fc.record(
      { subject, roleName: often(known(({ roleName }) => whole(roleName))), scope },
      { requiredKeys: [] },
    );
    let found = 0;
    await fc.assert(
      fc.asyncProperty(filter, async (given) => {
        const wanted: RecordFilter = given;
        const { items } = await record.changes(wanted, { from: 'start', count: 1000 });
        if (items.length > 0 && items.length < changes.length) found++;
        expect(changes.filter((change) => meetsFilter(change, wanted)).map(({ id }) => id)).toEqual(
          items.map(({ id }) => id),
        );
      }),
      { numRuns: 300, seed: 7 },
    );
    expect(found).toBeGreaterThan(20);
  }, 60_000);
});
