import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';

/** The yardstick: node:http and undici, and the JSON goes through as it came. */
const upstream = new Pool(process.argv[2] as string, { connections: 64, pipelining: 1 });

const server = createServer((request, response) => {
  upstream
    .request({
      method: 'GET',
      path: request.url ?? '/',
      headers: { authorization: request.headers.authorization ?? '', accept: 'application/json' },
    })
    .then(async ({ statusCode, headers, body }) => {
      const bytes = await body.bytes();
      response.writeHead(statusCode, {
        'content-type': String(headers['content-type']),
        'content-length': bytes.length,
      });
      response.end(bytes);
    })
    .catch(() => response.writeHead(502).end());
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
