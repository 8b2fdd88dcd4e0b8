import type { Domain } from '../model/contract.ts';
import type { PageToken } from '../model/page.ts';

/** What the policies know of an endpoint. */
export interface EndpointFacts {
  /** Resource and method, such as `users.batchGet`: label of metrics and logs, name of the span, part of the keys of pending answers. */
  readonly name: string;
  /** Picks address, connections and circuit breaker. */
  readonly domain: Domain;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /**
   * `safe`: may be sent any number of times. `never`: a write; it is sent again only where upstream surely did not take it, and whether it was
   * carried out stands in the error's `outcome`.
   */
  readonly repeat: 'safe' | 'never';
  /** What a refusal means here, by status, where the general words would not help. */
  readonly refusals?: ReadonlyMap<number, string>;
}

/** Where a call goes and what it sends. Canonical: equal inputs give equal texts, since a pending answer is picked up by them. */
interface EndpointRequest {
  readonly path: string;
  readonly body?: RequestBody;
}

export interface RequestBody {
  readonly type: 'application/json' | 'application/x-www-form-urlencoded';
  /** Made once and sent to the letter each time. */
  readonly text: string;
}

/**
 * One call that ESET Connect offers, as data: a file of `endpoints/` holds those of a resource, and is all that the client knows of them.
 */
export interface Endpoint<Input, Value> extends EndpointFacts {
  /** Fails with `BAD_USER_INPUT` on what upstream would refuse, or would take for another question. */
  readonly request: (input: Input) => EndpointRequest;
  /** Keeps what the graph serves and nothing else of a parsed body; an `InvalidBodyError` where it is not the contract's. */
  readonly read: (body: unknown) => Value | Promise<Value>;
  /** The same from the body as it came; undefined where it has to be parsed. The value calls `release`, where there is one, once nothing of it reads the body any more. Default: it always has. */
  readonly scan?: (body: Buffer, release?: () => void) => Value | undefined;
}

/** Which page of a list. */
export interface PageInput<Question> {
  /** What stays the same from page to page. */
  readonly question: Question;
  /** Absent: the first page. */
  readonly pageToken?: PageToken;
  /** From 1 to the endpoint's `maxPageSize`. */
  readonly pageSize: number;
}

/** What the body of a page says. */
export interface PageContent<Item> {
  readonly items: readonly Item[];
  /** Absent on the last page, and only there: an empty page can still have a successor. */
  readonly nextPageToken?: PageToken | undefined;
  /** How many items the whole list has. Several lists never say. */
  readonly totalSize?: number | undefined;
  /** As in `Page`. */
  readonly dispose?: (() => void) | undefined;
}

/** An endpoint that gives a list, page by page. */
export interface ListEndpoint<Question, Item> extends Endpoint<PageInput<Question>, PageContent<Item>> {
  /** What identifies an item: lists without an order may give one twice. */
  readonly keyOf: (item: Item) => string;
  /** The largest page that it pays to ask for. */
  readonly maxPageSize: number;
}
