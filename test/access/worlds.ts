import { parseWorld, type SandboxWorld } from '../../src/sandbox/world/file/world-file.ts';

/**
 * Small worlds with everything that questions about access look at, and the answers to these questions found by looking at every grant in turn. Shares
 * nothing with what it is compared with.
 */

type Place = Readonly<Record<string, string>>;

interface Role {
  readonly roleName: string;
  readonly scopes: readonly Place[];
}

interface WorldSubject {
  readonly subjectReference: string;
  readonly subjectType: string;
  readonly roles: readonly Role[];
}

interface Group {
  readonly uuid: string;
  readonly parent: string | undefined;
  /** Field of the scope that it stands for. */
  readonly linkedField: string | undefined;
}

export interface AccessWorld {
  readonly sandbox: SandboxWorld;
  readonly subjects: readonly WorldSubject[];
  readonly roleNames: readonly string[];
  /** Every place that is worth asking about. */
  readonly places: readonly { readonly field: string; readonly uuid: string }[];
  /** People, listed as subjects or not. */
  readonly users: readonly string[];
  readonly groupsOfUser: ReadonlyMap<string, readonly string[]>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly groupOfDevice: ReadonlyMap<string, string | undefined>;
}

export const roleNames = ['admin', 'auditor', 'viewer'] as const;

/** Upstream's ids are uuids. */
const uuidOf = (kind: number, index: number): string =>
  `${kind}0000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

/** Small numbers from a seed. */
const createDice = (seed: number): ((sides: number) => number) => {
  let state = (seed * 2654435761 + 1) >>> 0;
  return (sides) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) >>> 0;
    return (state >>> 8) % sides;
  };
};

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

export const createAccessWorld = (seed: number): AccessWorld => {
  const roll = createDice(seed);
  const pick = <Value>(values: readonly Value[]): Value => values[roll(values.length)] as Value;
  const userGroups = range(5).map((index) => uuidOf(9, index));
  const users = range(34).map((index) => uuidOf(1, index));
  const devices = range(12).map((index) => uuidOf(2, index));
  const customers = range(4).map((index) => uuidOf(3, index));
  const sites = range(3).map((index) => uuidOf(4, index));
  const msps = [uuidOf(5, 0)];
  const tenants = [uuidOf(6, 0), uuidOf(6, 1)];

  // The root stands for the MSP; some customers and sites have a group of their uuid, others one of another uuid, or none.
  const groups = new Map<string, Group>();
  const add = (uuid: string, parent: string | undefined, linkedField?: string): string => {
    groups.set(uuid, { uuid, parent, linkedField });
    return uuid;
  };
  const root = add(uuidOf(7, 99), undefined);
  const mspGroup = add(msps[0] as string, root, 'mspUuid');
  const companies = customers.map((customer, index) =>
    add(roll(4) === 0 ? uuidOf(7, 50 + index) : customer, roll(5) === 0 ? root : mspGroup, 'customerUuid'),
  );
  const branches = sites.map((site, index) =>
    add(roll(4) === 0 ? uuidOf(7, 70 + index) : site, pick(companies), 'siteUuid'),
  );
  const plain: string[] = [];
  for (const index of range(8)) {
    // One names a parent that nobody lists.
    const parent = index === 7 ? uuidOf(7, 98) : pick([...companies, ...branches, ...plain, mspGroup]);
    plain.push(add(uuidOf(7, index), parent));
  }
  // Two that go round in a circle.
  add(uuidOf(7, 30), uuidOf(7, 31));
  add(uuidOf(7, 31), uuidOf(7, 30));

  const allGroups = [...groups.keys()];
  const groupOfDevice = new Map<string, string | undefined>(
    devices.slice(0, 10).map((device) => [device, roll(8) === 0 ? undefined : pick(allGroups)]),
  );
  const groupsOfUser = new Map<string, readonly string[]>(
    // Some people are not in the directory.
    users.slice(0, 30).map((user) => [user, [...new Set(range(roll(3)).map(() => pick(userGroups)))]]),
  );

  const single = (): Place =>
    pick<() => Place>([
      () => ({ assetGroupUuid: pick([...plain, ...allGroups]) }),
      () => ({ assetGroupUuid: pick(plain) }),
      () => ({ customerUuid: pick(customers) }),
      () => ({ customerUuid: pick([...customers, ...companies]) }),
      () => ({ siteUuid: pick(sites) }),
      () => ({ deviceUuid: pick(devices) }),
      () => ({ mspUuid: pick(msps) }),
      () => ({ tenantUuid: pick(tenants) }),
      () => ({ userUuid: pick(users) }),
    ])();
  const place = (): Place => (roll(12) === 0 ? { customerUuid: pick(customers), siteUuid: pick(sites) } : single());
  const roles = (most: number): Role[] =>
    range(roll(most + 1)).map(() => ({
      roleName: pick(roleNames),
      scopes: roll(8) === 0 ? [] : range(1 + roll(2)).map(place),
    }));
  const subject =
    (type: string) =>
    (reference: string): WorldSubject => ({
      subjectReference: reference,
      subjectType: `SUBJECT_TYPE_${type}`,
      roles: roles(3),
    });
  const subjects = [
    ...users.filter(() => roll(5) > 0).map(subject('USER')),
    ...userGroups.map(subject('USER_GROUP')),
    ...devices.map(subject('DEVICE')),
    ...range(10).map((index) => subject('SERVICE')(`service-${index}`)),
  ];

  const fields: readonly [field: string, uuids: readonly string[]][] = [
    ['assetGroupUuid', allGroups],
    ['customerUuid', [...new Set([...customers, ...companies])]],
    ['siteUuid', [...new Set([...sites, ...branches])]],
    ['deviceUuid', devices],
    ['mspUuid', msps],
    ['tenantUuid', tenants],
    ['userUuid', users.slice(0, 2)],
  ];
  const entityTypes: Readonly<Record<string, string>> = {
    mspUuid: 'MSP',
    customerUuid: 'COMPANY',
    siteUuid: 'SITE',
  };
  const sandbox = parseWorld({
    subjects,
    users: [
      { name: 'everything', password: 'p', permissionSets: ['everything'] },
      { name: 'no-users', password: 'p', permissionSets: ['no users'] },
      { name: 'no-devices', password: 'p', permissionSets: ['no devices'] },
    ],
    permissionSets: [
      { name: 'everything', staticGroups: 'all', functionality: ['all'] },
      { name: 'no users', staticGroups: 'all', functionality: ['role-assignments.read', 'devices.read'] },
      { name: 'no devices', staticGroups: 'all', functionality: ['role-assignments.read', 'users.read'] },
    ],
    directory: {
      users: [...groupsOfUser].map(([uuid, userGroupUuids]) => ({ uuid, displayName: `User ${uuid}`, userGroupUuids })),
      devices: [...groupOfDevice].map(([uuid, parentGroupUuid]) => ({
        uuid,
        displayName: `Device ${uuid}`,
        ...(parentGroupUuid !== undefined && { parentGroupUuid }),
      })),
      deviceGroups: [...groups.values()].map(({ uuid, parent, linkedField }) => ({
        uuid,
        displayName: `Group ${uuid}`,
        isSecurityGroup: true,
        ...(parent !== undefined && { parentGroupUuid: parent }),
        ...(linkedField !== undefined && {
          linkedEntityType: `DEVICE_GROUP_ENTITY_TYPE_${entityTypes[linkedField]}`,
        }),
      })),
    },
  });
  return {
    sandbox,
    subjects,
    roleNames,
    places: fields.flatMap(([field, uuids]) => uuids.map((uuid) => ({ field, uuid }))),
    users,
    groupsOfUser,
    groups,
    groupOfDevice,
  };
};

/** What lies directly above a place: none where nothing does, `unknown` where nobody can tell. */
const above = (world: AccessWorld, { field, uuid }: AskedPlace): readonly AskedPlace[] | 'unknown' => {
  const group = world.groups.get(uuid);
  const parentOf = ({ parent }: Group): readonly AskedPlace[] | 'unknown' => {
    if (parent === undefined) return [];
    return world.groups.has(parent) ? [{ field: 'assetGroupUuid', uuid: parent }] : 'unknown';
  };
  if (field === 'deviceUuid') {
    if (!world.groupOfDevice.has(uuid)) return 'unknown';
    const own = world.groupOfDevice.get(uuid);
    return own === undefined ? [] : [{ field: 'assetGroupUuid', uuid: own }];
  }
  if (field === 'assetGroupUuid') {
    if (group === undefined) return 'unknown';
    return group.linkedField === undefined ? parentOf(group) : [{ field: group.linkedField, uuid }];
  }
  if (group !== undefined && group.linkedField === field) return parentOf(group);
  return 'unknown';
};

export interface AskedPlace {
  readonly field: string;
  readonly uuid: string;
}

/** Everything above a place, nearest first, and whether that is all. */
export const pathAbove = (
  world: AccessWorld,
  place: AskedPlace,
): { readonly path: AskedPlace[]; readonly isWhole: boolean } => {
  const path: AskedPlace[] = [];
  const seen = new Set<string>();
  let at = place;
  for (;;) {
    const next = above(world, at);
    if (next === 'unknown') return { path, isWhole: false };
    const [parent] = next;
    if (parent === undefined) return { path, isWhole: true };
    if (parent.field === 'assetGroupUuid' && (seen.has(parent.uuid) || parent.uuid === place.uuid)) {
      return { path, isWhole: false };
    }
    if (parent.field === 'assetGroupUuid') seen.add(parent.uuid);
    path.push(parent);
    at = parent;
  }
};

/** One reason, as a text that is the same for the same. */
export type ReasonText = string;

const names = (role: Role, { field, uuid }: AskedPlace): boolean => role.scopes.some((scope) => scope[field] === uuid);

const textOf = (...parts: readonly (string | null)[]): ReasonText => parts.map((part) => part ?? '-').join(' ');

/** Every reason why somebody has a role at a place, by looking at every grant of it and of its groups. */
export const reasonsIn = (
  world: AccessWorld,
  who: { readonly reference: string; readonly type: string },
  roleName: string | undefined,
  place: AskedPlace,
): ReasonText[] => {
  const { path } = pathAbove(world, place);
  const found: ReasonText[] = [];
  const look = (reference: string, type: string, memberOf: string | null): void => {
    for (const subject of world.subjects) {
      if (subject.subjectReference !== reference || subject.subjectType !== `SUBJECT_TYPE_${type}`) continue;
      for (const role of subject.roles) {
        if (roleName !== undefined && role.roleName !== roleName) continue;
        if (role.scopes.length === 0) found.push(textOf('GLOBAL', role.roleName, memberOf));
        if (names(role, place)) found.push(textOf('DIRECT', role.roleName, memberOf, place.uuid));
        path.forEach((ancestor, at) => {
          if (!names(role, ancestor)) return;
          const way = [...path.slice(0, at + 1).reverse(), place].map(({ uuid }) => uuid);
          found.push(textOf('INHERITED', role.roleName, memberOf, ...way));
        });
      }
    }
  };
  look(who.reference, who.type, null);
  if (who.type === 'USER') {
    for (const group of world.groupsOfUser.get(who.reference) ?? []) look(group, 'USER_GROUP', group);
  }
  return found.sort();
};

const keyOf = (scope: Place): string =>
  Object.entries(scope)
    .map(([field, uuid]) => `${field}=${uuid}`)
    .sort()
    .join('&');

/** A composite scope of these worlds names a site and its customer. */
const narrowestOf = (scope: Place): AskedPlace => {
  const [field = '', uuid = ''] = Object.entries(scope).sort(([one], [other]) => (one > other ? -1 : 1))[0] ?? [];
  return { field, uuid };
};

/** Every finding, as a text that says kind, severity, subject, role and scope. */
export const findingsIn = (world: AccessWorld, canReadMembers = true): string[] => {
  const found: string[] = [];
  const knows = ({ field, uuid }: AskedPlace): boolean => {
    if (field === 'userUuid') return world.groupsOfUser.has(uuid);
    if (field === 'deviceUuid') return world.groupOfDevice.has(uuid);
    return field !== 'assetGroupUuid' || world.groups.has(uuid);
  };
  for (const { subjectReference, subjectType, roles } of world.subjects) {
    const type = subjectType.replace('SUBJECT_TYPE_', '');
    const add = (kind: string, severity: string, role = '-', scope = '-') =>
      found.push([kind, severity, subjectReference, role, scope].join(' '));
    if (type === 'USER' && !world.groupsOfUser.has(subjectReference)) add('MISSING_SUBJECT', 'MEDIUM');
    if (type === 'DEVICE' && !world.groupOfDevice.has(subjectReference)) add('MISSING_SUBJECT', 'MEDIUM');
    if (roles.length === 0) add('WITHOUT_ROLES', 'LOW');
    for (const { roleName, scopes } of roles) {
      const isUnreadable = type === 'USER_GROUP' && !canReadMembers;
      if (scopes.length === 0) {
        add('GLOBAL_GRANT', type === 'USER' || type === 'USER_GROUP' ? 'HIGH' : 'MEDIUM', roleName);
        if (isUnreadable) add('GRANT_THROUGH_UNREADABLE_GROUP', 'MEDIUM', roleName);
      }
      for (const key of new Set(scopes.map(keyOf))) {
        const scope = scopes.find((listed) => keyOf(listed) === key) as Place;
        const place = narrowestOf(scope);
        if (place.field === 'tenantUuid' || place.field === 'mspUuid') add('BROAD_GRANT', 'MEDIUM', roleName, key);
        if (!knows(place)) add('MISSING_SCOPE', 'LOW', roleName, key);
        const same = roles.filter((role) => role.roleName === roleName);
        const others = same.flatMap((role) => role.scopes).filter((other) => keyOf(other) !== key);
        const isGiven =
          same.some((role) => role.scopes.length === 0) ||
          pathAbove(world, place).path.some(({ field, uuid }) => others.some((other) => other[field] === uuid));
        if (isGiven) add('REDUNDANT_GRANT', 'LOW', roleName, key);
        if (isUnreadable) add('GRANT_THROUGH_UNREADABLE_GROUP', 'MEDIUM', roleName, key);
      }
    }
  }
  return found.sort();
};
