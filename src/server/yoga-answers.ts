import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { getOperationAST, type GraphQLError, type GraphQLSchema, type ValidationRule } from 'graphql';
import { createYoga, type Plugin, type YogaInitialContext } from 'graphql-yoga';
import type { Caller } from '../model/operation.ts';
import type { FinishOperation } from './direct-answers.ts';
import type { IdentifyCaller, OperationContext } from './graphql.ts';
import { documentIdParameter, knowOperations, type KnownOperationsOptions } from './known-operations.ts';
import { createDocumentCache, type Limits, limitOperations } from './limits.ts';

export interface YogaAnswersOptions {
  readonly schema: GraphQLSchema;
  readonly endpoint: string;
  readonly identify: IdentifyCaller;
  /** Opens the operation. Throws where it must not run. */
  readonly contextOf: (
    request: IncomingMessage,
    response: ServerResponse,
    caller: Caller | undefined,
  ) => OperationContext;
  readonly finish: FinishOperation;
  readonly formatError: (error: unknown) => GraphQLError;
  readonly limits: Limits;
  /** Absent: every operation has to be sent whole. */
  readonly known?: KnownOperationsOptions;
  /** What documents have to keep beside GraphQL's own rules. */
  readonly rules: readonly ValidationRule[];
}

interface NodeContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

/** The standard way to an answer: Yoga, which knows every kind of request and what is wrong with one. */
export const createYogaAnswers = (options: YogaAnswersOptions): RequestListener => {
  const { schema, endpoint, identify, contextOf, finish, formatError, limits, known, rules } = options;

  const follow: Plugin<Partial<OperationContext> & Partial<YogaInitialContext>, NodeContext> = {
    onValidate({ addValidationRule }) {
      for (const rule of rules) addValidationRule(rule);
    },
    onExecute({ args: { document, operationName, contextValue } }) {
      const { open } = contextValue as Partial<OperationContext>;
      if (open !== undefined) open.name = getOperationAST(document, operationName)?.name?.value;
    },
    onExecutionResult(execution) {
      const { result, context } = execution;
      const { open, res } = context as Partial<OperationContext> & NodeContext;
      if (result === undefined || Symbol.asyncIterator in result) open?.close();
      else execution.setResult(finish(open, res, result));
    },
  };

  const yoga = createYoga<NodeContext, OperationContext>({
    schema,
    graphqlEndpoint: endpoint,
    context: ({ req, res }) => {
      const caller = identify(req.headers);
      return caller instanceof Promise
        ? caller.then((found) => contextOf(req, res, found))
        : contextOf(req, res, caller);
    },
    maskedErrors: { maskError: formatError },
    plugins: [follow, ...(known === undefined ? [] : [knowOperations(known)]), limitOperations(limits)],
    parserAndValidationCache: { documentCache: createDocumentCache(), errorCache: createDocumentCache() },
    extraParamNames: [documentIdParameter],
    // GraphiQL and the body limit are the HTTP server's; the rest is not wanted and would cost every request.
    graphiql: false,
    landingPage: false,
    maxRequestBodySize: false,
    batching: false,
    cors: false,
    multipart: false,
    logging: false,
  });
  return (request, response) => void yoga(request, response);
};
