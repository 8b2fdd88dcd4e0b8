import { createSubject, type Subject, subjectTypeOf, subjectTypes } from '../../model/subject.ts';
import { pause, Pauses } from '../../platform/pause.ts';
import type { TypeCount } from './census.ts';
import { compareTexts, prefixOf, sortedIndexes } from './sort.ts';

/** By reference and then upstream's word for the type. */
export const compareSubjects = (
  one: Pick<Subject, 'reference' | 'rawType'>,
  other: Pick<Subject, 'reference' | 'rawType'>,
): number => compareTexts(one.reference, other.reference) || compareTexts(one.rawType, other.rawType);

/** Every subject of a list once, in order. */
export interface SortedSubjects {
  readonly subjects: readonly Subject[];
  /** Of each entry of the list, the place of its subject. */
  readonly ranks: Int32Array;
  /** Places of those that came in several entries: they have the roles of all, in the order in which these came. */
  readonly merged: ReadonlySet<number>;
  /** Largest first, then by upstream's word. */
  readonly types: readonly TypeCount[];
  /** Of each subject, the place of its type in `subjectTypes`. */
  readonly typeNumbers: Uint8Array;
}

/** Entries looked at between pauses: a few milliseconds. */
const entriesBetween = 10_000;

export const sortSubjects = async (
  pages: readonly { readonly items: readonly Subject[] }[],
): Promise<SortedSubjects> => {
  const entries: Subject[] = [];
  const prefixes = new Float64Array(pages.reduce((count, { items }) => count + items.length, 0));
  const countByType = new Map<string, number>();
  const count = (rawType: string, by: 1 | -1): void => {
    countByType.set(rawType, (countByType.get(rawType) ?? 0) + by);
  };
  const pauses = new Pauses(entriesBetween);
  // Page by page, because that is how they lie in memory.
  for (const { items } of pages) {
    for (const subject of items) {
      prefixes[entries.length] = prefixOf(subject.reference);
      entries.push(subject);
      count(subject.rawType, 1);
    }
    if (pauses.isDue(items.length)) await pause();
  }
  const order = await sortedIndexes({
    keys: prefixes,
    compareTied: (one, other) => compareSubjects(entries[one] as Subject, entries[other] as Subject),
  });
  const subjects: Subject[] = [];
  const typeNumbers = new Uint8Array(entries.length);
  const ranks = new Int32Array(entries.length);
  const merged = new Set<number>();
  let lastPrefix = -1;
  for (let place = 0; place < order.length; place++) {
    const at = order[place] as number;
    const entry = entries[at] as Subject;
    const prefix = prefixes[at] as number;
    const last = prefix === lastPrefix ? subjects.at(-1) : undefined;
    lastPrefix = prefix;
    if (last !== undefined && compareSubjects(last, entry) === 0) {
      subjects[subjects.length - 1] = createSubject(entry.reference, entry.rawType, [...last.roles, ...entry.roles]);
      merged.add(subjects.length - 1);
      count(entry.rawType, -1);
    } else {
      typeNumbers[subjects.push(entry) - 1] = subjectTypes.indexOf(entry.type);
    }
    ranks[at] = subjects.length - 1;
    if (pauses.isDue(1)) await pause();
  }
  return { subjects, ranks, merged, types: typeCounts(countByType), typeNumbers };
};

const typeCounts = (countByType: ReadonlyMap<string, number>): readonly TypeCount[] =>
  [...countByType]
    .map(([rawType, count]) => ({ type: subjectTypeOf(rawType), rawType, count }))
    .sort((one, other) => other.count - one.count || compareTexts(one.rawType, other.rawType));
