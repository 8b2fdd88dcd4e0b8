import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGroupTree } from '../../src/directory/group-tree.ts';
import { childrenIn, pathOf, scopeOfThing } from '../../src/directory/scope-path.ts';
import type { DeviceGroup } from '../../src/model/group.ts';

const group = (uuid: string, parentUuid: string | null, parts: Partial<DeviceGroup> = {}): DeviceGroup => ({
  uuid,
  parentUuid,
  displayName: uuid,
  isStatic: true,
  linkedTo: null,
  ...parts,
});

const tree = await createGroupTree([
  group('all', null),
  group('companies', 'all'),
  group('msp', 'companies', { linkedTo: 'MSP' }),
  group('customer', 'msp', { linkedTo: 'CUSTOMER' }),
  group('site', 'customer', { linkedTo: 'SITE' }),
  group('office', 'site'),
  group('household', 'all', { linkedTo: 'UNKNOWN' }),
  group('dynamic', 'customer', { isStatic: false }),
  group('orphan', 'nowhere'),
  group('self', 'self'),
  group('one', 'two'),
  group('two', 'one'),
]);

const namesOf = (scopes: readonly { readonly kind: string; readonly uuid: string }[]): string[] =>
  scopes.map(({ kind, uuid }) => `${kind} ${uuid}`);

describe('the path of a scope', () => {
  it('leads from a device through its group and what each group stands for to the top', () => {
    const path = pathOf(tree, scopeOfThing('DEVICE', 'laptop'), 'office');
    expect(namesOf(path.ancestors)).toEqual([
      'ASSET_GROUP office',
      'ASSET_GROUP site',
      'SITE site',
      'ASSET_GROUP customer',
      'CUSTOMER customer',
      'ASSET_GROUP msp',
      'MSP msp',
      'ASSET_GROUP companies',
      'ASSET_GROUP all',
    ]);
    expect(path.end).toBe('ROOT');
  });

  it('of a static group begins with what it stands for, of a customer with the parent of its group', () => {
    expect(namesOf(pathOf(tree, scopeOfThing('ASSET_GROUP', 'customer')).ancestors).slice(0, 2)).toEqual([
      'CUSTOMER customer',
      'ASSET_GROUP msp',
    ]);
    expect(namesOf(pathOf(tree, scopeOfThing('CUSTOMER', 'customer')).ancestors)[0]).toBe('ASSET_GROUP msp');
  });

  it.each([
    { kind: 'CUSTOMER', uuid: 'site', end: 'NO_HIERARCHY', why: 'the group of its uuid stands for another kind' },
    { kind: 'MSP', uuid: 'unheard', end: 'NO_HIERARCHY', why: 'no group has its uuid' },
    { kind: 'TENANT', uuid: 'tenant', end: 'NO_HIERARCHY', why: 'nothing has a tenant above or below' },
    { kind: 'ASSET_GROUP', uuid: 'dynamic', end: 'NOT_LISTED', why: 'a dynamic group is no scope' },
    { kind: 'ASSET_GROUP', uuid: 'unheard', end: 'NOT_LISTED', why: 'it is not listed' },
    { kind: 'ASSET_GROUP', uuid: 'orphan', end: 'MISSING_PARENT', why: 'its parent is not listed' },
    { kind: 'ASSET_GROUP', uuid: 'self', end: 'CYCLE', why: 'it is its own parent' },
  ] as const)('of $kind $uuid is empty, because $why', ({ kind, uuid, end }) => {
    expect(pathOf(tree, scopeOfThing(kind, uuid))).toEqual({ ancestors: [], end });
  });

  it('ends where it would go round in a circle', () => {
    const path = pathOf(tree, scopeOfThing('ASSET_GROUP', 'one'));
    expect(namesOf(path.ancestors)).toEqual(['ASSET_GROUP two']);
    expect(path.end).toBe('CYCLE');
  });

  it('of a device without a group is empty, and one of a device that nobody knows has another end', () => {
    expect(pathOf(tree, scopeOfThing('DEVICE', 'laptop'), null)).toEqual({ ancestors: [], end: 'ROOT' });
    expect(pathOf(tree, scopeOfThing('DEVICE', 'laptop'))).toEqual({ ancestors: [], end: 'NOT_LISTED' });
  });
});

describe('what lies in a scope', () => {
  it('is what a group of that parent stands for, or the group itself', () => {
    expect(namesOf(childrenIn(tree, scopeOfThing('ASSET_GROUP', 'customer')))).toEqual(['SITE site']);
    expect(namesOf(childrenIn(tree, scopeOfThing('SITE', 'site')))).toEqual(['ASSET_GROUP site']);
    expect(namesOf(childrenIn(tree, scopeOfThing('ASSET_GROUP', 'site')))).toEqual(['ASSET_GROUP office']);
    expect(namesOf(childrenIn(tree, scopeOfThing('ASSET_GROUP', 'all')))).toEqual([
      'ASSET_GROUP companies',
      'ASSET_GROUP household',
    ]);
    expect(childrenIn(tree, scopeOfThing('TENANT', 'tenant'))).toEqual([]);
  });

  it('is the inverse of the parent, in any tree', async () => {
    const groups = fc
      .array(
        fc.record({
          parent: fc.option(fc.integer({ min: 0, max: 14 }), { nil: null }),
          linkedTo: fc.constantFrom(null, 'CUSTOMER' as const, 'MSP' as const, 'SITE' as const, 'UNKNOWN' as const),
          isStatic: fc.boolean(),
        }),
        { minLength: 1, maxLength: 15 },
      )
      .map((rows) =>
        rows.map(({ parent, linkedTo, isStatic }, index) =>
          group(`g${index}`, parent === null ? null : `g${parent}`, { linkedTo, isStatic }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(groups, async (rows) => {
        const some = await createGroupTree(rows);
        const scopes = rows.flatMap(({ uuid }) =>
          (['ASSET_GROUP', 'CUSTOMER', 'MSP', 'SITE'] as const).map((kind) => scopeOfThing(kind, uuid)),
        );
        for (const parent of scopes) {
          for (const child of childrenIn(some, parent)) {
            expect(namesOf(pathOf(some, child).ancestors)[0]).toBe(namesOf([parent])[0]);
          }
        }
        for (const child of scopes) {
          const [above] = pathOf(some, child).ancestors;
          if (above !== undefined) expect(namesOf(childrenIn(some, above))).toContain(namesOf([child])[0]);
        }
      }),
    );
  });
});
