import { describe, expect, it } from 'vitest';
import { createMadeUpWorld } from '../../../../src/sandbox/world/made-up-world.ts';
import type { Directory, DirectoryReadings, Objects } from '../../../../src/sandbox/world/directory/directory.ts';
import { createMadeUpDirectory } from '../../../../src/sandbox/world/directory/made-up-directory.ts';
import { homeOf, placesOf, type Place, type World } from '../../../../src/sandbox/world/world.ts';

const usual: DirectoryReadings = { partialUsers: false, linkedUuids: 'mostly', treeCycle: false };
const size = 4802;
const customers = 200;
const world = createMadeUpWorld(size, 1);
const directory = createMadeUpDirectory(size, 1, usual);

const all = <Item>(objects: Objects<Item>): Item[] => [...objects.slots()].map((slot) => objects.at(slot));
const users = all(directory.users);
const devices = all(directory.devices);
const groups = all(directory.groups);
const policies = all(directory.policies);
const uuids = (objects: readonly { readonly uuid?: string }[]): Set<string> =>
  new Set(objects.map(({ uuid }) => uuid ?? ''));

const subjectsOf = (type: string): string[] =>
  Array.from({ length: size }, (_, index) => world.assignmentAt(index))
    .filter((entry) => entry.subjectType === `SUBJECT_TYPE_${type}`)
    .map((entry) => entry.subjectReference ?? '');
/** Every place that any scope of the assignments names. */
const scopedPlaces = (of: World): Place[] =>
  Array.from({ length: of.size }, (_, index) => of.assignmentAt(index)).flatMap((entry) =>
    (entry.roles ?? []).flatMap((role) => (role.scopes ?? []).flatMap(placesOf)),
  );
const scoped = (field: string): string[] => [
  ...new Set(
    scopedPlaces(world)
      .filter((place) => place.field === field)
      .map(({ uuid }) => uuid),
  ),
];
const share = (some: readonly unknown[], of: readonly unknown[]): number => some.length / of.length;
const missingFrom = (asked: readonly string[], known: ReadonlySet<string>): string[] =>
  asked.filter((uuid) => !known.has(uuid));
const groupByUuid = new Map(groups.map((group) => [group.uuid ?? '', group]));
const pathOf = (uuid: string | undefined): string[] => {
  const path: string[] = [];
  for (let at = groupByUuid.get(uuid ?? ''); at !== undefined; at = groupByUuid.get(at.parentGroupUuid ?? '')) {
    path.push(at.uuid ?? '');
    if (path.length > 20) throw new Error('the path does not end');
  }
  return path;
};

describe('the made-up directory beside the assignments', () => {
  it('has 12 users a customer who hold roles, but for 1 in 20, and 4 who hold none', () => {
    const subjects = subjectsOf('USER');
    expect(subjects).toHaveLength(12 * customers);
    const missing = missingFrom(subjects, uuids(users));
    expect(missing).toHaveLength(subjects.length / 20);
    expect(users).toHaveLength(16 * customers - missing.length);
    expect(uuids(users).size).toBe(users.length);
  });

  it('has the devices of the assignments, but for 1 in 20, and ten others a customer', () => {
    const subjects = subjectsOf('DEVICE');
    expect(subjects).toHaveLength(6 * customers);
    const missing = missingFrom(subjects, uuids(devices));
    expect(missing).toHaveLength(subjects.length / 20);
    expect(devices).toHaveLength(16 * customers - missing.length);
  });

  it('misses the same uuids as scopes and as subjects', () => {
    const missingUsers = new Set(missingFrom(subjectsOf('USER'), uuids(users)));
    const missingDevices = new Set(missingFrom(subjectsOf('DEVICE'), uuids(devices)));
    const asScopes = [
      missingFrom(scoped('userUuid'), uuids(users)).filter((uuid) => !missingUsers.has(uuid)),
      missingFrom(scoped('deviceUuid'), uuids(devices)).filter((uuid) => !missingDevices.has(uuid)),
    ];
    expect(asScopes).toEqual([[], []]);
    expect(scoped('deviceUuid').some((uuid) => missingDevices.has(uuid))).toBe(true);
  });

  it('lists the static groups of the assignments, but for 1 in 10', () => {
    const named = scoped('assetGroupUuid');
    expect(share(missingFrom(named, uuids(groups)), named)).toBeCloseTo(0.1, 2);
    for (const uuid of named) expect(groupByUuid.get(uuid)?.isSecurityGroup ?? true).toBe(true);
  });

  it('has two policies a customer, but for 1 in 25, and twelve that are built in', () => {
    const named = scoped('policyUuid');
    expect(share(missingFrom(named, uuids(policies)), named)).toBeCloseTo(0.04, 2);
    expect(policies.filter((policy) => policy.builtIn === true)).toHaveLength(12);
    expect(policies).toHaveLength(12 + 2 * customers * (1 - 0.04));
  });

  it('is the same every time, and another with another seed', () => {
    const again = createMadeUpDirectory(size, 1, usual);
    expect(all(again.users)).toEqual(users);
    expect(all(again.groups)).toEqual(groups);
    expect(all(createMadeUpDirectory(size, 2, usual).users)[0]).not.toEqual(users[0]);
  });

  it.each([2, 3, 4, 25, 26, 27, 200])('finds every object of a world of %i by its uuid', (subjects) => {
    const small = createMadeUpDirectory(subjects, 3, usual);
    const strangers: string[] = [];
    for (const kind of ['users', 'devices', 'groups', 'policies'] as const) {
      const objects: Objects<{ readonly uuid?: string }> = small[kind];
      for (const slot of objects.slots()) {
        if (objects.slotOf(objects.at(slot).uuid ?? '') !== slot) strangers.push(`${kind} ${slot}`);
      }
      expect(objects.slotOf('00000000-0000-4000-8000-000000000000')).toBeUndefined();
      expect(objects.slotOf('x')).toBeUndefined();
    }
    expect(strangers).toEqual([]);
  });

  it('lists in an order that is neither that of uuids nor of names, with children before their parents too', () => {
    for (const objects of [users, devices, groups, policies]) {
      const listed = objects.map(({ uuid }) => uuid ?? '');
      const names = objects.map(({ displayName }) => displayName ?? '');
      expect(listed).not.toEqual(listed.toSorted());
      expect(names).not.toEqual(names.toSorted());
    }
    const place = new Map(groups.map(({ uuid }, i) => [uuid, i]));
    const before = groups.filter((group, i) => (place.get(group.parentGroupUuid) ?? -1) > i);
    expect(share(before, groups)).toBeGreaterThan(0.3);
  });

  it('has a million subjects without holding them', () => {
    const large = createMadeUpDirectory(1_000_000, 1, usual);
    const counts = [large.users, large.devices, large.groups, large.policies].map(({ capacity }) => capacity);
    expect(counts).toEqual([666_672, 666_672, 296_881, 83_346]);
    for (const slot of [0, 333_333, 666_671]) {
      const uuid = large.users.at(slot).uuid ?? '';
      expect([undefined, slot]).toContain(large.users.slotOf(uuid));
    }
  });
});

describe('the tree of groups', () => {
  const linkedFields = { COMPANY: 'customerUuid', MSP: 'mspUuid', SITE: 'siteUuid' } as const;
  const nameOf = (uuid: string | undefined): string | undefined => groupByUuid.get(uuid ?? '')?.displayName;

  it('goes from All by way of Companies, the MSP, the company and the site to the static group', () => {
    const customer = { field: 'customerUuid', uuid: '30bd93aa-c0ef-4fcf-a73f-ce80610bd161' };
    const [site] = world.childrenOf(customer).filter(({ field }) => field === 'siteUuid');
    const [group] = world.childrenOf(site as Place);
    const path = pathOf(group?.uuid);
    expect(path.slice(0, 4)).toEqual([group?.uuid, site?.uuid, customer.uuid, 'af631cc9-3e9f-4fd7-8f29-ed8121b4cf8a']);
    expect(path.slice(4).map(nameOf)).toEqual(['Companies', 'All']);
    expect(groups.find(({ displayName }) => displayName === 'All')?.parentGroupUuid).toBe('');
    const lost = groups.find(({ displayName }) => displayName === 'Lost & Found');
    expect(nameOf(lost?.parentGroupUuid)).toBe('All');
  });

  it('has the group of a tenant, and the dynamic one, right under the company', () => {
    const tenant = { field: 'tenantUuid', uuid: devices[0]?.ownerUuid ?? '' };
    const [group] = world.childrenOf(tenant);
    const [customer] = world.parentsOf(tenant);
    const company = pathOf(group?.uuid)[1];
    expect(groupByUuid.get(company ?? '')?.linkedEntityType).toBe('DEVICE_GROUP_ENTITY_TYPE_COMPANY');
    expect(customer?.field).toBe('customerUuid');
    const dynamic = groups.filter((other) => other.isSecurityGroup !== true);
    expect(dynamic).toHaveLength(customers);
    for (const { parentGroupUuid } of dynamic) {
      expect(groupByUuid.get(parentGroupUuid ?? '')?.linkedEntityType).toBe('DEVICE_GROUP_ENTITY_TYPE_COMPANY');
    }
    const named = new Set(scoped('assetGroupUuid'));
    expect(dynamic.filter(({ uuid }) => named.has(uuid ?? ''))).toEqual([]);
  });

  it('says of nested scopes what the assignments say, wherever both know the places', () => {
    let compared = 0;
    for (const uuid of scoped('assetGroupUuid')) {
      if (!groupByUuid.has(uuid)) continue;
      const above = new Set(pathOf(uuid).slice(1));
      for (
        let [at] = world.parentsOf({ field: 'assetGroupUuid', uuid });
        at !== undefined;
        [at] = world.parentsOf(at)
      ) {
        const linked = groupByUuid.get(at.uuid);
        if (linked === undefined || !Object.values<string>(linkedFields).includes(at.field)) continue;
        if (above.size === 0) continue;
        expect([...above]).toContain(at.uuid);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(500);
  });

  it('gives a linked group the uuid of its place in 4 of 5 cases, and else the most tempting name', () => {
    for (const [type, field] of Object.entries(linkedFields)) {
      const linked = groups.filter((group) => group.linkedEntityType === `DEVICE_GROUP_ENTITY_TYPE_${type}`);
      const isPlace = (uuid: string): boolean =>
        world.parentsOf({ field, uuid }).length > 0 || world.childrenOf({ field, uuid }).length > 0;
      const own = linked.filter((group) => !isPlace(group.uuid ?? ''));
      expect(share(own, linked)).toBeCloseTo(0.2, 1);
      for (const { displayName } of own) expect(isPlace((displayName ?? '').split(' ').at(-1) ?? '')).toBe(true);
    }
  });

  it('gives no linked group the uuid of its place under `linkedUuids=never`', () => {
    const never = all(createMadeUpDirectory(size, 1, { ...usual, linkedUuids: 'never' }).groups);
    const places = new Set(
      scopedPlaces(world)
        .filter(({ field }) => Object.values<string>(linkedFields).includes(field))
        .map(({ uuid }) => uuid),
    );
    expect(never.filter(({ uuid }) => places.has(uuid ?? ''))).toEqual([]);
    expect(never).toHaveLength(groups.length);
    expect(
      missingFrom(
        never.map((group) => group.parentGroupUuid ?? '').filter((uuid) => uuid !== ''),
        uuids(never),
      ),
    ).toHaveLength(1);
  });

  it('has exactly one group whose parent is not listed', () => {
    const orphans = groups.filter(
      ({ parentGroupUuid }) => parentGroupUuid !== '' && !groupByUuid.has(parentGroupUuid ?? ''),
    );
    expect(orphans).toHaveLength(1);
    expect(orphans[0]?.isSecurityGroup).toBe(true);
  });

  it("has two groups that are each other's parent under `treeCycle`, and ends its own walks there", () => {
    const circular = createMadeUpDirectory(size, 1, { ...usual, treeCycle: true });
    const listed = all(circular.groups);
    const parents = new Map(listed.map((group) => [group.uuid, group.parentGroupUuid]));
    const inCycle = listed.filter((group) => parents.get(group.parentGroupUuid) === group.uuid);
    expect(inCycle).toHaveLength(2);
    const slot = circular.groups.slotOf(inCycle[0]?.uuid ?? '') as number;
    const members = [...circular.membersOf(slot, true)];
    expect(members.length).toBeGreaterThan(0);
    const root = circular.groups.slotOf(listed.find(({ displayName }) => displayName === 'All')?.uuid ?? '') as number;
    const below = new Set([...circular.membersOf(root, true)].map(({ device }) => device));
    expect(members.filter(({ device, group }) => group === slot && below.has(device))).toEqual([]);
  });
});

describe('the devices', () => {
  const isListed = (uuid: string | undefined): boolean => groupByUuid.has(uuid ?? '');

  it('lie in a static group, but for 1 in 50, where the assignments nest them, or above where that is not listed', () => {
    const lost = devices.filter(({ parentGroupUuid }) => !isListed(parentGroupUuid));
    expect(share(lost, devices)).toBeCloseTo(0.02, 2);
    for (const { parentGroupUuid } of devices) {
      expect(groupByUuid.get(parentGroupUuid ?? '')?.isSecurityGroup ?? true).toBe(true);
    }
    const elsewhere = devices.filter(({ uuid, parentGroupUuid }) => {
      const [group] = world.parentsOf({ field: 'deviceUuid', uuid: uuid ?? '' });
      if (group === undefined || !isListed(parentGroupUuid)) return false;
      return isListed(group.uuid)
        ? group.uuid !== parentGroupUuid
        : groupByUuid.get(parentGroupUuid ?? '')?.linkedEntityType === 'DEVICE_GROUP_ENTITY_TYPE_UNSPECIFIED';
    });
    expect(elsewhere).toEqual([]);
  });

  it('are owned by the tenant of their customer', () => {
    const tenants = new Set(scoped('tenantUuid'));
    expect(
      share(
        devices.filter(({ ownerUuid }) => tenants.has(ownerUuid ?? '')),
        devices,
      ),
    ).toBeGreaterThan(0.95);
  });

  it('are listed as members of their group, but for 1 in 40 that lag behind', () => {
    const shownIn = new Map<string, string>();
    for (const slot of directory.groups.slots()) {
      if (directory.groups.at(slot).isSecurityGroup !== true) continue;
      for (const { device, group } of directory.membersOf(slot, false)) {
        expect(group).toBe(slot);
        expect(shownIn.has(directory.devices.at(device).uuid ?? '')).toBe(false);
        shownIn.set(directory.devices.at(device).uuid ?? '', directory.groups.at(slot).uuid ?? '');
      }
    }
    const held = devices.filter(({ parentGroupUuid }) => isListed(parentGroupUuid));
    expect(shownIn.size).toBe(held.length);
    const lagging = held.filter(({ uuid, parentGroupUuid }) => shownIn.get(uuid ?? '') !== parentGroupUuid);
    expect(share(lagging, devices)).toBeCloseTo(1 / 40, 2);
  });

  it('are counted once for each group of a subtree that they are in', () => {
    const company = directory.groups.slotOf('30bd93aa-c0ef-4fcf-a73f-ce80610bd161') as number;
    const members = [...directory.membersOf(company, true)];
    const distinct = new Set(members.map(({ device }) => device));
    expect(distinct.size).toBeGreaterThan(10);
    expect(members.length).toBeGreaterThan(distinct.size);
    expect(new Set(members.map(({ device, group }) => `${device} ${group}`)).size).toBe(members.length);
    const byGroup = [...directory.groups.slots()]
      .filter((slot) => pathOf(directory.groups.at(slot).uuid).includes('30bd93aa-c0ef-4fcf-a73f-ce80610bd161'))
      .flatMap((slot) => [...directory.membersOf(slot, false)]);
    const order = (a: { device: number; group: number }, b: { device: number; group: number }): number =>
      a.device - b.device || a.group - b.group;
    expect(members.toSorted(order)).toEqual(byGroup.toSorted(order));
  });

  it('have odd names, times and types now and then', () => {
    expect(
      share(
        devices.filter(({ displayName }) => displayName === ''),
        devices,
      ),
    ).toBeCloseTo(1 / 30, 2);
    for (const time of ['', '0001-01-01T00:00:00Z', '2099-12-31T23:59:59Z', undefined]) {
      expect(devices.some(({ lastSyncTime }) => lastSyncTime === time)).toBe(true);
    }
    expect(devices.some(({ deviceType }) => deviceType === 'DEVICE_TYPE_DRONE')).toBe(true);
    expect(new Set(devices.map(({ displayName }) => displayName)).size).toBeLessThan(devices.length * 0.97);
  });
});

describe('the users', () => {
  it('lose every other role holder under `partialUsers`', () => {
    const partial = createMadeUpDirectory(size, 1, { ...usual, partialUsers: true });
    const subjects = subjectsOf('USER');
    const there = subjects.filter((uuid) => partial.users.slotOf(uuid) !== undefined);
    expect(share(there, subjects)).toBeCloseTo(0.5, 1);
    expect(all(partial.users).length - there.length).toBe(4 * customers);
  });

  it('have odd names and addresses now and then', () => {
    const rate = (isOdd: (user: (typeof users)[number]) => boolean): number => share(users.filter(isOdd), users);
    expect(rate(({ displayName }) => displayName === '')).toBeCloseTo(1 / 30, 2);
    expect(rate(({ primaryEmailAddress }) => primaryEmailAddress === undefined)).toBeCloseTo(1 / 40, 2);
    expect(rate(({ proxyEmailAddresses }) => proxyEmailAddresses !== undefined)).toBeCloseTo(1 / 25, 2);
    const names = users.map(({ displayName }) => displayName ?? '');
    expect(new Set(names).size).toBeLessThan(names.length);
    for (const odd of [/[֐-׿]/, /[؀-ۿ]/, /🚀/u, /^.{255}$/u, /<b /, /^=cmd/, /[ÁÉÖŁ]/]) {
      expect([odd, names.some((name) => odd.test(name))]).toEqual([odd, true]);
    }
    expect(Math.max(...names.map((name) => name.length))).toBe(255);
  });

  it("have proxy addresses of which one is another person's primary, in other case", () => {
    const primaries = new Set(users.flatMap(({ primaryEmailAddress }) => primaryEmailAddress ?? []));
    expect(primaries.size).toBe(users.filter(({ primaryEmailAddress }) => primaryEmailAddress !== undefined).length);
    const proxies = users.flatMap(({ proxyEmailAddresses = [] }) => proxyEmailAddresses);
    const shared = proxies.filter((address) => !primaries.has(address) && primaries.has(address.toLowerCase()));
    expect(shared.length).toBeGreaterThan(0.4 * proxies.length);
  });

  it('leave, 1 in 40 of the role holders, once they are told to', () => {
    const holders = new Set(subjectsOf('USER'));
    const leaving = [...directory.users.slots()].filter(directory.isLeaving);
    expect(leaving).toHaveLength(holders.size / 40);
    for (const slot of leaving) expect(holders.has(directory.users.at(slot).uuid ?? '')).toBe(true);
  });
});

describe('the user groups', () => {
  const groupUuids = subjectsOf('USER_GROUP');
  const membersOf = (uuid: string): string[] =>
    directory.usersInGroup(uuid).map((slot) => directory.users.at(slot).uuid ?? '');
  const counts = groupUuids.map((uuid) => membersOf(uuid).length);

  it('have 0 to 9 members, one has none, and one has 1,200', () => {
    expect(counts.filter((count) => count === 1200)).toHaveLength(1);
    expect(counts.filter((count) => count > 9 && count !== 1200)).toEqual([]);
    expect(counts).toContain(0);
    expect(counts).toContain(9);
    expect(membersOf('00000000-0000-4000-8000-000000000000')).toEqual([]);
    expect(membersOf(users[0]?.uuid ?? '')).toEqual([]);
    const smaller = createMadeUpDirectory(2999, 1, usual);
    expect(Math.max(...groupUuids.map((uuid) => smaller.usersInGroup(uuid).length))).toBeLessThan(10);
  });

  it('have 1 in 10 members from another customer', () => {
    const customerOf = (slot: number): number => Math.floor(slot / 16);
    const ordinary = groupUuids.filter((_, i) => counts[i] !== 1200);
    const slots = ordinary.map((uuid) => directory.usersInGroup(uuid));
    const foreign = slots.flatMap((members, i) =>
      members.filter((slot) => customerOf(slot) !== Math.floor(groupUuids.indexOf(ordinary[i] ?? '') / 2)),
    );
    expect(share(foreign, slots.flat())).toBeCloseTo(0.1, 1);
  });

  it('are what their members say, but for 1 in 25 who lag behind', () => {
    const byGroup = new Map<string, Set<string>>();
    for (const group of groupUuids) {
      for (const uuid of membersOf(group)) byGroup.set(uuid, (byGroup.get(uuid) ?? new Set()).add(group));
    }
    const differing = users.filter(({ uuid, userGroupUuids = [] }) => {
      const found = byGroup.get(uuid ?? '') ?? new Set();
      return found.size !== userGroupUuids.length || userGroupUuids.some((group) => !found.has(group));
    });
    expect(share(differing, users)).toBeCloseTo(0.04, 2);
    const lacks = differing.filter(
      ({ uuid, userGroupUuids = [] }) => userGroupUuids.length < (byGroup.get(uuid ?? '')?.size ?? 0),
    );
    expect(lacks.length).toBeGreaterThan(0);
    expect(lacks.length).toBeLessThan(differing.length);
  });
});

describe('what somebody sees of the directory', () => {
  const lists = (of: Directory, place: Place): Record<string, Set<string>> => {
    const within = of.within([place]);
    const seen = (kind: 'users' | 'devices' | 'groups' | 'policies'): Set<string> => {
      const objects: Objects<{ readonly uuid?: string }> = of[kind];
      return uuids([...objects.slots()].filter(within[kind]).map((slot) => objects.at(slot)));
    };
    return { users: seen('users'), devices: seen('devices'), groups: seen('groups'), policies: seen('policies') };
  };

  it('is what the assignments nest there, and the objects without roles beside it', () => {
    const customer = { field: 'customerUuid', uuid: '30bd93aa-c0ef-4fcf-a73f-ce80610bd161' };
    const [site] = world.childrenOf(customer);
    const [group] = world.childrenOf(site as Place);
    const [, person] = world.childrenOf(group as Place);
    for (const place of [
      world.parentsOf(customer)[0] as Place,
      customer,
      site as Place,
      group as Place,
      person as Place,
    ]) {
      const seen = lists(directory, place);
      const liesThere = (at: Place): boolean =>
        (at.field === place.field && at.uuid === place.uuid) || world.parentsOf(at).some(liesThere);
      const expected = (field: string, known: ReadonlySet<string>, asked: readonly string[]): string[] =>
        asked.filter((uuid) => known.has(uuid) && liesThere({ field, uuid })).toSorted();
      const holders = (known: Set<string> | undefined, asked: readonly string[]): string[] =>
        asked.filter((uuid) => known?.has(uuid)).toSorted();
      expect(holders(seen['users'], subjectsOf('USER'))).toEqual(
        expected('userUuid', uuids(users), subjectsOf('USER')),
      );
      expect(holders(seen['devices'], subjectsOf('DEVICE'))).toEqual(
        expected('deviceUuid', uuids(devices), subjectsOf('DEVICE')),
      );
      expect(holders(seen['groups'], scoped('assetGroupUuid'))).toEqual(
        expected('assetGroupUuid', uuids(groups), scoped('assetGroupUuid')),
      );
      expect(holders(seen['policies'], scoped('policyUuid'))).toEqual(
        expected('policyUuid', uuids(policies), scoped('policyUuid')),
      );
    }
  });

  it('has no group above the own ones', () => {
    const { groups: seen } = lists(directory, { field: 'customerUuid', uuid: '30bd93aa-c0ef-4fcf-a73f-ce80610bd161' });
    const names = [...(seen ?? [])].map((uuid) => groupByUuid.get(uuid)?.displayName);
    expect(names).not.toContain('All');
    expect(names).toHaveLength(7);
    const parent = groupByUuid.get('30bd93aa-c0ef-4fcf-a73f-ce80610bd161')?.parentGroupUuid;
    expect(seen?.has(parent ?? '')).toBe(false);
  });

  it('is nothing but built-in policies where the place is not in this world', () => {
    const { users: seen, devices, groups, policies } = lists(directory, { field: 'customerUuid', uuid: 'x' });
    expect([seen?.size, devices?.size, groups?.size, policies?.size]).toEqual([0, 0, 0, 12]);
  });

  it('leaves everybody in the assignments a home that both know', () => {
    const homes = Array.from({ length: 200 }, (_, index) => homeOf(world.assignmentAt(index))).filter(
      (home) => home !== undefined,
    );
    expect(homes.every((home) => world.parentsOf(home).length === 1)).toBe(true);
  });
});
