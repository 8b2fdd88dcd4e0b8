import type { ScopeMatcher } from '../../assignments/assignments.ts';
import { createScope, kindOfScopeField, type Scope } from '../../model/subject.ts';
import { TimedPauses } from '../../platform/pause.ts';
import { compareScopes, partOf } from './scope-keys.ts';
import { IntList } from './int-list.ts';
import { inStretches, sliceMs } from './slices.ts';
import { compareTexts, prefixOf, sortedIndexes } from './sort.ts';

/** Finds scopes by their components. */
export interface ScopeFinder {
  /** Places of those that have all of these components; of a matcher without any the scope without any. */
  naming(matcher: ScopeMatcher): readonly number[];
}

/** Each lies elsewhere in memory: so many take a tenth of a millisecond. */
const scopesBetweenLooks = 200;

/** `scopes` are in order, each there once: those of one component need no index. */
export const createScopeFinder = async (scopes: readonly Scope[]): Promise<ScopeFinder> => {
  const composites = await indexComposites(scopes);
  return {
    naming(matcher) {
      const [first] = matcher;
      const isSingle = new Set(matcher.map(partOf)).size <= 1;
      const single = isSingle ? placeOf(scopes, scopeOf(first)) : undefined;
      const named = (first === undefined ? [] : composites(first.uuid)).filter(
        // What is written with one component twice is the scope that has it once.
        (place) => place !== single && hasAll(scopes[place] as Scope, matcher),
      );
      return single === undefined ? named : [single, ...named];
    },
  };
};

/** Finds the places of scopes that have several components, one of them with that uuid. By halving: a map of all uuids takes more room, and holds everybody up when it grows. */
const indexComposites = async (scopes: readonly Scope[]): Promise<(uuid: string) => readonly number[]> => {
  // Of each component the place of its scope, and which of its components it is.
  const listedPlaces = new IntList();
  const listedParts = new IntList();
  const pauses = new TimedPauses(sliceMs, scopesBetweenLooks);
  for (let place = 0; place < scopes.length; place++) {
    const { components } = scopes[place] as Scope;
    for (let part = 0; components.length > 1 && part < components.length; part++) {
      listedPlaces.push(place);
      listedParts.push(part);
    }
    if (pauses.isDue()) await pauses.pause();
  }
  const [places, parts] = [listedPlaces.toArray(), listedParts.toArray()];
  const uuidOf = (at: number): string =>
    (scopes[places[at] as number] as Scope).components[parts[at] as number]?.uuid ?? '';
  const order = await orderByUuid(places.length, uuidOf);
  return (uuid) => {
    let [low, high] = [0, order.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (uuidOf(order[middle] as number) < uuid) low = middle + 1;
      else high = middle;
    }
    const found = new Set<number>();
    for (; low < order.length && uuidOf(order[low] as number) === uuid; low++)
      found.add(places[order[low] as number] as number);
    return [...found];
  };
};

/** By itself, so that what sorting takes is not kept with the index. */
const orderByUuid = async (count: number, uuidOf: (at: number) => string): Promise<Int32Array> => {
  const keys = new Float64Array(count);
  await inStretches(count, (at) => {
    keys[at] = prefixOf(uuidOf(at));
  });
  return sortedIndexes({ keys, compareTied: (one, other) => compareTexts(uuidOf(one), uuidOf(other)) });
};

const scopeOf = (component: ScopeMatcher[number] | undefined): Scope =>
  createScope(
    component === undefined
      ? []
      : [{ kind: kindOfScopeField(component.field), field: component.field, uuid: component.uuid }],
  );

const hasAll = ({ components }: Scope, matcher: ScopeMatcher): boolean =>
  matcher.every(({ field, uuid }) =>
    components.some((component) => component.field === field && component.uuid === uuid),
  );

const placeOf = (scopes: readonly Scope[], wanted: Scope): number | undefined => {
  let [low, high] = [0, scopes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareScopes(scopes[middle] as Scope, wanted);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return undefined;
};
