import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendError } from './responses.ts';

/**
 * Lets on what GraphQL over HTTP allows: GET, and POST of JSON that is not larger than the bound. Everything else is refused before anything
 * is made of it. A length given in front, the usual case, costs nothing to check; a body without one is gathered here and handed on whole.
 */
export const takeBody = (
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
  next: () => void,
): void => {
  if (request.method === 'GET') {
    if (hasBrokenJson(request.url ?? '')) {
      sendError(response, 400, 'The variables or extensions in the query string are not JSON.');
    } else {
      next();
    }
    return;
  }
  if (request.method !== 'POST') {
    response.setHeader('allow', 'GET, POST');
    sendError(response, 405, 'GraphQL is asked with GET or POST.');
    return;
  }
  // Forms of other sites can send every other type without asking first.
  if (!/^application\/json *(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
    sendError(response, 415, 'Send JSON, with the header Content-Type: application/json.');
    return;
  }
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    sendError(response, 415, 'Send the body as it is, without a Content-Encoding.');
    return;
  }
  const refuse = () => {
    response.setHeader('connection', 'close');
    sendError(response, 413, `The request body is larger than the ${maxBytes} bytes allowed.`);
  };
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > maxBytes) refuse();
  else if (request.headers['transfer-encoding'] !== undefined) gather(request, response, maxBytes, refuse, next);
  else if (length === 0) sendError(response, 400, noBody);
  else next();
};

const noBody = 'The request has no body. Send a JSON object with a query.';

const gather = (
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
  refuse: () => void,
  next: () => void,
): void => {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  request.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes <= maxBytes) {
      chunks.push(chunk);
    } else if (!response.headersSent) {
      chunks.length = 0;
      refuse();
    }
  });
  request.on('end', () => {
    if (response.headersSent) return;
    if (sizeBytes === 0) {
      sendError(response, 400, noBody);
      return;
    }
    (request as BodyReader).body = Buffer.concat(chunks, sizeBytes).toString();
    next();
  });
};

/**
 * Reads the body of a request that was let on, and leaves it where the adapter of a GraphQL server finds it. Never calls back where the client
 * goes away before it has sent all of it.
 */
export const readBody = (request: IncomingMessage, next: (body: string) => void): void => {
  const gathered = (request as BodyReader).body;
  if (gathered !== undefined) return next(gathered);
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = (chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString();
    (request as BodyReader).body = body;
    next(body);
  });
};

/** The adapter takes a body that was read already from here. */
type BodyReader = IncomingMessage & { body?: string };

const hasBrokenJson = (url: string): boolean => {
  const start = url.indexOf('?');
  if (start < 0) return false;
  const parameters = new URLSearchParams(url.slice(start + 1));
  return ['variables', 'extensions'].some((name) => {
    const text = parameters.get(name);
    return text !== null && text !== '' && !isJson(text);
  });
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
