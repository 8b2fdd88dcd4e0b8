import type { Variables } from './executor/executor.ts';
import type { KnownOperation } from './documents/document-cache.ts';
import type { GraphqlRequest } from './graphql-request.ts';
import type { OpenOperation, Outcome } from './operations.ts';

/** What is known of a request so far. */
export interface OperationState {
  readonly request: GraphqlRequest;
  text?: string;
  isTrusted: boolean;
  name?: string | undefined;
  open?: OpenOperation;
  path: Outcome['path'];
}

/** An operation and what it runs with. */
export interface Question {
  readonly known: KnownOperation;
  readonly variables: Variables;
  readonly givenVariables: Variables;
  /** Upstream calls that it needs on the cheapest way to its answer. */
  readonly calls: number;
}

/** Nothing is known yet. */
export const stateOf = (request: GraphqlRequest): OperationState => ({ request, isTrusted: false, path: 'none' });
