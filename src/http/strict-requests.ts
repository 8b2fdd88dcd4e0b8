import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { rawRefusal, sendError, strictHeaders } from './responses.ts';

/** Where a request wants to go. */
export interface Target {
  readonly path: string;
  /** What stands behind the question mark, or nothing. */
  readonly search: string;
}

/** Headers of which a second one would mean that two programs take different people for the caller, or different places for the target. */
const singleHeaders = new Set(['authorization', 'content-type', 'host', 'x-api-key', 'x-subgraph-key']);

/** What is wrong with a request, whatever it asks for; undefined where nothing is. A sentence for the client. */
export const flawOf = (request: IncomingMessage): string | undefined => {
  const seen: string[] = [];
  const { rawHeaders } = request;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    if (!singleHeaders.has(name)) continue;
    if (seen.includes(name)) return `The request has the header ${name} twice. Send one.`;
    seen.push(name);
  }
  const { host } = request.headers;
  // Only HTTP/1.0 may do without (RFC 9112, "Request Target").
  if (host === undefined) return request.httpVersion === '1.0' ? undefined : noHost;
  return isHost(host) ? undefined : noHost;
};

const noHost = 'The request needs a Host header with the name or address that it was sent to.';

/** The last host that was looked at and is one: nearly all requests name the same. */
let lastHost: string | undefined;
const isHost = (host: string): boolean => {
  if (host === lastHost) return true;
  if (!/^[\w.:[\]-]{1,255}$/.test(host) || !URL.canParse(`http://${host}`)) return false;
  lastHost = host;
  return true;
};

/**
 * The target of a request, in one of the forms that a server must take (RFC 9112, "Request Target"); undefined for every other. What comes
 * after sees it without a host.
 */
export const targetOf = (request: IncomingMessage): Target | undefined => {
  let url = request.url ?? '';
  if (!url.startsWith('/')) {
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined;
    const { pathname, search } = new URL(url);
    url = pathname + search;
    request.url = url;
  }
  const end = url.indexOf('?');
  return end < 0 ? { path: url, search: '' } : { path: url.slice(0, end), search: url.slice(end + 1) };
};

/**
 * Answers in our own words what the server library would answer in its own: what is no HTTP, or asks for more than HTTP. Where a connection is not
 * idle an answer may be on its way, and would be broken by another one: it is cut then.
 */
export const refuseNonsense = (server: Server, isIdle: (socket: Duplex) => boolean): void => {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || !isIdle(socket) || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const [status, message] = clientErrors[error.code ?? ''] ?? [400, 'This is no request of HTTP/1.1.'];
    socket.end(rawRefusal(status, message));
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => {});
    socket.end(rawRefusal(405, 'The gateway is no proxy. GraphQL is asked with GET or POST.'));
  });
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of strictHeaders) response.setHeader(name, value);
    sendError(response, 417, 'The gateway meets no expectation but 100-continue. Leave the header Expect out.');
  });
};

const clientErrors: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers of the request are larger than 16 kB. Send a long query with POST.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunks of the request body have extensions that are too long. Send none.'],
  HPE_INVALID_METHOD: [
    405,
    'This is no request of HTTP/1.1 with a method that is known here. GraphQL is asked with GET or POST.',
  ],
};
