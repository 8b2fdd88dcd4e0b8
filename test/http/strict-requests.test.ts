import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRaw } from '../support/raw-request.ts';
import { type Answer, type RunningGateway, runGateway } from '../support/running-gateway.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await runGateway({ settings: { console: false } });
});
afterAll(() => gateway.close());

const routes = [
  '/graphql?query={__typename}',
  '/subgraph',
  '/',
  '/healthz',
  '/readyz',
  '/metrics',
  '/graphiql/a.js',
  '/no',
];

const head = (lines: readonly string[]): string => `${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`;
const host = () => `Host: ${new URL(gateway.url).host}`;

/** Status and code of a refusal. Fails where it is not in our own words: JSON, strict headers, and nothing of a library, a file or a stack. */
const refusalOf = async (bytes: string): Promise<string> => {
  const { status, head, body } = await sendRaw(gateway.url, bytes);
  expect(head).toMatch(/content-type: application\/json/i);
  expect(head).toMatch(/cache-control: no-store/i);
  const json = body.replace(/^[0-9a-f]+\r\n([\s\S]*?)\r\n0\r\n\r\n$/, '$1');
  const { errors } = JSON.parse(json) as Answer<object>;
  expect(errors?.[0]?.message).toMatch(/\.$/);
  expect(body).not.toMatch(/node_modules|TypeError|Invalid URL|\.[jt]s\b|HPE_|\n +at /);
  return `${status} ${errors?.[0]?.extensions.code}`;
};

describe('a host that is none', () => {
  it.each(['[', 'a b', '%zz:99999', 'a:99999', 'a/b', 'a@b', 'a?b', '', '\u00e4', 'a'.repeat(300)])(
    'is refused everywhere: %j',
    async (odd) => {
      for (const route of routes) {
        for (const method of ['GET', 'POST']) {
          expect(await refusalOf(head([`${method} ${route} HTTP/1.1`, `Host: ${odd}`]))).toBe('400 BAD_USER_INPUT');
        }
      }
    },
  );

  it('is refused where there is none, or two', async () => {
    expect(await refusalOf(head(['GET /graphql?query={__typename} HTTP/1.1']))).toBe('400 BAD_USER_INPUT');
    expect(await refusalOf(head(['GET /healthz HTTP/1.1', host(), 'Host: b']))).toBe('400 BAD_USER_INPUT');
  });

  it.each(['localhost:4000', 'gateway_1', 'EXAMPLE.com', '[::1]:4000', '127.0.0.1'])(
    'is not this: %s',
    async (fine) => {
      const { status, body } = await sendRaw(
        gateway.url,
        head(['GET /graphql?query={__typename} HTTP/1.1', `Host: ${fine}`]),
      );
      expect(status).toBe(200);
      expect(body).toContain('"Query"');
    },
  );
});

describe('an odd target', () => {
  it.each(['*', 'graphql', 'ftp://a/graphql', 'http://[/graphql', 'a:80'])('is refused: %s', async (target) => {
    expect(await refusalOf(head([`GET ${target} HTTP/1.1`, host()]))).toBe('400 BAD_USER_INPUT');
    expect(await refusalOf(head([`POST ${target} HTTP/1.1`, host()]))).toBe('400 BAD_USER_INPUT');
  });

  it.each([
    '//graphql',
    '/graphql/',
    '/graphql/../graphql',
    '/GRAPHQL',
    '/%67raphql',
    '/graphql%00',
    '/__proto__',
    '/constructor',
    '/a/b',
  ])('is not found: %s', async (target) => {
    expect(await refusalOf(head([`GET ${target} HTTP/1.1`, host()]))).toBe('404 NOT_FOUND');
    expect(await refusalOf(head([`POST ${target} HTTP/1.1`, host()]))).toBe('404 NOT_FOUND');
  });

  it('may name the host once more, as proxies send it', async () => {
    const { status, body } = await sendRaw(
      gateway.url,
      head([`GET ${gateway.url}/graphql?query={__typename} HTTP/1.1`, host()]),
    );
    expect(status).toBe(200);
    expect(body).toContain('"Query"');
  });
});

describe('an odd method', () => {
  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'])(
    'is refused everywhere: %s',
    async (method) => {
      for (const route of routes.filter((path) => path !== '/no')) {
        expect(await refusalOf(head([`${method} ${route} HTTP/1.1`, host()]))).toBe('405 BAD_USER_INPUT');
      }
    },
  );

  it('is refused where it is none at all, or would make a proxy of the gateway', async () => {
    expect(await refusalOf(head(['BREW / HTTP/1.1', host()]))).toBe('405 BAD_USER_INPUT');
    expect(await refusalOf(head(['CONNECT a:80 HTTP/1.1', host()]))).toBe('405 BAD_USER_INPUT');
  });

  it.each(['/healthz', '/readyz', '/metrics'])('is POST at %s', async (path) => {
    expect(await refusalOf(head([`POST ${path} HTTP/1.1`, host(), 'Content-Length: 0']))).toBe('405 BAD_USER_INPUT');
    expect((await fetch(`${gateway.url}${path}`, { method: 'HEAD' })).status).toBe(200);
  });
});

describe('what is no HTTP', () => {
  it.each([
    ['nonsense', 'nonsense\r\n\r\n', 405],
    ['a header without a name', 'GET / HTTP/1.1\r\n: a\r\n\r\n', 400],
    ['another protocol', '\u0016\u0003\u0001', 405],
    ['headers of 20 kB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['an expectation', 'POST /graphql HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nConnection: close\r\n\r\n', 417],
    ['a length twice', 'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
  ])('is refused in our words: %s', async (_name, bytes, status) => {
    expect(await refusalOf(bytes)).toBe(`${status} BAD_USER_INPUT`);
  });
});

describe('headers that say who asks', () => {
  it.each(['Authorization: Bearer a', 'X-Api-Key: a', 'X-Subgraph-Key: a', 'Content-Type: application/json'])(
    'are refused where there are two: %s',
    async (header) => {
      expect(await refusalOf(head(['POST /graphql HTTP/1.1', host(), header, header.toUpperCase()]))).toBe(
        '400 BAD_USER_INPUT',
      );
    },
  );
});

describe('a POST to the root', () => {
  const ask = (path: string) =>
    fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ __typename }"}',
      redirect: 'error',
    });

  it.each(['', '/', '/?a=b', '/graphql'])('is answered as one to the graph: %j', async (path) => {
    expect(await (await ask(path)).json()).toMatchObject({ data: { __typename: 'Query' } });
  });

  it('is answered in the standard way too', async () => {
    const response = await fetch(`${gateway.url}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ __schema { queryType { name } } }"}',
    });
    expect(await response.json()).toMatchObject({ data: { __schema: { queryType: { name: 'Query' } } } });
  });

  it('is refused as one to the graph', async () => {
    const response = await fetch(`${gateway.url}/`, { method: 'POST', body: 'a', redirect: 'error' });
    expect(response.status).toBe(415);
  });

  it('leaves browsers that open it with GraphiQL, where there is no console', async () => {
    const response = await fetch(`${gateway.url}/`, { headers: { accept: 'text/html' } });
    expect(response.url).toBe(`${gateway.url}/graphql`);
    expect(await response.text()).toContain('<title>Rolescope</title>');
  });
});
