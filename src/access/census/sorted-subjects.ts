import { createSubject, type Subject, subjectTypeOf, subjectTypes } from '../../model/subject.ts';
import { TimedPauses } from '../../platform/pause.ts';
import type { TypeCount } from './census.ts';
import { sliceMs } from './slices.ts';
import { compareTexts, prefixOf, sortedIndexes } from './sort.ts';

/** By reference and then upstream's word for the type. */
export const compareSubjects = (
  one: Pick<Subject, 'reference' | 'rawType'>,
  other: Pick<Subject, 'reference' | 'rawType'>,
): number => compareTexts(one.reference, other.reference) || compareTexts(one.rawType, other.rawType);

/** Every subject of a list once, in order. */
export interface SortedSubjects {
  readonly subjects: readonly Subject[];
  /** Of each entry of the list, the place of its subject; -1 of one that is not all of its subject. */
  readonly ranks: Int32Array;
  /** Places of those that came in several entries: they have the roles of all, in the order in which these came. */
  readonly merged: ReadonlySet<number>;
  /** Largest first, then by upstream's word. */
  readonly types: readonly TypeCount[];
  /** Of each subject, the place of its type in `subjectTypes`. */
  readonly typeNumbers: Uint8Array;
}

/** Each lies elsewhere in memory: so many take a tenth of a millisecond. */
const entriesBetweenLooks = 200;

export const sortSubjects = async (
  pages: readonly { readonly items: readonly Subject[] }[],
): Promise<SortedSubjects> => {
  const length = pages.reduce((sum, { items }) => sum + items.length, 0);
  // Made to measure: what grows bit by bit has room for half as many again.
  const entries = new Array<Subject>(length);
  const prefixes = new Float64Array(length);
  const countByType = new Map<string, number>();
  const count = (rawType: string, by: 1 | -1): void => {
    countByType.set(rawType, (countByType.get(rawType) ?? 0) + by);
  };
  const pauses = new TimedPauses(sliceMs, entriesBetweenLooks);
  let entryCount = 0;
  // Page by page, because that is how they lie in memory.
  for (const { items } of pages) {
    for (const subject of items) {
      prefixes[entryCount] = prefixOf(subject.reference);
      entries[entryCount++] = subject;
      count(subject.rawType, 1);
    }
    if (pauses.isDue(items.length)) await pauses.pause();
  }
  const order = await sortedIndexes({
    keys: prefixes,
    compareTied: (one, other) => compareSubjects(entries[one] as Subject, entries[other] as Subject),
  });
  const subjects = new Array<Subject>(length);
  let subjectCount = 0;
  const typeNumbers = new Uint8Array(length);
  const ranks = new Int32Array(length);
  const merged = new Set<number>();
  let lastPrefix = -1;
  let lastAt = -1;
  for (let place = 0; place < length; place++) {
    const at = order[place] as number;
    const entry = entries[at] as Subject;
    const prefix = prefixes[at] as number;
    const last = prefix === lastPrefix ? subjects[subjectCount - 1] : undefined;
    lastPrefix = prefix;
    if (last !== undefined && compareSubjects(last, entry) === 0) {
      subjects[subjectCount - 1] = createSubject(entry.reference, entry.rawType, [...last.roles, ...entry.roles]);
      merged.add(subjectCount - 1);
      count(entry.rawType, -1);
      ranks[lastAt] = ranks[at] = -1;
    } else {
      typeNumbers[subjectCount] = subjectTypes.indexOf(entry.type);
      ranks[at] = subjectCount;
      subjects[subjectCount++] = entry;
    }
    lastAt = at;
    if (pauses.isDue()) await pauses.pause();
  }
  return {
    subjects: subjectCount === length ? subjects : subjects.slice(0, subjectCount),
    ranks,
    merged,
    types: typeCounts(countByType),
    typeNumbers,
  };
};

const typeCounts = (countByType: ReadonlyMap<string, number>): readonly TypeCount[] =>
  [...countByType]
    .map(([rawType, count]) => ({ type: subjectTypeOf(rawType), rawType, count }))
    .sort((one, other) => other.count - one.count || compareTexts(one.rawType, other.rawType));
