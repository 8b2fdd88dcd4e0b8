import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGraphiqlHandler, wantsGraphiql } from './graphiql.ts';

export interface HttpOptions {
  /** Answers GraphQL by path, such as `/graphql`. */
  readonly graphql: ReadonlyMap<string, RequestListener>;
  /** Absent: no GraphiQL. */
  readonly graphiql?: { readonly presetToken?: string };
  readonly maxBodyBytes: number;
}

/** The gateway's HTTP server before and after it listens. */
export interface HttpServer {
  readonly handle: RequestListener;
  /** Starts to listen and tells where. Rejects where the port is taken. */
  listen(port: number, host: string): Promise<string>;
  close(): Promise<void>;
}

/** Routes requests, bounds their bodies, and keeps answers out of shared caches. */
export const createHttpServer = (options: HttpOptions): HttpServer => {
  const { graphql, maxBodyBytes } = options;
  const graphiql = options.graphiql && createGraphiqlHandler(options.graphiql);

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const [path = '/', search = ''] = (request.url ?? '/').split('?', 2);
    response.setHeader('cache-control', 'no-store');
    response.setHeader('vary', 'Authorization, X-Api-Key');
    response.setHeader('x-content-type-options', 'nosniff');
    const answer = graphql.get(path);
    if (answer !== undefined) {
      if (graphiql !== undefined && path === '/graphql' && wantsGraphiql(request, search)) {
        graphiql(request, response).catch(() => response.destroy());
      } else {
        boundBody(request, response, maxBodyBytes, () => answer(request, response));
      }
    } else if (path === '/healthz') {
      sendText(response, 200, 'alive');
    } else if (path === '/') {
      response.writeHead(302, { location: '/graphql' }).end();
    } else {
      sendText(response, 404, 'Nothing is served here. The graph is at /graphql.');
    }
  };

  const server = createServer(handle);
  return {
    handle,
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          const { address, family, port: bound } = server.address() as AddressInfo;
          resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`);
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
};

/**
 * Refuses a body over the bound before anything is made of it. A length given in front, the usual case, costs nothing to
 * check; a body without one is gathered here and handed on whole.
 */
const boundBody = (request: IncomingMessage, response: ServerResponse, maxBytes: number, next: () => void): void => {
  const refuse = () => {
    response.setHeader('connection', 'close');
    sendError(response, 413, `The request body is larger than the ${maxBytes} bytes allowed.`);
  };
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    refuse();
    return;
  }
  if (request.headers['transfer-encoding'] === undefined) {
    next();
    return;
  }
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  request.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes <= maxBytes) {
      chunks.push(chunk);
    } else if (!response.headersSent) {
      refuse();
    }
  });
  request.on('end', () => {
    if (response.headersSent) return;
    if (sizeBytes === 0) {
      sendError(response, 400, 'The request has no body. Send a JSON object with a query.');
      return;
    }
    // The adapter takes a body that was read already from here.
    (request as IncomingMessage & { body?: string }).body = Buffer.concat(chunks, sizeBytes).toString();
    next();
  });
};

const sendText = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
};

const sendError = (response: ServerResponse, status: number, message: string): void => {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    .end(JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] }));
};
