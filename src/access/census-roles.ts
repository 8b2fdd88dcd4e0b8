import type { Census, RoleTally } from './census/census.ts';
import { compareKeys, type KeyedList, listName, listOf } from './keyed-list.ts';
import type { SortKey } from '../assignments/cursor/place.ts';

export interface RoleOrder {
  readonly field: 'NAME' | 'HOLDERS';
  readonly direction: 'ASC' | 'DESC';
}

export interface CensusRolesQuestion {
  /** Only roles whose name has this in it, without regard to case. */
  readonly nameContains?: string | undefined;
  /** Default: those with most holders first. Equal ones go by name. */
  readonly orderBy?: RoleOrder | undefined;
}

/** The roles that anybody holds. */
export const listRoles = (
  census: Pick<Census, 'asOfMs' | 'roles'>,
  { nameContains, orderBy = { field: 'HOLDERS', direction: 'DESC' } }: CensusRolesQuestion,
): KeyedList<RoleTally> => {
  const wanted = nameContains?.toLowerCase();
  const direction = orderBy.direction === 'ASC' ? 1 : -1;
  const keyOf = ({ name, holderCount }: RoleTally): SortKey =>
    orderBy.field === 'NAME' ? [name] : [holderCount, name];
  const directions: readonly (1 | -1)[] = orderBy.field === 'NAME' ? [direction] : [direction, 1];
  const roles = census.roles
    .filter(({ name }) => wanted === undefined || name.toLowerCase().includes(wanted))
    .toSorted((one, other) => compareKeys(keyOf(one), keyOf(other), directions));
  return listOf(roles, keyOf, {
    name: listName('census roles', wanted, orderBy.field, orderBy.direction),
    asOfMs: census.asOfMs,
    directions,
  });
};
