import type { RoleAssignment } from '../../../wire/identity.ts';
import { placeKey, unspecifiedType, type OrderField, type Place, type World } from '../world.ts';

/** What is nested directly in a place. */
export interface Nesting {
  readonly place: Place;
  readonly contains: readonly Place[];
}

/** A world that is held as it was written. */
export const createFileWorld = (subjects: readonly RoleAssignment[], nestings: readonly Nesting[]): World => {
  const indices = new Map<string, number[]>();
  for (const [index, { subjectReference = '' }] of subjects.entries()) push(indices, subjectReference, index);
  const children = new Map<string, Place[]>();
  const parents = new Map<string, Place[]>();
  for (const { place, contains } of nestings) {
    for (const child of contains) {
      push(children, placeKey(place), child);
      push(parents, placeKey(child), place);
    }
  }
  const read = (entry: RoleAssignment, field: OrderField): string =>
    field === 'subjectType' ? entry.subjectType || unspecifiedType : (entry.subjectReference ?? '');

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
    ranksBy(field) {
      const words = [...new Set(subjects.map((entry) => read(entry, field)))].toSorted((a, b) => (a < b ? -1 : 1));
      const rankByWord = new Map(words.map((word, rank) => [word, rank]));
      return Uint32Array.from(subjects, (entry) => rankByWord.get(read(entry, field)) as number);
    },
    candidatesWithin: () => subjects.keys(),
  };
};

const push = <Item>(lists: Map<string, Item[]>, key: string, item: Item): void => {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
};
