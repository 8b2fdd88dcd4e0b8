import type { Scope } from '../../model/subject.ts';
import { pause, Pauses } from '../../platform/pause.ts';
import { compareScopes } from './scope-keys.ts';
import { compareTexts, prefixEnd, prefixOf, sortedIndexes } from './sort.ts';

/** Every scope once, in order. */
interface SortedScopes {
  /** By kind, uuid and further components. */
  readonly scopes: readonly Scope[];
  /** Of each that was met, its place. */
  readonly places: Int32Array;
}

/** Scopes looked at between pauses: a few milliseconds. */
const scopesBetween = 10_000;

/** Puts scopes in order. Those that have the same components have one place. */
export const sortScopes = async (met: readonly Scope[]): Promise<SortedScopes> => {
  const kinds = [...new Set(met.map(({ kind }) => kind))].sort(compareTexts);
  const keys = new Float64Array(met.length);
  const pauses = new Pauses(scopesBetween);
  for (let at = 0; at < met.length; at++) {
    const { kind, uuid } = met[at] as Scope;
    keys[at] = kinds.indexOf(kind) * prefixEnd + prefixOf(uuid);
    if (pauses.isDue(1)) await pause();
  }
  const order = await sortedIndexes({
    keys,
    compareTied: (one, other) => compareScopes(met[one] as Scope, met[other] as Scope),
  });
  const scopes: Scope[] = [];
  const places = new Int32Array(met.length);
  let lastKey = -1;
  for (let at = 0; at < order.length; at++) {
    const number = order[at] as number;
    const scope = met[number] as Scope;
    const key = keys[number] as number;
    const isSame = key === lastKey && compareScopes(scopes.at(-1) as Scope, scope) === 0;
    if (!isSame) scopes.push(scope);
    lastKey = key;
    places[number] = scopes.length - 1;
    if (pauses.isDue(1)) await pause();
  }
  return { scopes, places };
};
