import type { ListQuestion } from '../model/page.ts';
import type { Subject } from '../model/subject.ts';
import { questionKey } from './key.ts';
import { KeptList, type KeptPage } from './kept-list.ts';
import type { EntryKey, KnownEntries } from './known-pages.ts';
import { SubjectIndex } from './key-index.ts';

interface DatedEntries extends KnownEntries {
  /** When upstream gave the oldest page that says so. */
  readonly atMs: number;
}

/** All kept pages of one caller and nested flag, whatever was asked: they speak of the same subjects. */
export class CallerPages {
  /** Whose they are and with which nested flag: its name among all. */
  readonly key: string;
  /** The store's count of changes at the last one here. */
  changedAt = 0;
  readonly #lists = new Map<string, KeptList>();
  // Those that list every subject, in whatever order.
  readonly #fullLists = new Set<KeptList>();
  readonly #index = new SubjectIndex();

  constructor(key: string) {
    this.key = key;
  }

  get isEmpty(): boolean {
    return this.#lists.size === 0;
  }

  list(question: ListQuestion): KeptList | undefined {
    return this.#lists.get(questionKey(question));
  }

  /** The list of the question, made where it is not there: add a page to it at once. */
  openList(question: ListQuestion): KeptList {
    const known = this.list(question);
    if (known !== undefined) return known;
    const list = new KeptList(this, question);
    this.#lists.set(questionKey(question), list);
    if (question.subjectReference === undefined) this.#fullLists.add(list);
    return list;
  }

  add(kept: KeptPage): void {
    kept.list.add(kept);
    this.#index.add(kept);
  }

  remove(kept: KeptPage): void {
    const { list } = kept;
    list.remove(kept);
    this.#index.remove(kept);
    if (!list.isEmpty) return;
    this.#lists.delete(questionKey(list.question));
    this.#fullLists.delete(list);
  }

  /** What pages that upstream gave after `notBeforeMs` tell of a subject. A whole answer goes before a sighting, newer before older. */
  entriesOf(key: EntryKey, notBeforeMs: number): DatedEntries | undefined {
    let best = this.#byLookup(key, undefined, notBeforeMs);
    if (key.rawType !== undefined) best = newer(best, this.#byLookup(key, key.rawType, notBeforeMs));
    for (const list of this.#fullLists) best = newer(best, this.#byWholeList(list, key, notBeforeMs));
    return best ?? this.#bySighting(key, notBeforeMs);
  }

  /** By the answer to a lookup of the reference alone, or with a type. */
  #byLookup(key: EntryKey, subjectType: string | undefined, notBeforeMs: number): DatedEntries | undefined {
    const { reference: subjectReference, includeNestedScopes } = key;
    const asked = { subjectReference, includeNestedScopes };
    const walk = this.list(subjectType === undefined ? asked : { ...asked, subjectType })?.walk(notBeforeMs);
    if (walk?.isWhole !== true) return undefined;
    const entries = walk.pages.flatMap((page) => page.subjects.filter((subject) => isOf(subject, key)));
    return { entries, isWhole: true, atMs: walk.oldestAtMs };
  }

  #byWholeList(list: KeptList, key: EntryKey, notBeforeMs: number): DatedEntries | undefined {
    const walk = list.walk(notBeforeMs);
    if (!walk.isWhole) return undefined;
    const seen = this.#index
      .find(key.reference)
      .filter(({ subject, kept }) => walk.kept.has(kept) && isOf(subject, key));
    if (new Set(seen.map(({ subject }) => subject.rawType)).size < seen.length) this.#index.noteRepeat();
    const atMs = seen.reduce((oldestMs, { kept }) => Math.min(oldestMs, kept.page.fetchedAtMs), Infinity);
    return {
      entries: seen.map(({ subject }) => subject),
      isWhole: true,
      atMs: seen.length > 0 ? atMs : walk.oldestAtMs,
    };
  }

  #bySighting(key: EntryKey, notBeforeMs: number): DatedEntries | undefined {
    let newest: KeptPage | undefined;
    const seen = this.#index.find(key.reference).filter(({ subject }) => isOf(subject, key));
    for (const { kept } of seen)
      if (newest === undefined || kept.page.fetchedAtMs > newest.page.fetchedAtMs) newest = kept;
    if (newest === undefined || newest.page.fetchedAtMs <= notBeforeMs || this.#index.repeats) return undefined;
    const entries = seen.filter(({ kept }) => kept === newest).map(({ subject }) => subject);
    return { entries, isWhole: false, atMs: newest.page.fetchedAtMs };
  }
}

const isOf = (subject: Subject, { reference, rawType }: EntryKey): boolean =>
  subject.reference === reference && (rawType === undefined || subject.rawType === rawType);

const newer = (one: DatedEntries | undefined, other: DatedEntries | undefined): DatedEntries | undefined =>
  one === undefined || (other !== undefined && other.atMs > one.atMs) ? other : one;
