import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { Caller } from '../model/operation.ts';
import { executePlan, type PlanResult } from '../operations/executor/execute.ts';
import type { AnswerParts, OperationContext } from '../operations/pipeline.ts';
import type { Chunk } from '../operations/executor/json-writer.ts';
import type { AnswerPlace, KeptAnswer, KeptAnswers } from '../operations/response-cache.ts';
import type { KnownQueries, PlannedQuery, QueryParameters } from '../operations/documents/document-cache.ts';
import { reportHeader } from './report-header.ts';

export interface DirectAnswersOptions extends AnswerParts {
  readonly known: KnownQueries;
  /** Absent: none are kept. */
  readonly kept: KeptAnswers | undefined;
}

/**
 * Answers a request whose query is known, straight from its plan. Calls `otherwise`, with nothing done and nothing answered, for every other
 * request and for everything that is not as it should be: Yoga then says what is wrong. A client cannot tell the two ways apart.
 */
export type DirectAnswers = (
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
  otherwise: () => void,
) => void;

export const createDirectAnswers = (options: DirectAnswersOptions): DirectAnswers => {
  const { known, identify, contextOf, finish, kept } = options;

  const plannedQuery = (body: string): PlannedQuery | undefined => {
    const parameters = readParameters(body);
    return parameters && known.find(parameters);
  };

  return (request, response, body, otherwise) => {
    const mediaType = mediaTypeOf(request.headers.accept);
    if (mediaType === undefined) return otherwise();

    const answerAgain = (answer: KeptAnswer, caller: Caller): void => {
      const context = attempt(() => contextOf(request, response, caller));
      if (context === undefined) return otherwise();
      const { open, operation } = context;
      open.name = answer.operationName;
      operation.report.fromCache = answer.fromCache;
      operation.report.oldestPageAtMs = answer.oldestPageAtMs;
      finish(open, response, nothing);
      send(response, mediaType, answer.body);
    };

    const answerNow = (
      context: OperationContext,
      { plan, variables }: PlannedQuery,
      place: AnswerPlace | undefined,
    ): void => {
      const { open, operation } = context;
      const operationName = plan.operation.name?.value;
      open.name = operationName;
      const { signal } = operation;
      const result = executePlan(plan, { rootValue: undefined, contextValue: context, variables, signal });
      const finishWith = ({ data, errors }: PlanResult): void => {
        const finished = finish(open, response, errors.length === 0 ? nothing : { errors });
        const answer = writeAnswer(data, finished);
        // What was added to it (errors, what it cost) is true once.
        if (finished === nothing) place?.keep(operation, { body: answer, operationName });
        send(response, mediaType, answer);
      };
      if (result instanceof Promise) result.then(finishWith).catch(giveUp);
      else finishWith(result);
    };

    const answerTo = (caller: Caller | undefined): void => {
      const place = caller && mayRepeat(request) ? kept?.placeOf(caller, body) : undefined;
      if (caller !== undefined && place?.answer !== undefined) return answerAgain(place.answer, caller);
      const planned = attempt(() => plannedQuery(body));
      const context = planned && attempt(() => contextOf(request, response, caller));
      if (planned === undefined || context === undefined) otherwise();
      else answerNow(context, planned, place);
    };

    // Nobody waits for any of this: an error that comes up here must cost this request, not the process.
    const giveUp = (): void => void response.destroy();

    const caller = attempt(() => ({ known: identify(request.headers) }));
    if (caller === undefined) return otherwise();
    if (caller.known instanceof Promise) {
      caller.known.then(answerTo, otherwise).catch(giveUp);
      return;
    }
    try {
      answerTo(caller.known);
    } catch {
      giveUp();
    }
  };
};

/** What stands beside the data of most answers. */
const nothing: ExecutionResult = {};

const dataKey = Buffer.from('{"data":');
const end = Buffer.from('}');

const writeAnswer = (data: Chunk, { errors, extensions }: ExecutionResult): Buffer => {
  const beside: string[] = [];
  if (errors !== undefined) beside.push(`,"errors":${JSON.stringify(errors)}`);
  if (extensions !== undefined) beside.push(`,"extensions":${JSON.stringify(extensions)}`);
  return Buffer.concat([dataKey, ...data, Buffer.from(beside.join('')), end]);
};

/** Whoever says anything about keeping, or wants to know what the answer cost, is answered anew. */
const mayRepeat = ({ headers }: IncomingMessage): boolean =>
  headers['cache-control'] === undefined && headers[reportHeader] === undefined;

/** Undefined where it throws: whatever is wrong comes up again on the other way, which answers it. */
const attempt = <Value>(work: () => Value): Value | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};

/** The parameters of a request of the usual form. Everything else (ids in place of documents, batches) is not read here. */
const readParameters = (body: string): QueryParameters | undefined => {
  const parsed = JSON.parse(body) as unknown;
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { query, operationName, variables, ...others } = parsed as Record<string, unknown>;
  if (typeof query !== 'string' || Object.keys(others).length > 0) return undefined;
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') return undefined;
  if (variables !== undefined && (typeof variables !== 'object' || Array.isArray(variables))) return undefined;
  return { query, operationName, variables: variables as QueryParameters['variables'] };
};

const json = 'application/json';
const graphqlJson = 'application/graphql-response+json';

/** The media type that Yoga would answer with: the first of ours that the client names. Undefined: Yoga is to find out. */
const mediaTypeOf = (accept: string | undefined): string | undefined => {
  if (accept === undefined || accept === json || accept === '*/*') return json;
  if (accept === graphqlJson) return graphqlJson;
  for (const range of accept.toLowerCase().split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (parameters.some((parameter) => parameter.startsWith('charset'))) return undefined;
    if (name === graphqlJson) return graphqlJson;
    if (name === json || name === '*/*' || name === 'application/*') return json;
  }
  return undefined;
};

const send = (response: ServerResponse, mediaType: string, body: Buffer): void => {
  // Whoever asked is gone.
  if (response.destroyed) return;
  // An operation that ran is a 200, whatever came of it (GraphQL over HTTP).
  response.writeHead(200, { 'content-type': `${mediaType}; charset=utf-8`, 'content-length': body.length }).end(body);
};
