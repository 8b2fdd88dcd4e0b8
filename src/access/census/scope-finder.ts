import type { ScopeMatcher } from '../../assignments/assignments.ts';
import { createScope, kindOfScopeField, type Scope } from '../../model/subject.ts';
import { TimedPauses } from '../../platform/pause.ts';
import { compareScopes, partOf } from './scope-keys.ts';
import { sliceMs } from './slices.ts';

/** Finds scopes by their components. */
export interface ScopeFinder {
  /** Places of those that have all of these components; of a matcher without any the scope without any. */
  naming(matcher: ScopeMatcher): readonly number[];
}

/** Each lies elsewhere in memory: so many take a tenth of a millisecond. */
const scopesBetweenLooks = 200;

/** `scopes` are in order, each there once: those of one component need no index. */
export const createScopeFinder = async (scopes: readonly Scope[]): Promise<ScopeFinder> => {
  // By the uuid as it is: a key written for each component would take more room than all the rest.
  const compositesByUuid = new Map<string, number | number[]>();
  const pauses = new TimedPauses(sliceMs, scopesBetweenLooks);
  for (let place = 0; place < scopes.length; place++) {
    const { components } = scopes[place] as Scope;
    if (components.length > 1) {
      for (const uuid of new Set(components.map((component) => component.uuid))) {
        const naming = compositesByUuid.get(uuid);
        // Most are named by one, which is half the room of a list of one.
        if (naming === undefined) compositesByUuid.set(uuid, place);
        else if (typeof naming === 'number') compositesByUuid.set(uuid, [naming, place]);
        else naming.push(place);
      }
    }
    if (pauses.isDue()) await pauses.pause();
  }
  return {
    naming(matcher) {
      const [first] = matcher;
      const found = (first && compositesByUuid.get(first.uuid)) ?? [];
      const composites = typeof found === 'number' ? [found] : found;
      const isSingle = new Set(matcher.map(partOf)).size <= 1;
      const single = isSingle ? placeOf(scopes, scopeOf(first)) : undefined;
      const named = composites.filter(
        // What is written with one component twice is the scope that has it once.
        (place) => place !== single && hasAll(scopes[place] as Scope, matcher),
      );
      return single === undefined ? named : [single, ...named];
    },
  };
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
