import type { Clock } from '../model/clock.ts';
import type { PageSource } from '../model/page.ts';
import { createPageCache, type PageCache } from './page-cache.ts';

/** What one operation may hold of its own reading: about thirty pages of 1000 subjects. */
const maxBytes = 32 * 1024 * 1024;

/**
 * The memory of one operation that is not served from the common cache, because it bypasses it or there is none: what it
 * has read serves its own later questions. Make one for each such operation and let it go with it. Its source keeps its
 * own promises (limits, sharing, keeping).
 */
export const createOperationPages = (source: PageSource, clock: Clock): PageCache =>
  createPageCache({ source, clock, ttlMs: Infinity, maxBytes, servesBypass: true });
