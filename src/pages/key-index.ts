import type { Subject } from '../model/subject.ts';
import type { KeptPage } from './kept-list.ts';

/** A subject where a kept page lists it. */
export interface Sighting {
  readonly subject: Subject;
  readonly kept: KeptPage;
}

/**
 * Finds subjects by reference in all kept pages of one caller and nested flag. Pages are only read into it when somebody
 * looks something up: callers who just page through a list never pay for it.
 */
export class SubjectIndex {
  readonly #sightings = new Map<string, Sighting | Sighting[]>();
  readonly #unread = new Set<KeptPage>();
  #repeats = false;

  /**
   * True once a page was seen to list one subject twice, against upstream's promise. From then on a sighting is not all
   * that there is to know of its subject, unless the whole list is known.
   */
  get repeats(): boolean {
    return this.#repeats;
  }

  noteRepeat(): void {
    this.#repeats = true;
  }

  add(kept: KeptPage): void {
    this.#unread.add(kept);
  }

  remove(kept: KeptPage): void {
    if (this.#unread.delete(kept)) return;
    for (const { reference } of kept.page.subjects) this.#drop(reference, kept);
  }

  /** Everywhere that kept pages, fresh or not, list the reference. */
  find(reference: string): readonly Sighting[] {
    for (const kept of this.#unread) this.#read(kept);
    this.#unread.clear();
    const found = this.#sightings.get(reference);
    if (found === undefined) return [];
    return Array.isArray(found) ? found : [found];
  }

  #read(kept: KeptPage): void {
    for (const subject of kept.page.subjects) {
      const sighting = { subject, kept };
      const earlier = this.#sightings.get(subject.reference);
      if (earlier === undefined) {
        this.#sightings.set(subject.reference, sighting);
        continue;
      }
      const all = Array.isArray(earlier) ? earlier : [earlier];
      if (all.some((other) => other.kept === kept && other.subject.rawType === subject.rawType)) this.noteRepeat();
      all.push(sighting);
      this.#sightings.set(subject.reference, all);
    }
  }

  #drop(reference: string, kept: KeptPage): void {
    const found = this.#sightings.get(reference);
    if (found === undefined) return;
    const rest = (Array.isArray(found) ? found : [found]).filter((sighting) => sighting.kept !== kept);
    const [only] = rest;
    if (only === undefined) this.#sightings.delete(reference);
    else this.#sightings.set(reference, rest.length === 1 ? only : rest);
  }
}
