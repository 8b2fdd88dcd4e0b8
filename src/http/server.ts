import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../platform/clock.ts';
import { mostOpenFiles } from '../platform/open-files.ts';
import type { Random } from '../platform/random.ts';
import { assetsPath, createGraphiql, type GraphiqlOptions, wantsGraphiql } from './graphiql.ts';
import type { Operations } from '../operations/operations.ts';
import type { Subscriptions } from '../operations/subscriptions.ts';
import type { Console } from './console.ts';
import type { ExportListener } from './export.ts';
import { createOriginGate } from './cross-origin.ts';
import { OwnResponse, sendError, sendText, strictHeaders } from './responses.ts';
import { flawOf, refuseNonsense, type Target, targetOf } from './strict-requests.ts';
import { createBodies } from './body.ts';
import { watchConnections } from './connections.ts';
import { createMetricsServer } from './metrics-server.ts';
import { answerReady, type Readiness } from './health.ts';
import { createShutdown } from './shutdown.ts';
import { nameRequest } from '../operations/request-id.ts';

interface HttpOptions {
  /** Answers GraphQL by path, such as `/graphql`. */
  readonly graphql: ReadonlyMap<string, RequestListener>;
  /** Absent: no GraphiQL. */
  readonly graphiql?: GraphiqlOptions;
  /** Answers what is of the console. Absent: there is none, and the root leads to the graph. */
  readonly console?: Console | undefined;
  /** Answers `/export`. Absent: it is not served. */
  readonly export?: ExportListener | undefined;
  /** Answers `/metrics`, on a port of its own where there is one, and nowhere else then. Absent: there are none. */
  readonly metrics?: { readonly answer: RequestListener; readonly port?: number };
  /** What is missing for this gateway to answer, for `/readyz`; undefined where nothing is. Never fails. */
  readonly readiness: Readiness;
  readonly operations: Operations;
  readonly subscriptions: Subscriptions;
  readonly maxBodyBytes: number;
  /** Connections of clients at the same time. Default: 10,000, and half of the files that the system lets the process have open: upstream, Redis and a record need theirs. */
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
  /** Where `/metrics` is, once it listens. Undefined where there are none. */
  readonly metricsAddress: string | undefined;
  /**
   * Takes no new connections and answers what was accepted; what still waits after `shutdownTimeoutMs` is ended with an error. Resolves when
   * every connection is closed. From its start on `/readyz` says no.
   */
  drain(): Promise<void>;
  /** Ends what runs with an error, at once. */
  close(): Promise<void>;
}

/** How many bytes of answers may wait for clients to take them, of all connections together: a few of the largest. */
const maxUnreadBytes = 128 * 1024 * 1024;
/** How long an answer may stand still before its connection is ended. */
const stallMs = 30_000;
/** How many bytes of requests may wait for their rest, of all connections together, and how long each. */
const maxUnfinishedBytes = 64 * 1024 * 1024;
const bodyMs = 10_000;

/** Routes requests, refuses what must not reach GraphQL, and ends in good order. */
export const createHttpServer = (options: HttpOptions): HttpServer => {
  const { graphql, operations, clock, random } = options;
  const graphiql = options.graphiql && createGraphiql(options.graphiql);
  const passesGate = createOriginGate(options.corsOrigins);
  const bodies = createBodies({
    maxBytes: options.maxBodyBytes,
    maxUnfinishedBytes,
    timeoutMs: bodyMs,
    clock: systemClock,
  });

  const answerGraphql = (request: IncomingMessage, response: ServerResponse, { path, search }: Target): void => {
    nameRequest(request, response, random);
    if (path === '/graphql' && graphiql !== undefined && wantsGraphiql(request)) {
      graphiql.sendPage(request, response);
    } else if (passesGate(request, response)) {
      // Where it was sent to the root, it is one of `/graphql` for everything that comes after.
      request.url = search === '' ? path : `${path}?${search}`;
      bodies.take(request, response, () => graphql.get(path)?.(request, response));
    }
  };

  const read: Readonly<Record<string, RequestListener>> = {
    '/healthz': (_request, response) => sendText(response, 200, 'alive'),
    '/readyz': (_request, response) => answerReady(response, shutdown.hasBegun, options.readiness),
    ...(options.metrics !== undefined && options.metrics.port === undefined && { '/metrics': options.metrics.answer }),
  };

  const answerExport = (request: IncomingMessage, response: ServerResponse, search: string): void => {
    nameRequest(request, response, random);
    if (!passesGate(request, response)) return;
    if (request.method !== 'GET') {
      response.setHeader('allow', 'GET');
      sendError(response, 405, 'An export is asked for with GET: how long it is, nobody knows before its end.');
    } else if (request.headers.range !== undefined) {
      sendError(response, 416, 'An export is sent whole: leave the header Range out.');
    } else {
      options.export?.answer(request, response, search);
    }
  };

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    for (const [name, value] of strictHeaders) response.setHeader(name, value);
    if (shutdown.hasBegun) response.setHeader('connection', 'close');
    const flaw = flawOf(request);
    const target = targetOf(request);
    if (flaw !== undefined || target === undefined) {
      sendError(response, 400, flaw ?? 'The target of the request is no path of this gateway.');
      return;
    }
    const { path, search } = target;
    const { method } = request;
    if (graphql.has(path)) {
      answerGraphql(request, response, target);
    } else if (path === '/' && method !== 'GET' && method !== 'HEAD') {
      answerGraphql(request, response, { path: '/graphql', search });
    } else if (path === '/export' && options.export !== undefined) {
      answerExport(request, response, search);
    } else if (options.console?.answer(request, response) === true) {
      // It has answered.
    } else if (path === '/') {
      response.writeHead(302, { location: search === '' ? '/graphql' : `/graphql?${search}` }).end();
    } else if (path in read || (graphiql !== undefined && path.startsWith(assetsPath))) {
      if (method !== 'GET' && method !== 'HEAD') {
        response.setHeader('allow', 'GET, HEAD');
        sendError(response, 405, 'Here is something to read with GET, and nothing else.');
      } else if (path in read) {
        read[path]?.(request, response);
      } else {
        graphiql?.sendAsset(path, request, response);
      }
    } else if (options.console?.answerUnknown(request, response) !== true) {
      sendError(response, 404, 'Nothing is served here. The graph is at /graphql.', 'NOT_FOUND');
    }
  };

  // A request without a host is refused by us, in our own words.
  const server = createServer({ requireHostHeader: false, ServerResponse: OwnResponse }, handle);
  // In real time, whatever the clock: so is what clients do.
  const connections = watchConnections(server, {
    maxConnections: options.maxClientConnections ?? Math.min(10_000, Math.floor(mostOpenFiles() / 2)),
    stallMs,
    maxUnreadBytes,
    clock: systemClock,
  });

  refuseNonsense(server, (socket) => connections.isIdle(socket));

  const metricsServer =
    options.metrics?.port === undefined
      ? undefined
      : createMetricsServer({ answer: options.metrics.answer, clock: systemClock });
  let metricsAddress: string | undefined;

  const shutdown = createShutdown({
    operations,
    subscriptions: options.subscriptions,
    ...(options.export !== undefined && { exports: options.export }),
    bodies,
    connections,
    ...(metricsServer !== undefined && { metricsConnections: metricsServer }),
    timeoutMs: options.shutdownTimeoutMs,
    clock,
  });

  return {
    handle,
    async listen(port, host) {
      const address = addressOf(await connections.listen(port, host));
      if (options.metrics !== undefined) metricsAddress = `${address}/metrics`;
      if (options.metrics?.port !== undefined && metricsServer !== undefined) {
        metricsAddress = `${addressOf(await metricsServer.listen(options.metrics.port, host))}/metrics`;
      }
      return address;
    },
    get metricsAddress() {
      return metricsAddress;
    },
    drain: () => shutdown.drain(),
    close: () => shutdown.close(),
  };
};

const addressOf = ({ address, family, port }: AddressInfo): string =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
