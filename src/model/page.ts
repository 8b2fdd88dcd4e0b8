import type { Brand } from '../platform/brand.ts';
import type { Operation } from './operation.ts';

/** Upstream's handle on its next page, Opaque: hand it back unread. */
export type PageToken = Brand<string, 'PageToken'>;

/** One page of a list. */
export interface PageRequest<Question> {
  /** Which list: all that is asked of upstream but where in the list and how much of it. */
  readonly question: Question;
  /** Absent: the first page. */
  readonly pageToken?: PageToken;
  /** 1 to upstream's bound on this list. A wish: the page may be shorter, empty, or, when it was kept earlier, of another size. */
  readonly pageSize: number;
}

/** One upstream answer, read and checked. Immutable and shared: never change one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Absent on the last page, and only there: an empty page can still have a successor. */
  readonly nextPageToken?: PageToken | undefined;
  /** How many items the whole list has, where upstream said so. May exceed 2^31-1. */
  readonly totalSize?: number | undefined;
  /** The page size that upstream was asked for when it gave this page. */
  readonly pageSize: number;
  /** When upstream gave this page, in milliseconds of the gateway's clock. */
  readonly fetchedAtMs: number;
  /** Upstream's `request-id` for this answer. */
  readonly requestId?: string | undefined;
  /** Bytes of the answer's body as received: what bounds on memory start from. */
  readonly bodyBytes: number;
  /** For who has it alone, and will never again read anything of its items. What they do not have by then is lost: reading it throws. */
  readonly dispose?: (() => void) | undefined;
}

/**
 * Whoever can answer with pages of a list: the upstream client, and the page cache in front of it. A refusal is a `GatewayError`.
 * `fetchPage` settles soon after `operation.signal` aborts.
 */
export interface PageSource<Question, Item> {
  fetchPage(request: PageRequest<Question>, operation: Operation): Promise<Page<Item>>;
}
