import type { IncomingHttpHeaders } from 'node:http';
import { getVariableValues, type GraphQLSchema, OperationTypeNode } from 'graphql';
import type { GraphContext } from '../graph/context.ts';
import { type ErrorCode, GatewayError } from '../model/errors.ts';
import type { Caller, Operation } from '../model/operation.ts';
import type { Freshness } from '../pages/create-pages.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Turns } from '../platform/turns.ts';
import { untilAborted } from '../platform/until-aborted.ts';
import { type ClientError, createClientErrors } from './client-errors.ts';
import { createDocumentCache, type KnownOperation } from './documents/document-cache.ts';
import { type DocumentLimits, maxFields } from './documents/document-limits.ts';
import { createPersistedOperations, type PersistedOperationsOptions } from './documents/persisted-operations.ts';
import { rulesFor } from './documents/rules.ts';
import { type AnswerBounds, AnswerLimitError } from './executor/answer-meter.ts';
import type { ExecutionResult, Variables } from './executor/executor.ts';
import { createExecutors } from './executors.ts';
import type { Answer, GraphqlRequest } from './graphql-request.ts';
import { type OperationState as State, type Question, stateOf } from './operation-state.ts';
import type { Operations } from './operations.ts';
import { readParameters } from './parameters.ts';
import { EventsNotAccepted, InvalidRequest, ReadOnlyRequest } from './refusal.ts';
import { type CacheEntry, createResponseCache } from './response-cache.ts';
import { strangersBounds, strangersCalls, strangersCannotAsk } from './strangers.ts';
import { createSubscribe } from './subscribe.ts';
import type { Subscriptions } from './subscriptions.ts';
import { asksForReport, saysNothingAboutKeeping, reportJson } from './upstream-report.ts';
import { refusalStatus, writeAnswer } from './write-answer.ts';

/** Who sends a request; undefined where it does not say. Throws, or rejects with, a `GatewayError` where it must say. */
export type IdentifyCaller = (headers: IncomingHttpHeaders) => Caller | undefined | Promise<Caller | undefined>;

/** What one operation may be. Everything over it is refused before anything runs, or ended as it grows. */
interface OperationLimits extends DocumentLimits {
  /** Objects and bytes of one answer. */
  readonly maxNodes: number;
  readonly maxAnswerBytes: number;
  /** Upstream calls that it may need. As it runs, the budget of the operation holds it to the same number. */
  readonly maxCalls: number;
}

export interface PipelineOptions {
  readonly schema: GraphQLSchema;
  /** What resolvers answer an operation from. */
  readonly contextFor: (operation: Operation) => GraphContext;
  readonly identify: IdentifyCaller;
  readonly operations: Operations;
  readonly subscriptions: Subscriptions;
  readonly limits: OperationLimits;
  /** Absent: every operation has to be sent whole, or registered by its hash. */
  readonly known?: Pick<PersistedOperationsOptions, 'manifest' | 'trustedOnly'>;
  /** False: introspection is refused, and no error proposes a name of the schema. */
  readonly introspection: boolean;
  /** Whether queries are compiled, and not run by graphql-js. */
  readonly compiles: boolean;
  /** When an answer may be given again. Absent: none is kept. */
  readonly freshness?: Freshness | undefined;
  /** Memory that answers kept whole may take. */
  readonly cachedAnswersBytes: number;
  /** True: every answer tells in `extensions.upstream` what it cost, not only those that asked for it. */
  readonly alwaysReport: boolean;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** From a GraphQL document to the bytes of its answer. */
export interface Pipeline {
  /** Answers one request. At once, where nothing has to be waited for. Never throws or rejects: whatever goes wrong is an answer. */
  execute(request: GraphqlRequest): Answer | Promise<Answer>;
  /** Whether a request asks for events. False where that cannot be told: it will be refused. */
  isSubscription(parameters: unknown): boolean;
  /**
   * Answers a subscription, event by event, as slowly as it is read. Every event is an operation of its own, with everything that belongs to one. Never rejects: what
   * ends it early is its last answer.
   */
  subscribe(request: GraphqlRequest): AsyncIterableIterator<Answer>;
  /** The answer to a request that is refused before its parameters can be read. */
  refuse(request: GraphqlRequest, error: unknown): Answer;
}

/** Whoever gets so many errors has enough to go on. */
const maxVariableErrors = 10;

/**
 * The steps of every request, in their order: document → limits → caller → open → cache → execute → errors → report → write. There is no other way to
 * an answer, whoever reads the request and whichever executor runs it.
 */
export const createPipeline = (options: PipelineOptions): Pipeline => {
  const { schema, contextFor, identify, operations, limits, introspection, clock, freshness, alwaysReport } = options;
  const formatErrors = createClientErrors(options.logger);
  const persisted = createPersistedOperations({
    trustedOnly: false,
    ...options.known,
    maxDocumentBytes: limits.maxDocumentBytes,
  });
  const documents = createDocumentCache({
    schema,
    limits,
    rules: rulesFor(introspection),
    suggestsNames: introspection,
    prepare: createExecutors({ ...options, maxFields }),
    turns: options.turns,
  });
  // What every answer reports is true once.
  const responses =
    freshness === undefined || alwaysReport
      ? undefined
      : createResponseCache({ freshness, clock, maxBytes: options.cachedAnswersBytes });
  const callersBounds: AnswerBounds = { maxObjects: limits.maxNodes, maxBytes: limits.maxAnswerBytes };
  const boundsOfStrangers = smaller(callersBounds, strangersBounds);

  /** Document, and limits: nothing is planned, and nothing kept, of what may not run. */
  const read = (state: State): Question | Promise<Question> => {
    const parameters = readParameters(state.request.parameters);
    const { operationName, variables: givenVariables } = parameters;
    const { text, isTrusted } = persisted.documentOf(parameters);
    state.text = text;
    state.isTrusted = isTrusted;
    const check = (known: KnownOperation): Question => {
      const { operation, cost } = known;
      if (state.request.isReadOnly && operation.operation === OperationTypeNode.MUTATION)
        throw new ReadOnlyRequest(postOnly);
      const variables = coerce(known, givenVariables);
      const calls = cost.callsWith(variables);
      if (calls > limits.maxCalls) throw tooManyCalls(calls, limits.maxCalls);
      documents.keep(text, operationName, known);
      state.name = operation.name?.value;
      return { known, variables, givenVariables, calls };
    };
    const known = documents.operationOf(text, operationName);
    return known instanceof Promise ? known.then(check) : check(known);
  };

  const coerce = ({ operation: { variableDefinitions } }: KnownOperation, given: Variables): Variables => {
    if (variableDefinitions === undefined || variableDefinitions.length === 0) return noVariables;
    const { coerced, errors } = getVariableValues(schema, variableDefinitions, given, {
      maxErrors: maxVariableErrors,
      hideSuggestions: !introspection,
    });
    if (errors !== undefined) throw new InvalidRequest(errors);
    return coerced;
  };

  /** Where the events of a subscription come from. Finding that out is an operation like every other. */
  const begin = async (state: State, question: Question, caller: Caller): Promise<AsyncIterator<unknown>> => {
    const { operation } = (state.open = operations.open(state.request, caller));
    state.path = 'standard';
    const { known, variables, givenVariables } = question;
    const given = { variables, givenVariables, signal: operation.signal };
    const source = known.prepared.subscribe?.({ ...given, rootValue: undefined, contextValue: contextFor(operation) });
    if (source === undefined) throw new EventsNotAccepted(eventsOnly);
    const begun = await untilAborted(source, operation.signal);
    if (!('next' in begun)) throw new InvalidRequest(begun);
    finish(state, noErrors);
    return begun;
  };

  /** Caller, and on. */
  const ask = (state: State, question: Question): Answer | Promise<Answer> => {
    if (question.known.operation.operation === OperationTypeNode.SUBSCRIPTION) throw new EventsNotAccepted(eventsOnly);
    const caller = identify(state.request.headers);
    return caller instanceof Promise ? caller.then((who) => run(state, question, who)) : run(state, question, caller);
  };

  /** Open, cache, execute. */
  const run = (
    state: State,
    question: Question,
    caller: Caller | undefined,
    event?: unknown,
  ): Answer | Promise<Answer> => {
    if (caller === undefined && question.calls > strangersCalls) throw strangersCannotAsk();
    const open = operations.open(state.request, caller);
    state.open = open;
    const entry = caller && entryFor(state, question, caller);
    if (entry?.answer !== undefined) {
      const { body, fromCache, oldestPageAtMs } = entry.answer;
      Object.assign(open.operation.report, { fromCache, oldestPageAtMs });
      state.path = 'cached';
      finish(state, noErrors);
      return answered(body);
    }
    const { known, variables, givenVariables } = question;
    state.path = known.prepared.executor;
    const result = known.prepared.execute({
      rootValue: event,
      contextValue: contextFor(open.operation),
      variables,
      givenVariables,
      signal: open.operation.signal,
      bounds: caller === undefined ? boundsOfStrangers : callersBounds,
      owner: open.operation,
    });
    return result instanceof Promise
      ? result.then((known) => answer(state, known, entry))
      : answer(state, result, entry);
  };

  /** Errors, report, write. */
  const answer = (state: State, { data, errors, unlistedErrors }: ExecutionResult, entry?: CacheEntry): Answer => {
    const listed = errors.length === 0 ? noErrors : formatErrors(errors, state.text);
    const shown = unlistedErrors === 0 ? listed : [...listed, unlisted(unlistedErrors, listed)];
    const upstream = costOf(state);
    const body = writeAnswer({ data, errors: shown, upstream }, limits.maxAnswerBytes);
    // What was added to the data (errors, what it cost) is true once.
    if (state.open !== undefined && shown.length === 0 && upstream === undefined)
      entry?.keep(state.open.operation, body);
    finish(state, shown);
    return answered(body);
  };

  /** The same for what was refused, or has failed as a whole. */
  const refuse = (state: State, error: unknown): Answer => {
    const errors = formatErrors(error instanceof InvalidRequest ? error.errors : [error], state.text);
    const isCutOff = error instanceof AnswerLimitError && state.open !== undefined;
    // What still waits for upstream waits for nothing.
    if (isCutOff) state.open?.abort(new GatewayError('BAD_USER_INPUT', error.message));
    const body = writeAnswer({ data: isCutOff ? nothing : undefined, errors, upstream: costOf(state) });
    finish(state, errors);
    return isCutOff ? answered(body) : { body, ...refusalStatus(error, errors) };
  };

  /** What the operation cost upstream, where the client is to know. */
  const costOf = ({ request, open }: State): object | undefined =>
    open !== undefined && (alwaysReport || asksForReport(request.headers))
      ? reportJson(open.operation.report, clock)
      : undefined;

  /** Closes the operation and tells who watches. */
  const finish = (state: State, errors: readonly ClientError[]): void => {
    state.open?.close();
    const { isTrusted, path, name } = state;
    operations.report(state.open, state.request, { isTrusted, path, name, codes: codesOf(errors) });
  };

  const entryFor = ({ request }: State, { known, givenVariables }: Question, caller: Caller): CacheEntry | undefined =>
    responses !== undefined &&
    known.operation.operation === OperationTypeNode.QUERY &&
    saysNothingAboutKeeping(request.headers)
      ? responses.entryFor(caller, `${known.id} ${JSON.stringify(givenVariables)}`)
      : undefined;

  return {
    execute(request) {
      const state = stateOf(request);
      try {
        const question = read(state);
        const answer = question instanceof Promise ? question.then((read) => ask(state, read)) : ask(state, question);
        return answer instanceof Promise ? answer.catch((error) => refuse(state, error)) : answer;
      } catch (error) {
        return refuse(state, error);
      }
    },
    isSubscription(parameters) {
      try {
        const sent = readParameters(parameters);
        return documents.kindOf(persisted.documentOf(sent).text, sent.operationName) === OperationTypeNode.SUBSCRIPTION;
      } catch {
        return false;
      }
    },
    subscribe: createSubscribe({ ...options, read, begin, run, refuse }),
    refuse: (request, error) => refuse(stateOf(request), error),
  };
};

const noVariables: Variables = {};
const noErrors: ClientError[] = [];
const noCodes: readonly ErrorCode[] = [];
const nothing = [Buffer.from('null')];
const answered = (body: Answer['body']): Answer => ({ body, status: 200, jsonStatus: 200 });

const codesOf = (errors: readonly ClientError[]): readonly ErrorCode[] =>
  errors.length === 0 ? noCodes : [...new Set(errors.map(({ extensions }) => extensions.code))];

/** One error in the place of many that are like those before it. */
const unlisted = (count: number, listed: readonly ClientError[]): ClientError => ({
  message: `${count.toLocaleString('en-US')} more errors are not listed. What is null without one is so for the reasons above.`,
  extensions: { code: listed.at(-1)?.extensions.code ?? 'INTERNAL' },
});

const smaller = (a: AnswerBounds, b: AnswerBounds): AnswerBounds => ({
  maxObjects: Math.min(a.maxObjects, b.maxObjects),
  maxBytes: Math.min(a.maxBytes, b.maxBytes),
});

const eventsOnly =
  'A subscription is answered with server-sent events, and this client does not take them. Send the header Accept: text/event-stream.';

const postOnly = 'Only queries are answered to GET. Send this operation with POST.';

const tooManyCalls = (calls: number, maxCalls: number): GatewayError =>
  new GatewayError(
    'CALL_BUDGET_EXCEEDED',
    `This operation needs at least ${calls.toLocaleString('en-US')} upstream calls, and ${maxCalls.toLocaleString('en-US')} is the most that one operation may cost. Ask for less at once.`,
  );
