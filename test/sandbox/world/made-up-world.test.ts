import { describe, expect, it } from 'vitest';
import { createMadeUpWorld } from '../../../src/sandbox/world/made-up-world.ts';
import { createUuidNames } from '../../../src/sandbox/world/uuid-names.ts';
import { createViews } from '../../../src/sandbox/world/visibility.ts';
import { homeOf, placesOf, type Place, type World } from '../../../src/sandbox/world/world.ts';
import type { RoleAssignment } from '../../../src/wire/identity.ts';

const entriesOf = (world: World): RoleAssignment[] =>
  Array.from({ length: world.size }, (_, index) => world.assignmentAt(index));
const share = (part: number, whole: number): number => Math.round((100 * part) / whole);

describe('the made-up world', () => {
  it('follows from its size and seed', () => {
    expect(entriesOf(createMadeUpWorld(500, 7))).toEqual(entriesOf(createMadeUpWorld(500, 7)));
    expect(entriesOf(createMadeUpWorld(500, 7))).not.toEqual(entriesOf(createMadeUpWorld(500, 8)));
  });

  it('has every subject type, some without a type, and references that differ', () => {
    const entries = entriesOf(createMadeUpWorld(2000, 1));
    expect(new Set(entries.map((entry) => entry.subjectType))).toEqual(
      new Set([
        undefined,
        'SUBJECT_TYPE_UNSPECIFIED',
        'SUBJECT_TYPE_USER',
        'SUBJECT_TYPE_DEVICE',
        'SUBJECT_TYPE_USER_GROUP',
        'SUBJECT_TYPE_MANAGED_IDENTITY',
        'SUBJECT_TYPE_SERVICE',
      ]),
    );
    expect(new Set(entries.map((entry) => entry.subjectReference)).size).toBe(2000);
  });

  it('has about three roles of two scopes each, some global, some with several scopes, some composite', () => {
    const entries = entriesOf(createMadeUpWorld(5000, 1));
    const roles = entries.flatMap((entry) => entry.roles ?? []);
    const scopes = roles.flatMap((role) => role.scopes ?? []);
    expect(roles.length / entries.length).toBeCloseTo(3, 0);
    expect(scopes.length / roles.length).toBeCloseTo(2, 0);
    expect(share(roles.filter((role) => (role.scopes ?? []).length === 0).length, roles.length)).toBe(4);
    expect(roles.some((role) => role.scopes === undefined)).toBe(true);
    expect(share(scopes.filter((scope) => placesOf(scope).length > 1).length, scopes.length)).toBe(3);
    expect(new Set(scopes.flatMap((scope) => Object.keys(scope))).size).toBe(9);
    expect(entries.some((entry) => entry.roles?.length === 0)).toBe(true);
    const names = new Set(roles.map((role) => role.roleName));
    expect(names).toContain('admin');
    expect([...names].filter((name) => /^[0-9a-f-]{36}$/.test(name ?? '')).length).toBeGreaterThan(3);
    const isTwice = (entry: RoleAssignment): boolean =>
      new Set(entry.roles?.map((role) => role.roleName)).size < (entry.roles?.length ?? 0);
    expect(entries.some(isTwice)).toBe(true);
  });

  it.each([2, 3, 4, 25, 26, 27, 200])(
    'with %i subjects nests every place in an MSP, and knows children by their parents',
    (size) => {
      const world = createMadeUpWorld(size, 3);
      const places = entriesOf(world).flatMap((entry) => [
        ...(entry.roles ?? []).flatMap((role) => (role.scopes ?? []).flatMap(placesOf)),
        ...(homeOf(entry) === undefined ? [] : [homeOf(entry) as Place]),
      ]);
      const orphans = new Set<string>();
      for (const place of places) {
        let at = place;
        for (let parent = world.parentsOf(at)[0]; parent !== undefined; parent = world.parentsOf(at)[0]) {
          expect(world.childrenOf(parent)).toContainEqual(at);
          at = parent;
        }
        if (at.field !== 'mspUuid') orphans.add(`${place.field} ${place.uuid}`);
      }
      expect([...orphans]).toEqual([]);
    },
  );

  it('knows nothing of places that are not in it', () => {
    const world = createMadeUpWorld(50, 1);
    const stranger = createMadeUpWorld(50, 2).assignmentAt(2).subjectReference ?? '';
    const customer = '30bd93aa-c0ef-4fcf-a73f-ce80610bd161';
    for (const place of [
      { field: 'userUuid', uuid: stranger },
      { field: 'mspUuid', uuid: customer },
      { field: 'customerUuid', uuid: 'x' },
      { field: 'cityUuid', uuid: customer },
      { field: 'deviceUuid', uuid: world.assignmentAt(2).subjectReference ?? '' },
    ]) {
      expect({ place, around: [world.childrenOf(place), world.parentsOf(place)] }).toEqual({ place, around: [[], []] });
    }
    expect(world.indicesOf(stranger)).toEqual([]);
    expect(world.indicesOf('286F5456-A0AC-4E8A-8508-5C2224B47AE6')).toEqual([]);
  });

  it('names too many candidates rather than too few', () => {
    const world = createMadeUpWorld(1200, 5);
    const everywhere = { ...world, candidatesWithin: () => Array.from({ length: world.size }, (_, index) => index) };
    const msp = { field: 'mspUuid', uuid: 'af631cc9-3e9f-4fd7-8f29-ed8121b4cf8a' };
    const customer = world.childrenOf(msp)[3] as Place;
    const site = world.childrenOf(customer)[0] as Place;
    const group = world.childrenOf(site)[0] as Place;
    const device = world.childrenOf(group).find(({ field }) => field === 'deviceUuid') as Place;
    for (const places of [[msp], [customer], [site], [group], [device], [device, customer, msp]]) {
      const { indices } = createViews(world)(places);
      expect(indices).toEqual(createViews(everywhere)(places).indices);
      expect(indices?.length).toBeGreaterThan(0);
    }
  });

  it('has a million subjects without holding them', () => {
    const world = createMadeUpWorld(1_000_000, 1);
    for (const index of [0, 1, 2, 499_999, 999_999]) {
      expect(world.indicesOf(world.assignmentAt(index).subjectReference ?? '')).toEqual([index]);
    }
  });

  it('ranks references as texts are ordered, also where their first digits are equal', () => {
    const world = createMadeUpWorld(200_000, 1);
    const references = Array.from(
      { length: world.size },
      (_, index) => world.assignmentAt(index).subjectReference ?? '',
    );
    const heads = references.map((reference) => reference.slice(0, 8));
    expect(new Set(heads).size).toBeLessThan(heads.length);
    const order = references
      .map((_, index) => index)
      .sort((a, b) => ((references[a] ?? '') < (references[b] ?? '') ? -1 : 1));
    const ranks = world.ranksBy('subjectReference');
    expect(order.map((index) => ranks[index])).toEqual(order.map((_, rank) => rank));
  });
});

describe('made-up uuids', () => {
  it('can be read back, and only those', () => {
    const names = createUuidNames(42);
    const seen = new Set<string>();
    for (let kind = 1; kind < 10; kind++) {
      for (const index of [0, 1, 2, 1000, 999_999]) {
        const uuid = names.uuidOf(kind, index);
        expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(names.read(uuid)).toEqual({ kind, index });
        seen.add(uuid);
      }
    }
    expect(seen.size).toBe(45);
    const [uuid = ''] = seen;
    for (let i = 0; i < uuid.length; i++) {
      const changed = `${uuid.slice(0, i)}${uuid[i] === '0' ? '1' : '0'}${uuid.slice(i + 1)}`;
      expect([changed, names.read(changed)]).toEqual([changed, undefined]);
    }
    expect(createUuidNames(43).read(uuid)).toBeUndefined();
  });
});
