import type { Brand } from '../platform/brand.ts';
import type { Operation } from './operation.ts';
import type { Subject } from './subject.ts';

/** Upstream's handle on its next page, at most 128 characters. Opaque: hand it back unread. */
export type PageToken = Brand<string, 'PageToken'>;

/** Upstream's bound on the size of one page, and its default (ESET Connect, `pageSize`). */
export const maxPageSize = 1000;

/** What is asked of upstream, without where in the list and how much of it: equal lists are equal questions. */
export interface ListQuestion {
  readonly subjectReference?: string;
  /** Upstream's word, such as `SUBJECT_TYPE_USER`. Only meaningful beside `subjectReference`. */
  readonly subjectType?: string;
  readonly includeNestedScopes: boolean;
  /** AIP-132 syntax, such as `subjectType desc,subjectReference`. Absent: upstream's own order. */
  readonly orderBy?: string;
}

export interface PageRequest {
  readonly question: ListQuestion;
  /** Absent: the first page. */
  readonly pageToken?: PageToken;
  /** 1 to `maxPageSize`. A wish: the page may be shorter, empty, or, when it was kept earlier, of another size. */
  readonly pageSize: number;
}

/** One upstream answer, read and checked. Immutable and shared: never change one. */
export interface Page {
  readonly subjects: readonly Subject[];
  /** Absent on the last page, and only there: an empty page can still have a successor. */
  readonly nextPageToken?: PageToken;
  /** How many subjects the whole list has, where upstream said so. May exceed 2^31-1. */
  readonly totalSize?: number;
  /** The page size that upstream was asked for when it gave this page. */
  readonly pageSize: number;
  /** When upstream gave this page, in milliseconds of the gateway's clock. */
  readonly fetchedAtMs: number;
  /** Upstream's `request-id` for this answer. */
  readonly requestId?: string;
  /** Bytes of the answer's body as received: what bounds on memory start from. */
  readonly bodyBytes: number;
}

/**
 * Whoever can answer with pages: the upstream client, and the page cache in front of it. A refusal is a `GatewayError`.
 * `fetchPage` settles soon after `operation.signal` aborts.
 */
export interface PageSource {
  fetchPage(request: PageRequest, operation: Operation): Promise<Page>;
}
