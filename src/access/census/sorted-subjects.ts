import { createSubject, type Subject } from '../../model/subject.ts';
import { pause, Pauses } from '../../platform/pause.ts';
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
}

export const sortSubjects = async (
  pages: readonly { readonly items: readonly Subject[] }[],
): Promise<SortedSubjects> => {
  const entries: Subject[] = [];
  for (const { items } of pages) entries.push(...items);
  const prefixes = new Float64Array(entries.length);
  const pauses = new Pauses(20_000);
  for (let at = 0; at < entries.length; at++) {
    prefixes[at] = prefixOf((entries[at] as Subject).reference);
    if (pauses.isDue(1)) await pause();
  }
  const order = await sortedIndexes(
    entries.length,
    (one, other) =>
      (prefixes[one] as number) - (prefixes[other] as number) ||
      compareSubjects(entries[one] as Subject, entries[other] as Subject),
  );
  const subjects: Subject[] = [];
  const ranks = new Int32Array(entries.length);
  const merged = new Set<number>();
  for (const at of order) {
    const entry = entries[at] as Subject;
    const last = subjects.at(-1);
    if (last !== undefined && compareSubjects(last, entry) === 0) {
      subjects[subjects.length - 1] = createSubject(entry.reference, entry.rawType, [...last.roles, ...entry.roles]);
      merged.add(subjects.length - 1);
    } else {
      subjects.push(entry);
    }
    ranks[at] = subjects.length - 1;
    if (pauses.isDue(1)) await pause();
  }
  return { subjects, ranks, merged };
};
