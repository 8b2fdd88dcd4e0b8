import type { RoleAssignment } from '../../../wire/identity.ts';
import { rankWords } from '../rank-words.ts';
import { builtInRoles, placeKey, placesOf, typeOf, type Place, type RoleOrigin, type World } from '../world.ts';

/** What is nested directly in a place. */
export interface Nesting {
  readonly scope: Place;
  readonly contains: readonly Place[];
}

/** A world that is held as it was written. */
export const createFileWorld = (subjects: readonly RoleAssignment[], nestings: readonly Nesting[]): World => {
  const indices = new Map<string, number[]>();
  for (const [index, { subjectReference = '' }] of subjects.entries()) push(indices, subjectReference, index);
  const children = new Map<string, Place[]>();
  const parents = new Map<string, Place[]>();
  for (const { scope, contains } of nestings) {
    for (const child of contains) {
      push(children, placeKey(scope), child);
      push(parents, placeKey(child), scope);
    }
  }
  const read = (): { known: ReadonlySet<string>; roles: ReadonlyMap<string, RoleOrigin> } => {
    const known = new Set([...children.keys(), ...parents.keys()]);
    const roles = new Map<string, RoleOrigin>();
    for (const { roleName = '', scopes = [] } of subjects.flatMap((entry) => entry.roles ?? [])) {
      roles.set(roleName, (builtInRoles as readonly string[]).includes(roleName) ? 'builtIn' : 'made');
      for (const place of scopes.flatMap(placesOf)) known.add(placeKey(place));
    }
    return { known, roles };
  };
  let readOnce: ReturnType<typeof read> | undefined;

  return {
    size: subjects.length,
    assignmentAt(index) {
      const entry = subjects[index];
      if (entry === undefined) throw new RangeError(`there is no entry ${index}`);
      return entry;
    },
    indicesOf: (reference) => indices.get(reference) ?? [],
    childrenOf: (place) => children.get(placeKey(place)) ?? [],
    parentsOf: (place) => parents.get(placeKey(place)) ?? [],
    has: (place) => (readOnce ??= read()).known.has(placeKey(place)),
    roles: () => (readOnce ??= read()).roles,
    ranksBy: (field) =>
      rankWords(subjects.length, (index) => {
        const entry = subjects[index] ?? {};
        return field === 'subjectType' ? typeOf(entry) : (entry.subjectReference ?? '');
      }),
    candidatesWithin: () => subjects.keys(),
  };
};

const push = <Item>(lists: Map<string, Item[]>, key: string, item: Item): void => {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
};
