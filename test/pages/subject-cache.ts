import type { SubjectPageSource } from '../../src/model/subject-list.ts';
import { createPages, type Pages } from '../../src/pages/create-pages.ts';
import { type OpenSubjects, openSubjects, type SubjectPages } from '../../src/pages/subjects/subjects.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { createManualClock } from '../support/manual-clock.ts';

/** Kept pages of subjects, and what can be seen of them from outside. */
export interface SubjectCache extends SubjectPages {
  readonly walks: SubjectWalks;
  readonly pageCount: number;
  readonly sizeBytes: number;
  versionOf(credentialKey: string): number;
  close(): void;
}

type SubjectWalks = ReturnType<typeof openWalks>;

const openWalks = (pages: Pages, list: OpenSubjects['list'], limit = 1000) =>
  pages.openWalks(list, {
    pageSize: 1000,
    maxCalls: { limit, setting: 'ROLESCOPE_MAX_CENSUS_CALLS' },
    pageTimeoutMs: 60_000,
    ttlMs: 30_000,
  });

/** What a gateway reads subjects through that keeps nothing, but for what an operation remembers. */
export const openUncached = (source: SubjectPageSource, maxCensusCalls?: number) => {
  const pages = createPages({ clock: createManualClock(), random: systemRandom, maxBytes: 0 });
  const subjects = openSubjects(pages, source, 0);
  return { ...subjects, walks: openWalks(pages, subjects.list, maxCensusCalls) };
};

export interface SubjectCacheOptions {
  readonly source: SubjectPageSource;
  readonly clock: Clock;
  readonly ttlMs: number;
  readonly maxBytes: number;
}

/** What a gateway keeps of subjects, alone in a memory of its own. */
export const createSubjectCache = ({ source, clock, ttlMs, maxBytes }: SubjectCacheOptions): SubjectCache => {
  const pages = createPages({ clock, random: systemRandom, maxBytes });
  const { known, list } = openSubjects(pages, source, ttlMs);
  const { freshness } = pages;
  if (known === undefined || freshness === undefined) throw new Error('nothing is kept');
  return {
    ...known,
    walks: openWalks(pages, list),
    versionOf: (credentialKey) => freshness.versionOf(credentialKey),
    get pageCount() {
      return pages.state().pages;
    },
    get sizeBytes() {
      return pages.state().bytes;
    },
    close: () => pages.close(),
  };
};
