import { createServer, type RequestListener } from 'node:http';
import type { Clock } from '../platform/clock.ts';
import { type Connections, watchConnections } from './connections.ts';
import { sendError, strictHeaders } from './responses.ts';
import { flawOf, refuseNonsense, targetOf } from './strict-requests.ts';

/** More than the programs that read numbers. */
const maxConnections = 100;

/** `/metrics` on a port of its own, and nothing else, so that it can be kept from those who may reach the graph. */
export const createMetricsServer = ({
  answer,
  clock,
}: {
  readonly answer: RequestListener;
  readonly clock: Clock;
}): Connections => {
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    for (const [name, value] of strictHeaders) response.setHeader(name, value);
    const flaw = flawOf(request);
    const target = targetOf(request);
    if (flaw !== undefined || target === undefined) {
      sendError(response, 400, flaw ?? 'The target of the request is no path of this gateway.');
    } else if (target.path !== '/metrics') {
      sendError(response, 404, 'Nothing is served here but /metrics.', 'NOT_FOUND');
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      sendError(response, 405, 'Here is something to read with GET, and nothing else.');
    } else {
      answer(request, response);
    }
  });
  const connections = watchConnections(server, {
    maxConnections,
    stallMs: 30_000,
    maxUnreadBytes: 16 * 1024 * 1024,
    clock,
  });
  refuseNonsense(server, (socket) => connections.isIdle(socket));
  return connections;
};
