import { createSubject, type Subject } from '../../model/subject.ts';
import type { SubjectKey } from '../../model/subject-list.ts';

/** A subject, null where upstream knows none, or why that could not be told. */
export type Found = Subject | null | Error;

/** One subject that is looked for, and what was found so far. */
export class Lookup {
  readonly key: SubjectKey;
  readonly #entries: Subject[] = [];
  #error: Error | undefined;
  #isAnswered = false;

  constructor(key: SubjectKey) {
    this.key = key;
  }

  /** True as long as nothing was found, and nobody said that there is nothing. */
  get isOpen(): boolean {
    return !this.#isAnswered && this.#entries.length === 0;
  }

  /** Takes the entry if it is the subject's. */
  offer(entry: Subject): void {
    const { reference, rawType } = this.key;
    if (entry.reference === reference && (rawType ?? entry.rawType) === entry.rawType) this.#entries.push(entry);
  }

  /** What was offered is all that there is. */
  answer(): void {
    this.#isAnswered = true;
  }

  fail(error: Error): void {
    this.#error = error;
    this.#isAnswered = true;
  }

  /** The roles of all entries together. Where the key names no type and there are several: the first entry's. */
  result(): Found {
    if (this.#error !== undefined) return this.#error;
    const [first] = this.#entries;
    if (first === undefined) return null;
    const entries = this.#entries.filter(({ rawType }) => rawType === first.rawType);
    if (entries.length === 1) return first;
    return createSubject(
      first.reference,
      first.rawType,
      entries.flatMap(({ roles }) => roles),
    );
  }
}
