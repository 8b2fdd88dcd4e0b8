import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { GraphContext } from '../graph/context.ts';
import type { Caller } from '../model/operation.ts';
import type { Limits } from './documents/limits.ts';
import type { OpenOperation } from './operations.ts';

/** Who sends a request; undefined where it does not say. Throws, or rejects with, a `GatewayError` where it must say. */
export type IdentifyCaller = (headers: IncomingMessage['headers']) => Caller | undefined | Promise<Caller | undefined>;

/** What one operation runs with. */
export interface OperationContext extends GraphContext {
  readonly open: OpenOperation;
}

/** Closes an operation, tells who watches, and makes its result what the client is to see. */
export type FinishOperation = (
  open: OpenOperation | undefined,
  response: ServerResponse,
  result: ExecutionResult,
) => ExecutionResult;

/** What both ways to an answer work with. */
export interface AnswerParts {
  readonly limits: Limits;
  readonly identify: IdentifyCaller;
  /** Opens the operation. Throws where it must not run. */
  readonly contextOf: (
    request: IncomingMessage,
    response: ServerResponse,
    caller: Caller | undefined,
  ) => OperationContext;
  readonly finish: FinishOperation;
}
