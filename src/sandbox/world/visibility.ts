import type { RoleAssignment, Scope } from '../../wire/identity.ts';
import { homeOf, placeKey, placesOf, type Place, type World } from './world.ts';

/** What one kind of caller sees of the world. */
export interface View {
  /** Tells views apart: equal coverage has equal ids. */
  readonly id: string;
  /** Entries that are visible, ascending; undefined where all are. */
  readonly indices: Uint32Array | undefined;
  readonly size: number;
  /** The visible part of an entry, or undefined where nothing of it is. */
  assignmentAt(index: number): RoleAssignment | undefined;
}

const maxViews = 16;

/** Makes views, and keeps the last few: finding what a caller sees in a large world takes a while. */
export const createViews = (world: World): ((places: 'all' | readonly Place[]) => View) => {
  const { visible, size, assignmentAt } = world;
  const everything: View = { id: 'all', indices: visible, size, assignmentAt };
  const kept = new Map<string, View>();
  return (places) => {
    if (places === 'all') return everything;
    const keys = [...new Set(places.map(placeKey))].toSorted();
    const id = keys.map((key) => `${key.length}:${key}`).join('');
    const view = kept.get(id) ?? createView(world, places, id);
    kept.delete(id);
    kept.set(id, view);
    if (kept.size > maxViews) kept.delete(kept.keys().next().value as string);
    return view;
  };
};

/**
 * Whether a place is one of these, or lies in one of them. A composite scope is the part that its components share, so it lies where
 * any of its components does.
 */
export const createContainment = (world: World, places: readonly Place[]): ((place: Place) => boolean) => {
  const covered = new Set(places.map(placeKey));
  const liesThere = (place: Place): boolean =>
    covered.has(placeKey(place)) || world.parentsOf(place).some((parent) => liesThere(parent));
  return liesThere;
};

/**
 * What lies in the covered places: a role's scopes that lie there, the roles that have such a scope, and the subjects that
 * have such a role or lie there themselves. A global role lies nowhere, and a role that loses all its scopes is left out:
 * with an empty list it would look global.
 */
const createView = (world: World, places: readonly Place[], id: string): View => {
  const liesThere = createContainment(world, places);
  const isVisible = (scope: Scope): boolean => placesOf(scope).some(liesThere);

  const assignmentAt = (index: number): RoleAssignment | undefined => {
    const entry = world.assignmentAt(index);
    const roles = (entry.roles ?? [])
      .map((role) => ({ ...role, scopes: (role.scopes ?? []).filter(isVisible) }))
      .filter((role) => role.scopes.length > 0);
    const home = homeOf(entry);
    return roles.length > 0 || (home !== undefined && liesThere(home)) ? { ...entry, roles } : undefined;
  };

  const visible: number[] = [];
  for (const index of world.candidatesWithin(places)) if (assignmentAt(index) !== undefined) visible.push(index);
  return { id, indices: Uint32Array.from(visible), size: visible.length, assignmentAt };
};
