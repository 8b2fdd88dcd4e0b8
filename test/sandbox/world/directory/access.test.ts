import { describe, expect, it } from 'vitest';
import { createMadeUpDirectory } from '../../../../src/sandbox/world/directory/made-up-directory.ts';
import { createMadeUpWorld } from '../../../../src/sandbox/world/made-up-world.ts';
import { placesOf, type Place } from '../../../../src/sandbox/world/world.ts';

/** What questions about access need to find in the world that most of them are asked of. */
describe('the made-up world of 2,000 subjects has', () => {
  const size = 2000;
  const world = createMadeUpWorld(size, 1);
  const directory = createMadeUpDirectory(size, 1, { partialUsers: false, linkedUuids: 'mostly', treeCycle: false });
  const entries = Array.from({ length: size }, (_, index) => world.assignmentAt(index));
  const grants = entries.flatMap(({ subjectReference = '', subjectType = '', roles = [] }) =>
    roles.map(({ roleName = '', scopes = [] }) => ({
      subjectReference,
      subjectType,
      roleName,
      places: scopes.map(placesOf),
    })),
  );
  const isAbove = (above: Place, place: Place): boolean =>
    world
      .parentsOf(place)
      .some((parent) => (parent.field === above.field && parent.uuid === above.uuid) || isAbove(above, parent));

  it('user groups that hold roles, whose members hold others', () => {
    const holders = new Map(grants.map((grant) => [grant.subjectReference, grant]));
    const groups = grants.filter(({ subjectType }) => subjectType === 'SUBJECT_TYPE_USER_GROUP');
    const inherited = groups.flatMap(({ subjectReference }) => directory.usersInGroup(subjectReference));
    const members = inherited.map((slot) => directory.users.at(slot).uuid ?? '');
    expect(members.filter((uuid) => holders.has(uuid)).length).toBeGreaterThan(100);
    expect(members.filter((uuid) => !holders.has(uuid)).length).toBeGreaterThan(50);
    expect(groups.some(({ places }) => places.length === 0)).toBe(true);
  });

  it('static groups within static groups, four deep and more', () => {
    const depthOf = (slot: number): number => {
      const parent = directory.parentOf(slot);
      return parent === undefined ? 0 : 1 + depthOf(parent);
    };
    const depths = [...directory.groups.slots()]
      .filter((slot) => directory.groups.at(slot).isSecurityGroup === true)
      .map(depthOf);
    expect(Math.max(...depths)).toBe(5);
    expect(new Set(depths)).toEqual(new Set([0, 1, 2, 3, 4, 5]));
  });

  it('grants that another of the same role makes redundant: one everywhere, or one further up', () => {
    const bySubject = new Map<string, typeof grants>();
    for (const grant of grants) {
      const key = `${grant.subjectReference} ${grant.roleName}`;
      bySubject.set(key, [...(bySubject.get(key) ?? []), grant]);
    }
    const redundant = { everywhere: 0, above: 0 };
    for (const same of bySubject.values()) {
      const places = same.flatMap((grant) => grant.places.filter((scope) => scope.length === 1).flat());
      if (same.some((grant) => grant.places.length === 0) && places.length > 0) redundant.everywhere++;
      if (places.some((place) => places.some((above) => isAbove(above, place)))) redundant.above++;
    }
    expect(redundant.everywhere).toBeGreaterThan(0);
    expect(redundant.above).toBeGreaterThan(50);
  });

  it('broad grants, and global ones, of people, devices and groups', () => {
    const broad = grants.filter(({ places }) =>
      places.flat().some(({ field }) => field === 'mspUuid' || field === 'tenantUuid'),
    );
    const types = (some: typeof grants): Set<string> => new Set(some.map(({ subjectType }) => subjectType));
    const wanted = ['SUBJECT_TYPE_USER', 'SUBJECT_TYPE_DEVICE', 'SUBJECT_TYPE_USER_GROUP'];
    expect([...types(broad)]).toEqual(expect.arrayContaining(wanted));
    expect([...types(grants.filter(({ places }) => places.length === 0))]).toEqual(expect.arrayContaining(wanted));
  });

  it('subjects and scopes of every kind that nobody knows any more', () => {
    const unknown = {
      USER: (uuid: string) => directory.users.slotOf(uuid) === undefined,
      DEVICE: (uuid: string) => directory.devices.slotOf(uuid) === undefined,
    };
    for (const [type, isUnknown] of Object.entries(unknown)) {
      const orphans = entries.filter(
        ({ subjectType, subjectReference = '' }) =>
          subjectType === `SUBJECT_TYPE_${type}` && isUnknown(subjectReference),
      );
      expect(orphans.length).toBeGreaterThan(10);
    }
    const scoped = grants.flatMap(({ places }) => places.flat());
    const fields = {
      userUuid: directory.users,
      deviceUuid: directory.devices,
      assetGroupUuid: directory.groups,
      policyUuid: directory.policies,
    };
    for (const [field, objects] of Object.entries(fields)) {
      const uuids = scoped.filter((place) => place.field === field).map(({ uuid }) => uuid);
      const missing = uuids.filter((uuid) => objects.slotOf(uuid) === undefined);
      expect([field, missing.length > 0, missing.length < uuids.length / 4]).toEqual([field, true, true]);
    }
  });
});
