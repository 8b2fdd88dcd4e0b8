import type { RoleAssignment, Scope, ScopedRole } from '../../wire/identity.ts';
import { unknownField } from '../core/http/canary.ts';
import { Prng, mix } from '../core/prng.ts';
import { createMadeUpPlaces, placeFieldOf, shape, type GroundField } from './made-up-places.ts';
import { seedSubjects } from './seed-subjects.ts';
import { builtInRoles, unspecifiedType, type Place, type RoleOrigin, type World } from './world.ts';

/** Bounds on how many subjects a made-up world has. */
export const worldSize = { min: seedSubjects.length, max: 1_000_000, default: 2000 } as const;

/** Roles that customers made themselves; upstream names them with uuids. */
const customRoles = 6;
/**
 * Names that only somebody's own API could have made, each held by one subject in so many: one of 100 characters, one that is too
 * long to be deleted, one that a path must encode, and one that must not stand in a path at all.
 */
const oddRoles = ['r'.repeat(100), 'R'.repeat(101), 'team/leads 100%', '..'] as const;
const subjectsPerOddRole = 60;
/** One role in so many subjects has a field that no description knows. */
const subjectsPerUnknownField = 8;

/**
 * Where roles hold, and how often. Each subject of a customer holds roles there; some reach a second customer of the
 * same MSP.
 */
const levels: readonly {
  readonly field: GroundField | 'userUuid' | 'deviceUuid' | 'composite';
  readonly weight: number;
}[] = [
  { field: 'mspUuid', weight: 3 },
  { field: 'customerUuid', weight: 15 },
  { field: 'tenantUuid', weight: 9 },
  { field: 'siteUuid', weight: 17 },
  { field: 'assetGroupUuid', weight: 22 },
  { field: 'subscriptionUuid', weight: 6 },
  { field: 'policyUuid', weight: 6 },
  { field: 'deviceUuid', weight: 11 },
  { field: 'userUuid', weight: 8 },
  { field: 'composite', weight: 3 },
];
const levelByPercent = levels.flatMap(({ field, weight }) => Array.from({ length: weight }, () => field));

const pick = <Item>(items: readonly Item[], prng: Prng): Item => items[prng.below(items.length)] as Item;

/** True where the first component of the scope is the first one of another. */
const isListed = (scope: Scope, others: readonly Scope[]): boolean => {
  for (const field in scope) {
    for (const other of others) if (other[field as keyof Scope] === scope[field as keyof Scope]) return true;
    return false;
  }
  return false;
};

/**
 * A world of `size` subjects that follows from its seed. Nothing is kept: an entry is made when it is asked for, the same
 * every time. It opens with the two subjects of ESET's example.
 */
export const createMadeUpWorld = (size: number, seed: number): World => {
  const places = createMadeUpPlaces(size, seed);
  const prngOf = (index: number, purpose: number): Prng => new Prng(mix(mix(seed, index), purpose));

  const reachOf = (index: number): number => {
    const home = places.customerOfSubject(index);
    const prng = prngOf(index, 1);
    if (!prng.chance(0.2)) return home;
    const neighbour = home - (home % shape.customersPerMsp) + prng.below(shape.customersPerMsp);
    return neighbour < places.customers ? neighbour : home;
  };

  /** A user or device of the customer; its first asset group where a small world has none. */
  const staffScope = (field: 'userUuid' | 'deviceUuid', customer: number, prng: Prng): Scope => {
    const start = shape.seedSubjects + customer * shape.staff.length;
    const first = prng.below(shape.staff.length);
    for (let i = 0; i < shape.staff.length; i++) {
      const index = start + ((first + i) % shape.staff.length);
      if (index < size && placeFieldOf(index) === field) {
        const uuid = places.subjectUuid(index);
        return field === 'userUuid' ? { userUuid: uuid } : { deviceUuid: uuid };
      }
    }
    return places.scopeAt('assetGroupUuid', customer * shape.assetGroupsPerCustomer);
  };

  const scopeAt = (customer: number, prng: Prng): Scope => {
    const field = pick(levelByPercent, prng);
    switch (field) {
      case 'mspUuid':
        return places.scopeAt('mspUuid', Math.floor(customer / shape.customersPerMsp));
      case 'siteUuid':
        return places.scopeAt('siteUuid', customer * shape.sitesPerCustomer + prng.below(shape.sitesPerCustomer));
      case 'assetGroupUuid':
      case 'policyUuid': {
        const perCustomer = field === 'policyUuid' ? shape.policiesPerCustomer : shape.assetGroupsPerCustomer;
        return places.scopeAt(field, customer * perCustomer + prng.below(perCustomer));
      }
      case 'userUuid':
      case 'deviceUuid':
        return staffScope(field, customer, prng);
      case 'composite':
        return prng.chance(0.5)
          ? {
              customerUuid: places.uuidOf('customerUuid', customer),
              subscriptionUuid: places.uuidOf('subscriptionUuid', customer),
            }
          : {
              siteUuid: places.uuidOf('siteUuid', customer * shape.sitesPerCustomer),
              policyUuid: places.uuidOf('policyUuid', customer * shape.policiesPerCustomer),
            };
      default:
        return places.scopeAt(field, customer);
    }
  };

  const roleAt = (roleName: string, customers: readonly number[], prng: Prng): ScopedRole => {
    if (prng.chance(0.04)) return prng.chance(0.5) ? { roleName, scopes: [] } : { roleName };
    const scopes: Scope[] = [];
    const count = 1 + prng.below(3);
    for (let i = 0; i < count; i++) {
      const scope = scopeAt(pick(customers, prng), prng);
      if (!isListed(scope, scopes)) scopes.push(scope);
    }
    return { roleName, scopes };
  };

  const assignmentAt = (index: number): RoleAssignment => {
    const seedSubject = seedSubjects[index];
    if (seedSubject !== undefined) return seedSubject;
    const prng = prngOf(index, 2);
    const customers = [places.customerOfSubject(index), reachOf(index)];
    const count = prng.chance(0.01) ? 0 : 1 + prng.below(5);
    const roles: ScopedRole[] = [];
    let nth = prng.below(builtInRoles.length + customRoles);
    for (let i = 0; i < count; i++) {
      roles.push(roleAt(builtInRoles[nth] ?? places.roleUuid(nth), customers, prng));
      // Now and then a subject holds a role of the same name twice.
      if (!prng.chance(0.02)) nth = (nth + 1 + prng.below(3)) % (builtInRoles.length + customRoles);
    }
    const what = shape.staff[(index - shape.seedSubjects) % shape.staff.length] as string;
    const subjectReference = places.subjectUuid(index);
    const [first] = roles;
    if (first !== undefined && index % subjectsPerOddRole === subjectsPerOddRole - 1) {
      roles[0] = { ...first, roleName: oddRoles[Math.floor(index / subjectsPerOddRole) % oddRoles.length] as string };
    } else if (first !== undefined && index % subjectsPerUnknownField === subjectsPerUnknownField - 1) {
      roles[0] = { ...first, ...unknownField('identity', subjectReference) };
    }
    return what === 'ABSENT'
      ? { subjectReference, roles }
      : { subjectReference, subjectType: `SUBJECT_TYPE_${what}`, roles };
  };

  const indicesOf = (reference: string): readonly number[] => {
    const seedIndex = seedSubjects.findIndex((subject) => subject.subjectReference === reference);
    const index = seedIndex === -1 ? places.subjectIndexOf(reference) : seedIndex;
    return index === undefined ? [] : [index];
  };

  return {
    size,
    assignmentAt,
    indicesOf,
    childrenOf: places.childrenOf,
    has: (place) => places.customersOf(place) !== undefined,
    roles: () =>
      new Map<string, RoleOrigin>([
        ...builtInRoles.map((name): [string, RoleOrigin] => [name, 'builtIn']),
        ...Array.from({ length: customRoles }, (_, i): [string, RoleOrigin] => [
          places.roleUuid(builtInRoles.length + i),
          'made',
        ]),
        ...oddRoles.map((name): [string, RoleOrigin] => [name, 'made']),
      ]),
    parentsOf: places.parentsOf,
    ranksBy(field) {
      if (field === 'subjectType') {
        const words = [...new Set(shape.staff.map((what) => (what === 'ABSENT' ? 'UNSPECIFIED' : what)))].toSorted();
        const unspecified = words.indexOf(unspecifiedType.slice('SUBJECT_TYPE_'.length));
        const rankByPosition = shape.staff.map((what) => (what === 'ABSENT' ? unspecified : words.indexOf(what)));
        return Uint32Array.from({ length: size }, (_, index) =>
          index < shape.seedSubjects
            ? unspecified
            : (rankByPosition[(index - shape.seedSubjects) % shape.staff.length] as number),
        );
      }
      return rankReferences(size, (index) => seedSubjects[index]?.subjectReference ?? places.subjectUuid(index));
    },
    *candidatesWithin(where: readonly Place[]) {
      for (let index = 0; index < shape.seedSubjects; index++) yield index;
      // Nobody reaches beyond the MSP of the own customer.
      const msps = new Set(
        where
          .flatMap((place) => places.customersOf(place) ?? [])
          .map((customer) => Math.floor(customer / shape.customersPerMsp)),
      );
      const staff = shape.customersPerMsp * shape.staff.length;
      for (const msp of [...msps].sort((a, b) => a - b)) {
        const start = shape.seedSubjects + msp * staff;
        for (let index = start; index < Math.min(start + staff, size); index++) yield index;
      }
    },
  };
};

/**
 * Ranks uuids without holding them: sorts their first eight digits, packed with their index into one double, and looks at
 * whole uuids only where those digits are equal.
 */
const rankReferences = (size: number, referenceAt: (index: number) => string): Uint32Array => {
  const packed = new Float64Array(size);
  for (let i = 0; i < size; i++) packed[i] = Number.parseInt(referenceAt(i).slice(0, 8), 16) * 2 ** 20 + i;
  packed.sort();
  const ranks = new Uint32Array(size);
  for (let start = 0; start < size;) {
    const digits = Math.floor((packed[start] as number) / 2 ** 20);
    let end = start + 1;
    while (end < size && Math.floor((packed[end] as number) / 2 ** 20) === digits) end++;
    const equal = Array.from(packed.subarray(start, end), (value) => value % 2 ** 20);
    if (equal.length > 1) equal.sort((a, b) => (referenceAt(a) < referenceAt(b) ? -1 : 1));
    for (const [offset, index] of equal.entries()) ranks[index] = start + offset;
    start = end;
  }
  return ranks;
};
