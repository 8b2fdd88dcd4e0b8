import { mix } from '../../core/prng.ts';
import { shape, type MadeUpPlaces } from '../made-up-places.ts';
import { perCustomer } from './made-up-ground.ts';
import { isOneOf, userOddities } from './made-up-users.ts';

/** User groups have no objects: only uuids, and members. */
interface MadeUpUserGroups {
  /** Slots of the members, by what the group says. */
  readonly usersIn: (uuid: string) => readonly number[];
  /** Uuids of a user's groups, by what the user says. */
  readonly groupsOf: (slot: number) => readonly string[];
}

const positions: readonly number[] = shape.staff.map((_, i) => i).filter((i) => shape.staff[i] === 'USER_GROUP');
const perCustomerGroups = positions.length;

const userGroupOddities = {
  /** The group that nobody is in. */
  empty: 3,
  /** The group of so many members, in worlds from `fromSize` on. */
  large: { group: 5, members: 1200, fromSize: 3000 },
  /** Members who belong to another customer. */
  foreign: { every: 10, at: 4 },
} as const;

/** Most members of an ordinary group. */
const mostMembers = 9;

/** The user groups of the assignments. `isThere`: whether a user's slot is filled. */
export const createMadeUpUserGroups = (
  { seed, size, places }: { readonly seed: number; readonly size: number; readonly places: MadeUpPlaces },
  isThere: (slot: number) => boolean,
): MadeUpUserGroups => {
  const { large } = userGroupOddities;
  const hasLarge = size >= large.fromSize;
  let largeEnd: number | undefined;
  /** The large group has everybody up to a slot. */
  const endOfLarge = (): number => {
    if (largeEnd !== undefined) return largeEnd;
    largeEnd = 0;
    for (let found = 0; found < large.members && largeEnd < places.customers * perCustomer.users; largeEnd++) {
      if (isThere(largeEnd)) found++;
    }
    return largeEnd;
  };

  const subjectOf = (group: number): number =>
    shape.seedSubjects +
    Math.floor(group / perCustomerGroups) * shape.staff.length +
    (positions[group % perCustomerGroups] as number);

  const groupOf = (uuid: string): number | undefined => {
    const subject = places.subjectIndexOf(uuid);
    if (subject === undefined) return undefined;
    const nth = positions.indexOf((subject - shape.seedSubjects) % shape.staff.length);
    return nth === -1 ? undefined : places.customerOfSubject(subject) * perCustomerGroups + nth;
  };

  /** Slots of an ordinary group's members, whether they are filled or not. */
  const membersOf = (group: number): number[] => {
    if (group === userGroupOddities.empty) return [];
    const customer = Math.floor(group / perCustomerGroups);
    const dice = mix(mix(seed, group), 30);
    // An odd step goes through all of the customer's users before it comes back to one.
    const step = 1 + 2 * ((dice >>> 8) % (perCustomer.users / 2));
    return Array.from({ length: dice % (mostMembers + 1) }, (_, i) => {
      const isForeign = isOneOf(userGroupOddities.foreign, group * mostMembers + i);
      const owner = isForeign ? (customer + 1) % places.customers : customer;
      return owner * perCustomer.users + (((dice >>> 4) + i * step) % perCustomer.users);
    });
  };

  const groupsWith = (slot: number): number[] => {
    const customer = Math.floor(slot / perCustomer.users);
    const before = (customer + places.customers - 1) % places.customers;
    const found = [customer, before]
      .flatMap((owner) => Array.from({ length: perCustomerGroups }, (_, i) => owner * perCustomerGroups + i))
      .filter((group) => subjectOf(group) < size && !(hasLarge && group === large.group))
      .filter((group) => membersOf(group).includes(slot));
    return hasLarge && slot < endOfLarge() ? [...found, large.group] : found;
  };

  return {
    usersIn(uuid) {
      const group = groupOf(uuid);
      if (group === undefined) return [];
      const slots =
        hasLarge && group === large.group ? Array.from({ length: endOfLarge() }, (_, slot) => slot) : membersOf(group);
      return slots.filter(isThere);
    },
    groupsOf(slot) {
      const groups = groupsWith(slot);
      if (isOneOf(userOddities.lagging, slot)) {
        // It has left a group that still lists it, or is in one already that does not list it yet.
        if (groups.length > 0) groups.pop();
        else groups.push(Math.floor(slot / perCustomer.users) * perCustomerGroups);
      }
      return groups.filter((group) => subjectOf(group) < size).map((group) => places.subjectUuid(subjectOf(group)));
    },
  };
};
