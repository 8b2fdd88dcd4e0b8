import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { getOperationAST, type GraphQLError, type GraphQLSchema, type ValidationRule } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { AnswerParts, OperationContext } from '../operations/pipeline.ts';
import {
  documentIdParameter,
  knowOperations,
  type KnownOperationsOptions,
} from '../operations/documents/persisted-operations.ts';
import { createDocumentCache, limitOperations } from '../operations/documents/limits.ts';

export interface YogaAnswersOptions extends AnswerParts {
  readonly schema: GraphQLSchema;
  readonly endpoint: string;
  readonly formatError: (error: unknown) => GraphQLError;
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

  const follow: Plugin<Partial<OperationContext>, NodeContext> = {
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
