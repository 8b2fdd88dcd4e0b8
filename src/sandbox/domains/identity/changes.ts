import type { Scope, ScopedRole } from '../../../wire/identity.ts';
import { Problem } from '../../core/problem.ts';
import type { Readings } from '../../core/readings.ts';
import { placeKey, placesOf } from '../../world/world.ts';

/** A role at scopes, or everywhere where there are none. */
export interface Grant {
  readonly roleName: string;
  readonly scopes: readonly Scope[];
}

type Roles = readonly ScopedRole[];

/** Equal for scopes that name the same, whatever the order of their fields. */
const scopeKey = (scope: Scope): string =>
  placesOf(scope)
    .map(placeKey)
    .toSorted()
    .map((key) => `${key.length}:${key}`)
    .join('');

const scopesOf = (role: ScopedRole): readonly Scope[] => role.scopes ?? [];
const isGlobal = (role: ScopedRole): boolean => scopesOf(role).length === 0;
const isScoped = (role: ScopedRole): boolean => !isGlobal(role);

/** What a subject holds after an assignment, by the readings. What it held before stays. */
export const assign = (roles: Roles, { roleName, scopes }: Grant, readings: Readings): Roles => {
  const own = roles.filter((role) => role.roleName === roleName);
  const holdsGlobally = own.some(isGlobal);
  if (scopes.length === 0) {
    return holdsGlobally && readings.assignTwice === 'merged' ? roles : [...roles, { roleName, scopes: [] }];
  }
  if (holdsGlobally && readings.assignUnderGlobal === 'absorbed') return roles;
  const held = new Set(own.flatMap(scopesOf).map(scopeKey));
  const added = scopes.filter((scope) => {
    const isNew = readings.assignTwice === 'duplicate' || !held.has(scopeKey(scope));
    held.add(scopeKey(scope));
    return isNew;
  });
  if (added.length === 0) return roles;
  const entry = readings.newScopesIn === 'sameEntry' ? own.find(isScoped) : undefined;
  if (entry === undefined) return [...roles, { roleName, scopes: added }];
  return roles.map((role) => (role === entry ? { ...role, scopes: [...scopesOf(role), ...added] } : role));
};

/** What a subject holds after a revocation, by the readings. Throws a `Problem` where they refuse it; then nothing is changed. */
export const revoke = (roles: Roles, grant: Grant, readings: Readings): Roles => {
  const own = roles.filter((role) => role.roleName === grant.roleName);
  return grant.scopes.length === 0
    ? revokeWithoutScopes(roles, own, readings)
    : revokeScopes(roles, own, grant.scopes, readings);
};

const revokeWithoutScopes = (roles: Roles, own: Roles, readings: Readings): Roles => {
  if (readings.revokeEmptyScopes === 'refused') throw new Problem(400, 'scopes must not be empty');
  const taken = readings.revokeEmptyScopes === 'whole' ? own : own.filter(isGlobal);
  if (taken.length === 0) refuseNotHeld(readings);
  return roles.filter((role) => !taken.includes(role));
};

const revokeScopes = (roles: Roles, own: Roles, scopes: readonly Scope[], readings: Readings): Roles => {
  const held = new Set(own.flatMap(scopesOf).map(scopeKey));
  const revoked = new Set(scopes.map(scopeKey));
  const isAllHeld = [...revoked].every((key) => held.has(key));
  let isNarrowed = false;
  if (!isAllHeld && own.some(isGlobal)) {
    if (readings.revokeUnderGlobal === 400) throw new Problem(400, 'the role is held everywhere');
    isNarrowed = readings.revokeUnderGlobal === 'narrow';
  } else if (!isAllHeld) {
    refuseNotHeld(readings);
  }

  const left = own
    .filter((role) => !(isNarrowed && isGlobal(role)))
    .map((role) => ({ role, scopes: scopesOf(role).filter((scope) => !revoked.has(scopeKey(scope))) }));
  const emptied = left.filter(({ role, scopes }) => isScoped(role) && scopes.length === 0);
  const isLast = emptied.length > 0 && emptied.length === left.length;
  if (isLast && readings.revokeLastScope === 'refused') throw new Problem(400, 'a role needs a scope');
  const kept = new Map<ScopedRole, ScopedRole>();
  for (const { role, scopes } of left) {
    const staysEmpty = isLast && readings.revokeLastScope === 'global' && role === emptied[0]?.role;
    if (scopes.length === scopesOf(role).length) kept.set(role, role);
    else if (scopes.length > 0 || staysEmpty) kept.set(role, { ...role, scopes });
  }
  return roles.flatMap((role) => (own.includes(role) ? (kept.get(role) ?? []) : [role]));
};

const refuseNotHeld = ({ revokeNotHeld }: Readings): void => {
  if (revokeNotHeld !== 'ok') throw new Problem(revokeNotHeld, 'the subject does not hold this role there');
};
