import type { IncomingHttpHeaders } from 'node:http';

/** One request for GraphQL, wherever it comes from. */
export interface GraphqlRequest {
  /** The parameters as they were sent: they are checked here. */
  readonly parameters: unknown;
  /** In lower case. Who calls, and what is wanted beside the answer. */
  readonly headers: IncomingHttpHeaders;
  /** Under which name it stands in logs and traces. Empty: it is given one. */
  readonly requestId: string;
  /** True: nothing may be changed by it (GET). */
  readonly isReadOnly: boolean;
  /** How it came in: as a plain POST, by the library that knows the rest of GraphQL over HTTP, or from this process. */
  readonly way: 'direct' | 'yoga' | 'process';
  /** Calls back once, should whoever asked go away before there is an answer. What it returns takes the listener away. */
  readonly onDisconnect?: (listener: () => void) => () => void;
}

/** What a request is answered with. */
export interface Answer {
  /** The JSON, in pieces. Nobody else has those that `bufferPool` lends: it takes them back from whoever has sent them. */
  readonly body: readonly Uint8Array[];
  /** HTTP status for clients that know `application/graphql-response+json`. */
  readonly status: number;
  /** HTTP status for those that take `application/json` alone: a well-formed request is answered, whatever comes of it (GraphQL over HTTP). */
  readonly jsonStatus: number;
}
