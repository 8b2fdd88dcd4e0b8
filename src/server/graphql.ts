import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { getOperationAST, type GraphQLError, type GraphQLSchema, NoSchemaIntrospectionCustomRule } from 'graphql';
import { createYoga, type Plugin, type YogaInitialContext } from 'graphql-yoga';
import type { Directory } from '../directory/questions.ts';
import type { GraphContext } from '../graph/context.ts';
import type { Clock } from '../model/clock.ts';
import type { ErrorCode } from '../model/errors.ts';
import type { Logger } from '../model/logger.ts';
import type { Caller, Operation } from '../model/operation.ts';
import type { UpstreamReport } from '../model/upstream-report.ts';
import { createClientErrors } from './client-errors.ts';
import { createDirectAnswers, type FinishOperation } from './direct-answers.ts';
import { documentIdParameter, knowOperations, type KnownOperationsOptions } from './known-operations.ts';
import { type AnswerFreshness, createKeptAnswers } from './kept-answers.ts';
import { createKnownQueries } from './known-queries.ts';
import { createDocumentCache, createLimits, limitOperations, type OperationLimits } from './limits.ts';
import type { OpenOperation, Operations } from './operations.ts';
import { reportHeader } from './report-header.ts';
import { readBody } from './request-body.ts';

/** Who sends a request; undefined where it does not say. Throws, or rejects with, a `GatewayError` where it must say. */
export type IdentifyCaller = (headers: IncomingMessage['headers']) => Caller | undefined | Promise<Caller | undefined>;

export interface GraphqlOptions {
  readonly schema: GraphQLSchema;
  readonly endpoint: string;
  readonly directoryFor: (operation: Operation) => Directory;
  readonly identify: IdentifyCaller;
  readonly operations: Operations;
  readonly clock: Clock;
  readonly limits: OperationLimits;
  /** Absent: every operation has to be sent whole. */
  readonly known?: KnownOperationsOptions;
  /** False: introspection is refused, and no error proposes a name of the schema. */
  readonly introspection: boolean;
  /** Whether queries that come again are answered by plans and not by the standard executor. */
  readonly plans: boolean;
  /** When an answer may be given again. Absent: none is kept. */
  readonly freshness?: AnswerFreshness | undefined;
  /** Memory that answers kept whole may take. */
  readonly keptAnswersBytes: number;
  readonly logger: Logger;
  /** True: every answer tells in `extensions.upstream` what it cost, not only those that asked for it. */
  readonly alwaysReport: boolean;
}

interface NodeContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

/** What one operation runs with. */
export interface OperationContext extends GraphContext {
  readonly open: OpenOperation;
}

/**
 * Answers GraphQL over HTTP at one endpoint: Yoga does, but queries that have come before are answered from their plans. The answer is a
 * Node request listener.
 */
export const createGraphqlHandler = (options: GraphqlOptions): RequestListener => {
  const { schema, endpoint, directoryFor, identify, operations, logger, alwaysReport, introspection } = options;
  const formatError = createClientErrors(logger, introspection);
  const limits = createLimits(schema, options.limits);
  const known = createKnownQueries(schema);

  const contextOf = (req: IncomingMessage, res: ServerResponse, caller: Caller | undefined): OperationContext => {
    const open = operations.open(req, res, caller);
    return { open, operation: open.operation, directory: directoryFor(open.operation) };
  };

  const finish: FinishOperation = (open, response, result) => {
    open?.close();
    const errors = result.errors?.map(formatError);
    operations.report(open, errors === undefined ? noCodes : codesOf(errors), response);
    const report =
      open !== undefined && (alwaysReport || asksForReport(response.req)) ? open.operation.report : undefined;
    if (errors === undefined && report === undefined) return result;
    return {
      ...result,
      ...(errors === undefined ? {} : { errors }),
      ...(report === undefined
        ? {}
        : { extensions: { ...result.extensions, upstream: reportJson(report, options.clock) } }),
    };
  };

  const follow: Plugin<Partial<OperationContext> & Partial<YogaInitialContext>, NodeContext> = {
    onExecute({ args: { document, operationName, contextValue } }) {
      const { open, params } = contextValue as Partial<OperationContext> & Partial<YogaInitialContext>;
      if (open !== undefined) open.name = getOperationAST(document, operationName)?.name?.value;
      if (typeof params?.query === 'string') known.learn(params.query, document);
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
        ? caller.then((known) => contextOf(req, res, known))
        : contextOf(req, res, caller);
    },
    maskedErrors: { maskError: formatError },
    plugins: [
      follow,
      ...(options.known === undefined ? [] : [knowOperations(options.known)]),
      limitOperations(limits),
      ...(introspection ? [] : [refuseIntrospection]),
    ],
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
  if (!options.plans) return (request, response) => void yoga(request, response);

  // What every answer reports is true once.
  const { freshness, clock, keptAnswersBytes: maxBytes } = options;
  const kept = freshness === undefined || alwaysReport ? undefined : createKeptAnswers({ freshness, clock, maxBytes });
  const answerDirectly = createDirectAnswers({
    known,
    limits,
    identify,
    contextOf,
    finish,
    kept,
  });
  return (request, response) => {
    if (request.method !== 'POST') return void yoga(request, response);
    readBody(request, (body) => answerDirectly(request, response, body, () => void yoga(request, response)));
  };
};

const noCodes: readonly ErrorCode[] = [];

/** Every error has one: that is what the formatter is for. */
const codesOf = (errors: readonly GraphQLError[]): readonly ErrorCode[] => [
  ...new Set(errors.map(({ extensions }) => extensions['code'] as ErrorCode)),
];

const refuseIntrospection: Plugin = {
  onValidate({ addValidationRule }) {
    addValidationRule(NoSchemaIntrospectionCustomRule);
  },
};

const asksForReport = (request: IncomingMessage): boolean => {
  const value = request.headers[reportHeader];
  return value !== undefined && value !== 'false';
};

const reportJson = (report: UpstreamReport, clock: Clock) => ({
  calls: report.calls,
  fromCache: report.fromCache,
  retries: report.retries,
  waitedMs: Math.round(report.waitedMs),
  oldestPageAgeMs: report.oldestPageAtMs === undefined ? null : Math.max(0, clock.nowMs() - report.oldestPageAtMs),
});
