import type { SubjectPageSource } from '../../src/model/subject-list.ts';
import { createPages } from '../../src/pages/create-pages.ts';
import { openSubjects, type SubjectPages } from '../../src/pages/subjects.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { systemRandom } from '../../src/platform/random.ts';

/** Kept pages of subjects, and what can be seen of them from outside. */
export interface SubjectCache extends SubjectPages {
  readonly pageCount: number;
  readonly sizeBytes: number;
  stampOf(credentialKey: string): number;
  close(): void;
}

export interface SubjectCacheOptions {
  readonly source: SubjectPageSource;
  readonly clock: Clock;
  readonly ttlMs: number;
  readonly maxBytes: number;
}

/** What a gateway keeps of subjects, alone in a memory of its own. */
export const createSubjectCache = ({ source, clock, ttlMs, maxBytes }: SubjectCacheOptions): SubjectCache => {
  const pages = createPages({ clock, random: systemRandom, maxBytes });
  const { known } = openSubjects(pages, source, ttlMs);
  const { freshness } = pages;
  if (known === undefined || freshness === undefined) throw new Error('nothing is kept');
  return {
    ...known,
    stampOf: (credentialKey) => freshness.stampOf(credentialKey),
    get pageCount() {
      return pages.state().pages;
    },
    get sizeBytes() {
      return pages.state().bytes;
    },
    close: () => pages.close(),
  };
};
