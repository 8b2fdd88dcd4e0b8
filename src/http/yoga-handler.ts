import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline as pipe } from 'node:stream/promises';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Answer, GraphqlRequest } from '../operations/graphql-request.ts';
import type { Operations } from '../operations/operations.ts';
import { documentIdParameter } from '../operations/parameters.ts';
import type { Pipeline } from '../operations/pipeline.ts';
import {
  eventResults,
  eventStream,
  eventStreamHeaders,
  oneAnswer,
  takesEvents,
  takesOnlyEvents,
  writtenResult,
} from './events.ts';

/** A request that Yoga is to read, and where it is answered. */
interface YogaExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: string | undefined;
  readonly graphqlRequest: (parameters: unknown, way: GraphqlRequest['way']) => GraphqlRequest;
  readonly operations: Operations;
}

/** Answers a request. Rejects where Yoga itself fails. */
export type YogaHandler = (exchange: YogaExchange) => Promise<void>;

/** Never looked at: where a request was sent to is the client's word, and may be anything. */
const origin = 'http://gateway.invalid';

/** GraphQL over HTTP, but for what happens between the parameters and the bytes of the answer: that is the pipeline's. */
export const createYogaHandler = ({
  pipeline,
  endpoint,
}: {
  readonly pipeline: Pipeline;
  readonly endpoint: string;
}): YogaHandler => {
  const answerByPipeline: Plugin<object, YogaExchange> = {
    onParams({ params, context, setParams, setParamsHandler }) {
      const { graphqlRequest, body, request } = context;
      const asked = body === undefined ? withDocumentId(params, request.url) : params;
      const { accept } = request.headers;
      setParamsHandler(async () => {
        const question = graphqlRequest(asked, 'yoga');
        if (takesEvents(accept) && pipeline.isSubscription(asked)) return eventResults(pipeline.subscribe(question));
        const answer = await pipeline.execute(question);
        return takesOnlyEvents(accept) ? eventResults(oneAnswer(answer)) : resultOf(answer);
      });
      // Yoga would check them in its own words.
      setParams({ query: '{ __typename }' });
    },
  };
  const yoga = createYoga<YogaExchange>({
    graphqlEndpoint: endpoint,
    plugins: [answerByPipeline],
    // What Yoga itself finds wrong never comes to the pipeline's steps: the parameters could not be read.
    maskedErrors: { maskError: () => new GraphQLError(notReadable, { extensions: { code: 'BAD_USER_INPUT' } }) },
    extraParamNames: [documentIdParameter],
    parserAndValidationCache: false,
    // GraphiQL and the body limit are the HTTP server's; the rest is not wanted and would cost every request.
    graphiql: false,
    landingPage: false,
    maxRequestBodySize: false,
    batching: false,
    cors: false,
    multipart: false,
    logging: false,
  });

  return async (exchange) => {
    const { request, response, body, operations } = exchange;
    const [, search = ''] = (request.url ?? '').split(/\?(.*)/s, 2);
    const { accept } = request.headers;
    const answer = await yoga.fetch(
      `${origin}${endpoint}?${search}`,
      {
        method: request.method ?? 'GET',
        headers: {
          ...(accept !== undefined && { accept: isOfEvents(exchange, pipeline) ? eventStream : accept }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body }),
      },
      exchange,
    );
    if (response.destroyed) return;
    if (operations.isEnding) response.setHeader('connection', 'close');
    const isStream = answer.headers.get('content-type') === eventStream;
    response.writeHead(answer.status, isStream ? eventStreamHeaders : Object.fromEntries(answer.headers));
    if (answer.body === null) response.end();
    else await pipe(Readable.from(answer.body), response);
  };
};

const notReadable = 'The request cannot be read as GraphQL over HTTP. Send a query, and variables as JSON.';

/** A finished answer in the form in which Yoga sends one: it chooses the media type, and with it the status. */
const resultOf = (answer: Answer): ExecutionResult => {
  const { status, jsonStatus } = answer;
  const http = { status, spec: jsonStatus === 200 };
  return {
    ...(status !== 200 && { errors: [new GraphQLError('', { extensions: { http } })] }),
    ...writtenResult(answer),
  };
};

/** Yoga would also send parts of a `multipart/mixed` to whoever takes those as well. */
const isOfEvents = ({ request, body }: YogaExchange, pipeline: Pipeline): boolean =>
  takesEvents(request.headers.accept) &&
  pipeline.isSubscription(body === undefined ? inAddress(request.url) : parse(body));

/** What tells which operation is meant. */
const inAddress = (url = ''): object => {
  const sent = new URLSearchParams(url.split('?', 2)[1]);
  const { extensions, ...names } = Object.fromEntries(sent);
  const { query, operationName, [documentIdParameter]: documentId } = names;
  return { query, operationName, documentId, extensions: extensions === undefined ? undefined : parse(extensions) };
};

/** Undefined where it is no JSON: Yoga will say so. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Yoga reads only the parameters that it knows out of an address. */
const withDocumentId = (params: object, url = ''): object => {
  const documentId = new URLSearchParams(url.split('?', 2)[1]).get(documentIdParameter);
  return documentId === null ? params : { ...params, [documentIdParameter]: documentId };
};
