import type { Clock } from '../platform/clock.ts';
import type { PageSource } from '../model/page.ts';
import { shareInFlight } from './single-flight.ts';
import type { KnownPages } from './known-pages.ts';
import { createPageCache } from './page-cache.ts';
import type { Shared } from './replicas.ts';

export interface OpenPagesOptions {
  readonly source: PageSource;
  readonly clock: Clock;
  /** How long a page may answer after upstream gave it; 0 keeps none. */
  readonly ttlMs: number;
  /** How much memory kept pages may take; 0 keeps none. */
  readonly maxBytes: number;
  /** Replicas with which kept pages are shared. */
  readonly shared?: Pick<Shared, 'sharePages'> | undefined;
}

/** Tells whether something that was made of kept pages would be made the same again. */
export interface Freshness {
  /** How long a page may answer after upstream gave it. */
  readonly ttlMs: number;
  /** Changes whenever a page of this caller has come or gone. */
  stampOf(credentialKey: string): number;
}

/** The room as the directory uses it. */
export interface OpenPages {
  readonly source: PageSource;
  /** Absent where no pages are kept. */
  readonly known?: KnownPages;
  /** Whether it pays to read more than is wanted: only where it is kept. */
  readonly readAhead: boolean;
  /** When an answer made of kept pages alone is still the answer. Absent where no pages are kept. */
  readonly freshness?: Freshness;
  /** For metrics. */
  state(): { readonly pages: number; readonly bytes: number };
  /** Drops every page and leaves no timer behind. */
  close(): void;
}

/** With or without a cache, equal calls in flight are one. */
export const openPages = ({ source, clock, ttlMs, maxBytes, shared }: OpenPagesOptions): OpenPages => {
  if (ttlMs === 0 || maxBytes === 0) {
    return {
      source: shareInFlight(source),
      readAhead: false,
      state: () => ({ pages: 0, bytes: 0 }),
      close: () => {},
    };
  }
  const cache = createPageCache({ source: shared?.sharePages(source, ttlMs) ?? source, clock, ttlMs, maxBytes });
  return {
    source: cache,
    known: cache,
    readAhead: true,
    freshness: { ttlMs, stampOf: (credentialKey) => cache.stampOf(credentialKey) },
    state: () => ({ pages: cache.pageCount, bytes: cache.sizeBytes }),
    close: () => cache.close(),
  };
};
