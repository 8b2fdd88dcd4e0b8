import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestListener } from 'node:http';

/** Header that carries the subgraph's key. */
const subgraphKeyHeader = 'x-subgraph-key';

/**
 * Lets only requests with the key through to a listener, so that `_entities` is not open to everybody who can reach the port. The key says
 * that a federation gateway is asking; who the caller is, its authorization says as everywhere else.
 */
export const requireSubgraphKey = (key: string, listener: RequestListener): RequestListener => {
  const expected = digestOf(key);
  return (request, response) => {
    const given = request.headers[subgraphKeyHeader];
    // Digests have equal lengths: how long the comparison takes tells nothing about the key.
    if (typeof given === 'string' && timingSafeEqual(digestOf(given), expected)) {
      listener(request, response);
      return;
    }
    response
      .writeHead(401, { 'content-type': 'application/json; charset=utf-8', connection: 'close' })
      .end(JSON.stringify({ errors: [{ message: refusal, extensions: { code: 'UNAUTHENTICATED' } }] }));
  };
};

const refusal = `The subgraph is for federation gateways, and this request has not its key. Send it in the header ${subgraphKeyHeader}.`;

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
