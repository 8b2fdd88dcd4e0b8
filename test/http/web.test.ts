import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/settings/read.ts';
import { composeGateway } from '../../src/gateway.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { createSubscriptions } from '../../src/operations/subscriptions.ts';
import { createOperations } from '../../src/operations/operations.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { createTurns } from '../../src/platform/turns.ts';
import { createGateway } from '../../src/index.ts';
import { type Answer, type RunningGateway, runGateway } from '../support/running-gateway.ts';

const app = 'https://app.example';
const stranger = 'https://stranger.example';

let gateway: RunningGateway;
let open: RunningGateway;
beforeAll(async () => {
  gateway = await runGateway();
  open = await runGateway({ settings: { corsOrigins: [app, 'http://localhost:5173'] } });
});
afterAll(() => Promise.all([gateway.close(), open.close()]));

const body = JSON.stringify({ query: '{ __typename }' });
const ask = (headers: Record<string, string>, { url } = gateway, method = 'POST') =>
  fetch(method === 'POST' ? `${url}/graphql` : `${url}/graphql?query={__typename}`, {
    method,
    headers: { ...(method === 'POST' && { 'content-type': 'application/json' }), ...headers },
    ...(method === 'POST' && { body }),
  });

const codeOf = async (response: Response) => ((await response.json()) as Answer<object>).errors?.[0]?.extensions.code;

describe('requests from pages of other sites', () => {
  it.each([
    ['POST', { 'sec-fetch-site': 'cross-site', origin: stranger }],
    ['POST', { 'sec-fetch-site': 'same-site', origin: stranger }],
    ['POST', { origin: stranger }],
    ['POST', { origin: 'null' }],
    ['GET', { 'sec-fetch-site': 'cross-site' }],
    ['GET', { 'sec-fetch-site': 'same-site' }],
    ['GET', { origin: stranger }],
  ] as const)('are refused: %s with %j', async (method, headers) => {
    const response = await ask(headers, gateway, method);
    expect(response.status).toBe(403);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(await codeOf(response)).toBe('FORBIDDEN');
  });

  it.each([
    ['POST', {}],
    ['GET', {}],
    ['POST', { 'sec-fetch-site': 'same-origin' }],
    ['GET', { 'sec-fetch-site': 'none' }],
  ] as const)('are not these: %s with %j', async (method, headers) => {
    const response = await ask(headers, gateway, method);
    expect(await response.json()).toMatchObject({ data: { __typename: 'Query' } });
  });

  it('are not those of its own pages, in browsers that say no more than the origin', async () => {
    expect((await ask({ origin: gateway.url })).status).toBe(200);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=a',
    'application/graphql',
  ])('cannot be forms: %s is refused', async (type) => {
    const response = await ask({ 'content-type': type });
    expect(response.status).toBe(415);
    expect(await codeOf(response)).toBe('BAD_USER_INPUT');
  });

  it('cannot do without a type either', async () => {
    const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', body: new Blob([body]) });
    expect(response.status).toBe(415);
  });
});

describe('CORS', () => {
  const preflight = (origin: string, { url } = open) =>
    fetch(`${url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });

  it('lets a named origin ask and read', async () => {
    const before = await preflight(app);
    expect(before.status).toBe(204);
    expect(before.headers.get('access-control-allow-origin')).toBe(app);
    expect(before.headers.get('access-control-allow-methods')).toBe('GET, POST');
    expect(before.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(before.headers.get('access-control-allow-credentials')).toBeNull();
    const response = await ask({ origin: app, 'sec-fetch-site': 'cross-site' }, open);
    expect(response.headers.get('access-control-allow-origin')).toBe(app);
    expect(response.headers.get('vary')).toMatch(/Origin/);
    expect(await response.json()).toMatchObject({ data: { __typename: 'Query' } });
  });

  it.each([stranger, 'https://app.example.stranger.example', 'https://app.example:444', 'http://app.example', 'null'])(
    'lets %s neither ask nor read',
    async (origin) => {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
      const response = await ask({ origin }, open);
      expect(response.status).toBe(403);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
      expect(response.headers.get('vary')).toMatch(/Origin/);
    },
  );

  it('is off where no origin is named', async () => {
    const response = await preflight(app, gateway);
    expect(response.status).toBe(403);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each(['*', 'app.example', 'https://app.example/', 'ftp://app.example', 'null'])('cannot be given %s', (origin) => {
    expect(() => createGateway({ upstreamUrl: 'http://127.0.0.1:9', corsOrigins: [origin] })).toThrow(
      'ROLESCOPE_CORS_ORIGINS',
    );
  });
});

describe('headers', () => {
  it.each(['/graphql?query={__typename}', '/healthz', '/nothing', '/graphql'])('are strict at %s', async (path) => {
    const response = await fetch(`${gateway.url}${path}`);
    await response.text();
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(response.headers.get('vary')).toContain('Authorization');
    expect(response.headers.get('x-powered-by')).toBeNull();
    expect(response.headers.get('server')).toBeNull();
  });

  it('bring back the id of a request where it is a plain word, and make one where it is not', async () => {
    expect((await ask({ 'x-request-id': 'from-the.client:1' })).headers.get('x-request-id')).toBe('from-the.client:1');
    for (const odd of ['with space', 'a'.repeat(65), '<script>', '']) {
      expect((await ask({ 'x-request-id': odd })).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

describe('connections', () => {
  it('are no more than allowed', async () => {
    const parts = { clock: systemClock, random: systemRandom };
    const narrow = createHttpServer({
      ...parts,
      graphql: new Map(),
      readiness: () => Promise.resolve(undefined),
      operations: createOperations({ ...parts, turns: createTurns(), timeoutMs: 1000, maxCalls: 1, maxOperations: 1 }),
      subscriptions: createSubscriptions(parts),
      maxBodyBytes: 1024,
      maxClientConnections: 3,
      corsOrigins: [],
      shutdownTimeoutMs: 0,
    });
    const { hostname, port } = new URL(await narrow.listen(0, '127.0.0.1'));
    const sockets = Array.from({ length: 5 }, () => connect(Number(port), hostname));
    try {
      const outcomes = await Promise.all(
        sockets.map(
          (socket) =>
            new Promise<string>((resolve) => {
              socket.on('error', () => resolve('dropped'));
              socket.once('close', () => resolve('dropped'));
              socket.once('data', () => resolve('answered'));
              socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
            }),
        ),
      );
      expect(outcomes.sort()).toEqual(['answered', 'answered', 'answered', 'dropped', 'dropped']);
    } finally {
      for (const socket of sockets) socket.destroy();
      await narrow.close();
    }
  });
});

describe('methods', () => {
  it.each(['PUT', 'DELETE', 'PATCH', 'HEAD'])('other than GET and POST are refused: %s', async (method) => {
    const response = await fetch(`${gateway.url}/graphql`, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, POST');
  });

  it('GET runs no mutation', async () => {
    const response = await fetch(`${gateway.url}/graphql?query=${encodeURIComponent('mutation { __typename }')}`);
    expect(response.status).toBe(405);
    expect(await codeOf(response)).toBe('BAD_USER_INPUT');
  });

  it.each(['variables={', 'extensions=nonsense', 'variables=%7B%22a'])(
    'GET with broken JSON is a 400: %s',
    async (odd) => {
      const response = await fetch(`${gateway.url}/graphql?query={__typename}&${odd}`);
      expect(response.status).toBe(400);
      expect(await codeOf(response)).toBe('BAD_USER_INPUT');
    },
  );
});

describe('in production', () => {
  const productive = async (settings: Record<string, string>) => {
    const closed = composeGateway(
      readConfig({ NODE_ENV: 'production', PORT: '0', ROLESCOPE_UPSTREAM_URL: gateway.sandbox.url, ...settings }),
    );
    const { origin: url } = new URL(await closed.listen());
    return { url, close: () => closed.close() };
  };
  const introspect = async (url: string) => {
    const response = await fetch(`${url}/graphql?query={__schema{queryType{name}}}`);
    return (await response.json()) as Answer<object>;
  };

  it('GraphiQL and introspection are off', async () => {
    const { url, close } = await productive({});
    expect((await introspect(url)).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    const page = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-type') ?? '').not.toContain('text/html');
    await page.text();
    await close();
  });

  it('both can be asked for', async () => {
    const { url, close } = await productive({ ROLESCOPE_GRAPHIQL: 'true', ROLESCOPE_INTROSPECTION: 'true' });
    expect((await introspect(url)).errors).toBeUndefined();
    const page = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-type')).toContain('text/html');
    await page.text();
    await close();
  });
});
