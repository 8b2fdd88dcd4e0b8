import { type Scope, scopeKinds } from '../../model/subject.ts';
import { TimedPauses } from '../../platform/pause.ts';
import { compareScopes } from './scope-keys.ts';
import { sliceMs } from './slices.ts';
import { compareTexts, prefixEnd, prefixOf, sortedIndexes } from './sort.ts';

/** Every scope once, in order. */
interface SortedScopes {
  /** By kind, uuid and further components. */
  readonly scopes: readonly Scope[];
  /** Of each that was met, its place. */
  readonly places: Int32Array;
}

/** Each lies elsewhere in memory: so many take a tenth of a millisecond. */
const scopesBetweenLooks = 200;

/** Puts scopes in order. Those that have the same components have one place. */
export const sortScopes = async (met: readonly Scope[]): Promise<SortedScopes> => {
  const kinds = scopeKinds.toSorted(compareTexts);
  const keys = new Float64Array(met.length);
  const pauses = new TimedPauses(sliceMs, scopesBetweenLooks);
  for (let at = 0; at < met.length; at++) {
    const { kind, uuid } = met[at] as Scope;
    keys[at] = kinds.indexOf(kind) * prefixEnd + prefixOf(uuid);
    if (pauses.isDue()) await pauses.pause();
  }
  const order = await sortedIndexes({
    keys,
    compareTied: (one, other) => compareScopes(met[one] as Scope, met[other] as Scope),
  });
  // Made to measure: what grows bit by bit has room for half as many again.
  const scopes = new Array<Scope>(met.length);
  let count = 0;
  const places = new Int32Array(met.length);
  let lastKey = -1;
  for (let at = 0; at < order.length; at++) {
    const number = order[at] as number;
    const scope = met[number] as Scope;
    const key = keys[number] as number;
    const isSame = key === lastKey && compareScopes(scopes[count - 1] as Scope, scope) === 0;
    if (!isSame) scopes[count++] = scope;
    lastKey = key;
    places[number] = count - 1;
    if (pauses.isDue()) await pauses.pause();
  }
  return { scopes: count === met.length ? scopes : scopes.slice(0, count), places };
};
