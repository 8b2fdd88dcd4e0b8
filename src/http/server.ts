import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import type { Clock } from '../platform/clock.ts';
import { GatewayError } from '../model/errors.ts';
import type { Random } from '../platform/random.ts';
import { createGraphiqlHandler, wantsGraphiql } from './graphiql.ts';
import type { Operations } from '../operations/operations.ts';
import { createOriginGate } from './cross-origin.ts';
import { sendText } from './responses.ts';
import { takeBody } from './body.ts';
import { nameRequest } from '../operations/request-id.ts';

export interface HttpOptions {
  /** Answers GraphQL by path, such as `/graphql`. */
  readonly graphql: ReadonlyMap<string, RequestListener>;
  /** Absent: no GraphiQL. */
  readonly graphiql?: { readonly presetToken?: string };
  /** Answers `/metrics`. Absent: there are none. */
  readonly metrics?: RequestListener;
  /** Whether upstream can be reached, for `/readyz`. Never fails. */
  readonly isUpstreamReachable: () => Promise<boolean>;
  readonly operations: Operations;
  readonly maxBodyBytes: number;
  /** Connections of clients at the same time. Default: 10,000. */
  readonly maxClientConnections?: number;
  /** Origins whose pages may ask. */
  readonly corsOrigins: readonly string[];
  /** How long running operations may go on once the server is asked to end. */
  readonly shutdownTimeoutMs: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** The gateway's HTTP server before and after it listens. */
export interface HttpServer {
  readonly handle: RequestListener;
  /** Starts to listen and tells where. Rejects where the port is taken. */
  listen(port: number, host: string): Promise<string>;
  /**
   * Takes no new connections and answers what was accepted; what still waits after `shutdownTimeoutMs` is ended with an error. Resolves when
   * every connection is closed. From its start on `/readyz` says no.
   */
  drain(): Promise<void>;
  /** Ends what runs with an error, at once. */
  close(): Promise<void>;
}

/** On every answer but GraphiQL's page, which has a policy of its own: nothing here is to be shown, kept or framed. */
const answerHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  vary: 'Authorization, X-Api-Key',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
const answerHeaderList = Object.entries(answerHeaders);

/** A bound on memory and file handles: far more than one process can answer at once. */
const maxClientConnections = 10_000;

/** Routes requests, refuses what must not reach GraphQL, and ends in good order. */
export const createHttpServer = (options: HttpOptions): HttpServer => {
  const { graphql, maxBodyBytes, operations, clock, random } = options;
  const graphiql = options.graphiql && createGraphiqlHandler(options.graphiql);
  const passesGate = createOriginGate(options.corsOrigins);
  let isDraining = false;

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const [path = '/', search = ''] = (request.url ?? '/').split('?', 2);
    for (const [name, value] of answerHeaderList) response.setHeader(name, value);
    if (isDraining) response.setHeader('connection', 'close');
    const answer = graphql.get(path);
    if (answer !== undefined) {
      nameRequest(request, response, random);
      if (graphiql !== undefined && path === '/graphql' && wantsGraphiql(request, search)) {
        graphiql(request, response).catch(() => response.destroy());
      } else if (passesGate(request, response)) {
        takeBody(request, response, maxBodyBytes, () => answer(request, response));
      }
    } else if (path === '/healthz') {
      sendText(response, 200, 'alive');
    } else if (path === '/readyz') {
      answerReady(response, isDraining, options.isUpstreamReachable);
    } else if (path === '/metrics' && options.metrics !== undefined) {
      options.metrics(request, response);
    } else if (path === '/') {
      response.writeHead(302, { location: '/graphql' }).end();
    } else {
      sendText(response, 404, 'Nothing is served here. The graph is at /graphql.');
    }
  };

  const server = createServer(handle);
  server.maxConnections = options.maxClientConnections ?? maxClientConnections;
  server.keepAliveTimeout = keepAliveMs;
  server.headersTimeout = headersMs;
  server.requestTimeout = requestMs;

  const stopListening = (): Promise<void> => {
    isDraining = true;
    operations.closeConnections();
    // For connections that are busy with what is no operation yet: no longer kept once they are idle.
    server.keepAliveTimeout = 1;
    // Not the HTTP server's own `close`: that cuts connections that are idle as far as it has read, and requests on their way with them.
    return new Promise((resolve) =>
      NetServer.prototype.close.call(server, () => {
        // It still has a timer to clear.
        server.close();
        resolve();
      }),
    );
  };

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
    async drain() {
      const over = Promise.all([stopListening(), operations.whenIdle()]);
      const isOverWithin = (delayMs: number) => settlesWithin(over, delayMs, clock);
      if (await isOverWithin(idleGraceMs)) return;
      server.closeIdleConnections();
      if (await isOverWithin(options.shutdownTimeoutMs)) return;
      operations.abortAll(shuttingDown());
      if (await isOverWithin(answerGraceMs)) return;
      server.closeAllConnections();
    },
    async close() {
      const closed = stopListening();
      server.closeIdleConnections();
      operations.abortAll(shuttingDown());
      await closed;
    },
  };
};

/** Longer than load balancers keep connections (a minute is usual), so that it is they who close them and no request meets a closed one. */
const keepAliveMs = 65_000;
/** How long a client may take to send its headers, and all of its request. Whoever takes longer only holds a connection. */
const headersMs = 20_000;
const requestMs = 60_000;

/** How long connections that are kept alive may still bring a request that was on its way. */
const idleGraceMs = 500;
/** How long the answers may take that say that the gateway ends. */
const answerGraceMs = 2000;

const settlesWithin = (work: Promise<unknown>, delayMs: number, clock: Clock): Promise<boolean> =>
  new Promise((resolve) => {
    const cancel = clock.after(delayMs, () => resolve(false));
    void work.then(() => {
      cancel();
      resolve(true);
    });
  });

const answerReady = (response: ServerResponse, isDraining: boolean, isReachable: () => Promise<boolean>): void => {
  if (isDraining) {
    sendText(response, 503, 'not ready: shutting down');
    return;
  }
  void isReachable().then((reachable) =>
    sendText(response, reachable ? 200 : 503, reachable ? 'ready' : 'not ready: upstream cannot be reached'),
  );
};

const shuttingDown = (): GatewayError =>
  new GatewayError(
    'UPSTREAM_UNAVAILABLE',
    'The gateway shuts down before ESET Connect has answered. Ask again: another replica, or the next start, will answer.',
    { retryAfterMs: 1000 },
  );
