import type { Answer } from './lanes.ts';

type Path = readonly (string | number)[];

/** What upstream's faults may make of a part of an answer, whatever they make of it for others. */
const codesOfFaults = /^(?:UPSTREAM_|PERMISSION_DENIED$|UNAUTHENTICATED$|RATE_LIMITED$)/;

/**
 * Whether each part of an answer is one that a source has at the same place, or missing for an error that upstream's faults or a source explain.
 * Undefined: it is. Else a sentence.
 */
export const whatIsOdd = (answer: Answer, sources: readonly Answer[]): string | undefined => {
  const { data, errors = [] } = answer;
  const known = new Set(sources.flatMap((source) => source.errors ?? []).map(({ extensions }) => extensions['code']));
  for (const { extensions } of errors) {
    const { code } = extensions;
    if (!known.has(code) && !codesOfFaults.test(String(code))) return `nothing explains the code ${String(code)}`;
  }
  const holes = errors.map(({ path = [] }) => path);
  const at = oddPlace(
    data ?? null,
    sources.map((source) => source.data ?? null),
    [],
    holes,
  );
  return at === undefined ? undefined : `nothing explains what is at "${at.join('.')}"`;
};

const oddPlace = (
  value: unknown,
  sources: readonly unknown[],
  path: Path,
  holes: readonly Path[],
): Path | undefined => {
  const text = JSON.stringify(value);
  if (sources.some((source) => JSON.stringify(source) === text)) return undefined;
  if (value === null) return holes.some((hole) => path.every((key, at) => hole[at] === key)) ? undefined : path;
  if (typeof value !== 'object') return path;
  if (Array.isArray(value)) return oddItem(value, sources, path, holes);
  for (const [key, inside] of Object.entries(value)) {
    const odd = oddPlace(inside, sources.flatMap(partAt(key)), [...path, key], holes);
    if (odd !== undefined) return odd;
  }
  return undefined;
};

const oddItem = (
  items: readonly unknown[],
  sources: readonly unknown[],
  path: Path,
  holes: readonly Path[],
): Path | undefined => {
  const lists = sources.filter((source) => Array.isArray(source)) as (readonly unknown[])[];
  // What is not known is a set: who knows more leaves out some of it.
  const isSet = /^gaps(?:_|$)/.test(String(path.at(-1)));
  for (const [index, item] of items.entries()) {
    const candidates = isSet
      ? lists.flat()
      : lists.filter((list) => list.length === items.length).map((list) => list[index]);
    const odd = oddPlace(item, candidates, [...path, index], holes);
    if (odd !== undefined) return odd;
  }
  return items.length === 0 && !isSet ? path : undefined;
};

const partAt =
  (key: string) =>
  (source: unknown): readonly unknown[] =>
    typeof source === 'object' && source !== null && Object.hasOwn(source, key)
      ? [(source as Record<string, unknown>)[key]]
      : [];
