import type { DocumentNode, GraphQLError, OperationDefinitionNode } from 'graphql';
import type { Signal } from '../../platform/abort.ts';
import type { AnswerBounds } from './answer-meter.ts';
import type { Chunk } from './json-writer.ts';

/** Coerced, as `getVariableValues` does. */
export type Variables = Readonly<Record<string, unknown>>;

/** What one execution of an operation is given. */
export interface ExecutionArguments {
  readonly rootValue: unknown;
  readonly contextValue: unknown;
  readonly variables: Variables;
  /** The variables as the client sent them. */
  readonly givenVariables: Variables;
  /** Once it aborts, what still comes in is not looked at any more. */
  readonly signal: Signal | undefined;
  readonly bounds: AnswerBounds;
  /** By what it is known where it waits for turns. */
  readonly owner: object;
}

export interface ExecutionResult {
  /** The JSON of `data`. */
  readonly data: Chunk;
  readonly errors: readonly GraphQLError[];
  /** How many errors there were beside those: an answer does not list more than some hundred. */
  readonly unlistedErrors: number;
}

/** Which executor runs an operation. */
export type ExecutorName = 'compiled' | 'standard';

/** An operation of a validated document, ready to be run any number of times. */
export interface PreparedOperation {
  readonly executor: ExecutorName;
  /**
   * Runs it. Throws, or rejects with, an `AnswerLimitError` where the answer grows past its bounds, and with nothing else: whatever else goes wrong
   * stands among the errors.
   */
  execute(given: ExecutionArguments): ExecutionResult | Promise<ExecutionResult>;
  /**
   * Of a subscription: where its events come from. Each is executed by itself then, as the root value. A list: the errors that keep it from beginning. Absent of
   * everything else.
   */
  subscribe?(
    given: Omit<ExecutionArguments, 'bounds' | 'owner'>,
  ): Promise<AsyncIterator<unknown> | readonly GraphQLError[]>;
}

/** Runs operations of one schema. */
export interface Executor {
  /** Does no work in proportion to what the operation asks for. */
  prepare(document: DocumentNode, operation: OperationDefinitionNode): PreparedOperation;
}
