import { GatewayError } from '../../model/errors.ts';
import type { Operation } from '../../model/operation.ts';
import type { PageToken } from '../../model/page.ts';
import type { SubjectListQuestion, SubjectPage, SubjectPageSource } from '../../model/subject-list.ts';

/** A page and where in the list it lies. */
export interface PageView {
  readonly page: SubjectPage;
  /** The token that fetched it; absent: it is the first page. */
  readonly pageToken: PageToken | undefined;
  /** How many items of the list come before the page. */
  readonly ordinal: number;
}

/** Where a walk begins. */
export interface WalkStart {
  /** Absent: at the first page. */
  readonly pageToken: PageToken | undefined;
  readonly ordinal: number;
}

/** A way through upstream's pages, forwards only. One step at a time: wait for one before taking the next. */
export interface Walk {
  /**
   * The next page, empty ones included; undefined after the last. Throws `UPSTREAM_INVALID_RESPONSE` where a page names a
   * successor that the walk has been to, and whatever the source throws. After a failure the same step may be taken again.
   */
  next(pageSize: number): Promise<PageView | undefined>;
}

/** Walks the pages of a question. */
export const createWalk = (
  source: SubjectPageSource,
  operation: Operation,
  question: SubjectListQuestion,
  start: WalkStart,
): Walk => {
  const seen = new Set<PageToken>();
  if (start.pageToken !== undefined) seen.add(start.pageToken);
  let { pageToken, ordinal } = start;
  let isOver = false;
  return {
    async next(pageSize) {
      if (isOver) return undefined;
      const request = { question, pageSize, ...(pageToken !== undefined && { pageToken }) };
      const page = await source.fetchPage(request, operation);
      const next = page.nextPageToken;
      if (next !== undefined) {
        if (seen.has(next)) throw repeatingToken(page);
        seen.add(next);
      }
      const view = { page, pageToken, ordinal };
      isOver = next === undefined;
      pageToken = next;
      ordinal += page.items.length;
      return view;
    },
  };
};

const repeatingToken = ({ requestId }: SubjectPage): GatewayError =>
  new GatewayError(
    'UPSTREAM_INVALID_RESPONSE',
    'ESET Connect names a page as its own successor, so that the list would never end. Ask again later.',
    { requestId },
  );
