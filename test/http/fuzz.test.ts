import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/platform/logger.ts';
import {
  complaintAbout,
  type OddRequest,
  oddQuestion,
  oddRequest,
  oddUpstreamBody,
  sendOdd,
} from '../support/odd-requests.ts';
import { type RunningGateway, runGateway } from '../support/running-gateway.ts';

// A few hundred of each; `npm run endurance` sends a hundred thousand and watches the memory.

let gateway: RunningGateway;
afterEach(() => gateway.close());

const open = async (timeoutMs: number) => {
  const unexpected: object[] = [];
  gateway = await runGateway({
    sandbox: { subjects: 40 },
    settings: { subgraph: true, graphiql: false, timeoutMs, cacheTtlMs: 0, maxBodyBytes: 100_000 },
    parts: { logger: { ...silentLogger, error: (fields) => unexpected.push(fields) } },
  });
  /** What is wrong with the answer, or what the gateway did not expect. */
  return async (request: OddRequest): Promise<unknown> =>
    complaintAbout(await sendOdd(gateway.url, request)) ?? unexpected.pop();
};

const withToken = (request: OddRequest): OddRequest => ({
  ...request,
  headers: { ...request.headers, authorization: `Bearer ${gateway.sandbox.adminToken}` },
});

const query = `{ subjects(first: 3) { totalCount pageInfo { hasNextPage }
  nodes { id type roles { nodes { id isGlobal scopes { nodes { id kind components { field } } } } } } } }`;
const question: OddRequest = {
  method: 'POST',
  path: '/graphql',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query }),
};

const runs = { numRuns: 400, seed: 7 };

describe('whatever is sent', () => {
  it('is answered with a status and a code of the list, and no stack trace', async () => {
    const complain = await open(5000);
    await fc.assert(
      fc.asyncProperty(oddRequest, async (request) => {
        expect(await complain(request)).toBeUndefined();
      }),
      runs,
    );
  });

  it('in ids, cursors and references of valid questions, too', async () => {
    const complain = await open(5000);
    await fc.assert(
      fc.asyncProperty(oddQuestion, async (request) => {
        expect(await complain(withToken(request))).toBeUndefined();
      }),
      runs,
    );
  });
});

describe('whoever hangs up midway', () => {
  const whole =
    'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 26\r\n\r\n{"query":"{ __typename }"}';
  const chunked =
    'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1a\r\n{"query":"{ __typename }"}\r\n0\r\n\r\n';

  it('leaves the gateway as it was', async () => {
    const complain = await open(5000);
    const { hostname, port } = new URL(gateway.url);
    const sendPart = (text: string): Promise<void> =>
      new Promise((resolve) => {
        const socket = connect(Number(port), hostname, () => socket.write(text, () => socket.resetAndDestroy()));
        socket.on('error', () => {});
        socket.once('close', () => resolve());
      });
    for (const request of [whole, chunked]) {
      await Promise.all(Array.from({ length: request.length }, (_, length) => sendPart(request.slice(0, length))));
    }
    expect(await complain(withToken(question))).toBeUndefined();
    const metrics = await fetch(`${gateway.url}/metrics`);
    expect(await metrics.text()).toContain('rolescope_operations_running 0');
  });
});

describe('whatever upstream answers', () => {
  it('is read or refused, and never passed on', async () => {
    // Shorter than any pause before another attempt.
    const complain = await open(200);
    const statuses = fc.constantFrom(undefined, 202, 400, 401, 404, 500);
    await fc.assert(
      fc.asyncProperty(oddUpstreamBody, statuses, async (body, status) => {
        const headers = { 'content-type': 'application/json' };
        gateway.sandbox.control.setFaults([{ body, headers, ...(status !== undefined && { status }) }]);
        expect(await complain(withToken(question))).toBeUndefined();
      }),
      { numRuns: 200, seed: 7 },
    );
  });
});
