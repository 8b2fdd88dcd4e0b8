import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type GraphQLError, type GraphQLSchema, NoSchemaIntrospectionCustomRule, specifiedRules } from 'graphql';
import type { GraphContext } from '../graph/context.ts';
import type { Clock } from '../platform/clock.ts';
import type { ErrorCode } from '../model/errors.ts';
import type { Logger } from '../platform/logger.ts';
import type { Caller, Operation } from '../model/operation.ts';
import type { UpstreamReport } from '../model/upstream-report.ts';
import type { AnswerParts, FinishOperation, IdentifyCaller, OperationContext } from '../operations/pipeline.ts';
import { createClientErrors } from '../operations/client-errors.ts';
import { createDirectAnswers } from './direct-answers.ts';
import { createTextGate, type KnownOperationsOptions } from '../operations/documents/persisted-operations.ts';
import { createKeptAnswers } from '../operations/response-cache.ts';
import type { Freshness } from '../pages/create-pages.ts';
import { createKnownQueries } from '../operations/documents/document-cache.ts';
import { createLimits, type OperationLimits } from '../operations/documents/limits.ts';
import type { Operations } from '../operations/operations.ts';
import { reportHeader } from './report-header.ts';
import { readBody } from './body.ts';
import { whenAsked } from './lazy-listener.ts';

export interface GraphqlOptions {
  readonly schema: GraphQLSchema;
  readonly endpoint: string;
  /** What resolvers answer an operation from. */
  readonly contextFor: (operation: Operation) => GraphContext;
  readonly identify: IdentifyCaller;
  readonly operations: Operations;
  readonly clock: Clock;
  readonly limits: OperationLimits;
  /** Absent: every operation has to be sent whole. */
  readonly known?: KnownOperationsOptions;
  /** False: introspection is refused, and no error proposes a name of the schema. */
  readonly introspection: boolean;
  /** Whether queries are answered by plans and not by the standard executor. */
  readonly plans: boolean;
  /** When an answer may be given again. Absent: none is kept. */
  readonly freshness?: Freshness | undefined;
  /** Memory that answers kept whole may take. */
  readonly keptAnswersBytes: number;
  readonly logger: Logger;
  /** True: every answer tells in `extensions.upstream` what it cost, not only those that asked for it. */
  readonly alwaysReport: boolean;
}

/** Answers GraphQL over HTTP at one endpoint: queries from plans, and whatever else comes by Yoga. */
export const createGraphqlHandler = (options: GraphqlOptions): RequestListener => {
  const { schema, contextFor, identify, operations, logger, alwaysReport, introspection } = options;
  const formatError = createClientErrors(logger, introspection);
  const limits = createLimits(schema, options.limits);
  const rules = introspection ? [] : [NoSchemaIntrospectionCustomRule];

  const contextOf = (req: IncomingMessage, res: ServerResponse, caller: Caller | undefined): OperationContext => {
    const open = operations.open(req, res, caller);
    return { open, ...contextFor(open.operation) };
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

  const parts: AnswerParts = { limits, identify, contextOf, finish };

  // Loaded when there is something that only it can answer: it would be a third of the time to the first answer, and much of the idle memory.
  const loadYoga = () => import('./yoga-handler.ts');
  // Sure to be needed: nobody is to wait for it later. Where it cannot be loaded, whoever needs it is told.
  if (!options.plans || options.known?.manifest !== undefined) loadYoga().catch(() => {});
  const yoga = whenAsked(async () => {
    const { createYogaAnswers } = await loadYoga();
    return createYogaAnswers({ ...options, ...parts, formatError, rules });
  });
  if (!options.plans) return yoga;

  const known = createKnownQueries({
    schema,
    mayRun: options.known === undefined ? () => true : createTextGate(options.known),
    parse: (query) => limits.parse(query),
    rules: [...specifiedRules, ...rules],
    checkCost: (operation) => limits.checkCost(operation),
  });

  // What every answer reports is true once.
  const { freshness, clock, keptAnswersBytes: maxBytes } = options;
  const kept = freshness === undefined || alwaysReport ? undefined : createKeptAnswers({ freshness, clock, maxBytes });
  const answerDirectly = createDirectAnswers({ ...parts, known, kept });
  return (request, response) => {
    if (request.method !== 'POST') yoga(request, response);
    else readBody(request, (body) => answerDirectly(request, response, body, () => yoga(request, response)));
  };
};

const noCodes: readonly ErrorCode[] = [];

/** Every error has one: that is what the formatter is for. */
const codesOf = (errors: readonly GraphQLError[]): readonly ErrorCode[] => [
  ...new Set(errors.map(({ extensions }) => extensions['code'] as ErrorCode)),
];

const asksForReport = (request: IncomingMessage): boolean => {
  const value = request.headers[reportHeader];
  return value !== undefined && value !== 'false';
};

const reportJson = (report: UpstreamReport, clock: Clock) => ({
  calls: report.calls,
  byDomain: report.byDomain,
  fromCache: report.fromCache,
  retries: report.retries,
  waitedMs: Math.round(report.waitedMs),
  oldestPageAgeMs: report.oldestPageAtMs === undefined ? null : Math.max(0, clock.nowMs() - report.oldestPageAtMs),
});
