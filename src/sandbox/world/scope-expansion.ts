import type { RoleAssignment, Scope } from '../../wire/identity.ts';
import { placeKey, placesOf, scopeFields, scopeOf, type Place, type World } from './world.ts';

const maxRemembered = 4096;

/** Answers an entry whose roles' scopes are joined by the scopes nested in them, each once. */
export const createScopeExpansion = (world: World): ((entry: RoleAssignment) => RoleAssignment) => {
  /** What is nested in a place: the same few places are asked for again and again. */
  const remembered = new Map<string, readonly NestedScope[]>();
  const nestedIn = (place: Place): readonly NestedScope[] => {
    const key = placeKey(place);
    let nested = remembered.get(key);
    if (nested === undefined) {
      nested = findNested(world, place);
      if (remembered.size >= maxRemembered) remembered.clear();
      remembered.set(key, nested);
    }
    return nested;
  };

  const widen = (scopes: readonly Scope[]): readonly Scope[] => {
    const seen = new Set<string>();
    for (const scope of scopes) {
      const places = placesOf(scope);
      if (places.length === 1) seen.add(placeKey(places[0] as Place));
    }
    const widened = [...scopes];
    for (const scope of scopes) {
      const narrowest = narrowestOf(scope);
      if (narrowest === undefined) continue;
      for (const { key, scope } of nestedIn(narrowest)) {
        if (seen.has(key)) continue;
        seen.add(key);
        widened.push(scope);
      }
    }
    return widened;
  };

  return (entry) => ({
    ...entry,
    ...(entry.roles === undefined
      ? {}
      : {
          roles: entry.roles.map((role) =>
            role.scopes === undefined ? role : { ...role, scopes: widen(role.scopes) },
          ),
        }),
  });
};

interface NestedScope {
  readonly key: string;
  readonly scope: Scope;
}

/** A composite scope is the part that its components share, so only what is in the narrowest one can be nested in it. */
const narrowestOf = (scope: Scope): Place | undefined => {
  const breadth = ({ field }: Place): number => {
    const index = (scopeFields as readonly string[]).indexOf(field);
    return index === -1 ? scopeFields.length : index;
  };
  return placesOf(scope).toSorted((a, b) => breadth(a) - breadth(b))[0];
};

/** Everything nested in a place, however deep, each once, nearest first. */
const findNested = (world: World, place: Place): NestedScope[] => {
  const seen = new Set([placeKey(place)]);
  const found: NestedScope[] = [];
  let level: readonly Place[] = [place];
  while (level.length > 0) {
    const next: Place[] = [];
    for (const child of level.flatMap((place) => world.childrenOf(place))) {
      const key = placeKey(child);
      if (seen.has(key)) continue;
      seen.add(key);
      next.push(child);
      found.push({ key, scope: scopeOf(child) });
    }
    level = next;
  }
  return found;
};
