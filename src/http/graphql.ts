import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Answer, GraphqlRequest } from '../operations/graphql-request.ts';
import type { Pipeline } from '../operations/pipeline.ts';
import { MalformedRequest } from '../operations/refusal.ts';
import type { Operations } from '../operations/operations.ts';
import { requestIdOf } from '../operations/request-id.ts';
import { bufferPool } from '../platform/buffer-pool.ts';
import { readBody } from './body.ts';
import { takesEvents } from './events.ts';
import { OwnResponse, sendError } from './responses.ts';
import type { YogaHandler } from './yoga-handler.ts';

interface GraphqlOptions {
  readonly pipeline: Pipeline;
  readonly endpoint: string;
  readonly operations: Operations;
}

/**
 * GraphQL over HTTP at one endpoint. A plain POST goes straight into the pipeline; everything else (GET, media types that have to be chosen, streams of
 * events) is read and answered by Yoga, around the same pipeline. A client cannot tell the two apart.
 */
export const createGraphqlListener = ({ pipeline, endpoint, operations }: GraphqlOptions): RequestListener => {
  // Loaded when there is something that only it can read: it would be a third of the time to the first answer, and much of the idle memory.
  let yoga: Promise<YogaHandler> | undefined;
  const loadYoga = (): Promise<YogaHandler> =>
    (yoga ??= import('./yoga-handler.ts').then(({ createYogaHandler }) => createYogaHandler({ pipeline, endpoint })));

  const answerTo = (request: IncomingMessage, response: ServerResponse, body: string | undefined): void => {
    const send = ({ body: pieces, status, jsonStatus }: Answer, mediaType: string): void => {
      // Nobody is there to read it.
      if (response.destroyed) return;
      if (operations.isEnding) response.setHeader('connection', 'close');
      let length = 0;
      for (const piece of pieces) length += piece.length;
      response.writeHead(mediaType === json ? jsonStatus : status, {
        'content-type': `${mediaType}; charset=utf-8`,
        'content-length': length,
      });
      if (response instanceof OwnResponse) releaseOnceSent(pieces, response);
      for (let index = 0; index < pieces.length - 1; index++) response.write(pieces[index]);
      response.end(pieces.at(-1));
    };

    const graphqlRequest = (parameters: unknown, way: GraphqlRequest['way']): GraphqlRequest => ({
      parameters,
      headers: request.headers,
      requestId: requestIdOf(response),
      isReadOnly: body === undefined,
      way,
      onDisconnect: (listener) => {
        const onClose = (): void => {
          if (!response.writableFinished) listener();
        };
        response.once('close', onClose);
        return () => response.off('close', onClose);
      },
    });

    const mediaType = mediaTypeOf(request.headers.accept);
    const parameters = body === undefined ? undefined : parse(body);
    const isOfEvents = takesEvents(request.headers.accept) && pipeline.isSubscription(parameters);
    if (body === undefined || mediaType === undefined || isOfEvents) {
      const answer = loadYoga().then((handle) => handle({ request, response, body, graphqlRequest, operations }));
      answer.catch(() => fail(response));
      return;
    }
    const answer =
      parameters === undefined
        ? pipeline.refuse(graphqlRequest(undefined, 'direct'), new MalformedRequest('The body is not JSON.'))
        : pipeline.execute(graphqlRequest(parameters, 'direct'));
    if (answer instanceof Promise) answer.then((known) => send(known, mediaType)).catch(() => fail(response));
    else send(answer, mediaType);
  };

  return (request, response) => {
    if (request.method === 'POST') readBody(request, (body) => answerTo(request, response, body));
    else answerTo(request, response, undefined);
  };
};

/** Gives back what is lent of an answer as soon as all of it is the system's, which `finish` says where the connection has not broken. What is never given back goes to the garbage collector. */
const releaseOnceSent = (pieces: Answer['body'], response: OwnResponse): void => {
  const lent = pieces.filter((piece) => bufferPool.lends(piece));
  if (lent.length === 0) return;
  const { socket } = response;
  response.once('finish', () => {
    if (socket?.destroyed === false) for (const piece of lent) bufferPool.release(piece);
  });
};

/** An error of our own must cost this request, not the process. */
const fail = (response: ServerResponse): void => {
  if (response.headersSent || response.destroyed) response.destroy();
  else
    sendError(
      response,
      500,
      'The gateway failed on its own account. Try again, and report it if it stays.',
      'INTERNAL',
    );
};

/** Undefined where it is none: JSON knows no such value. */
const parse = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
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
