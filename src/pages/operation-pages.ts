import type { Clock } from '../model/clock.ts';
import type { Page, PageSource } from '../model/page.ts';
import { createPageCache, type PageCache } from './page-cache.ts';

/** What one operation may hold of its own reading: some twenty pages of 1000 subjects. */
const maxBytes = 32 * 1024 * 1024;
// Rough and free: a page read takes one to three times its body, and what an operation holds is gone in a moment.
const bytesOf = (page: Page) => 1000 + 3 * page.bodyBytes;

/**
 * The memory of one operation that is not served from the common cache, because it bypasses it or there is none: what it
 * has read serves its own later questions. Make one for each such operation and let it go with it. Its source keeps its
 * own promises (limits, sharing, keeping).
 */
export const createOperationPages = (source: PageSource, clock: Clock): PageCache =>
  createPageCache({ source, clock, ttlMs: Infinity, maxBytes, bytesOf, servesBypass: true });
