import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createBodies, type BodyOptions } from '../../src/http/body.ts';
import { createManualClock } from '../support/manual-clock.ts';

// A real server whose every body is taken by the part under test, and clients that send as slowly as they like.

const clock = createManualClock();
let server: Server;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  expect(clock.waiting).toBe(0);
});

const start = async (options: Partial<BodyOptions> = {}) => {
  const bodies = createBodies({ maxBytes: 1000, maxUnfinishedBytes: 2000, timeoutMs: 10_000, clock, ...options });
  const taken: unknown[] = [];
  server = createServer((request, response) => {
    bodies.take(request, response, () => {
      taken.push((request as { body?: unknown }).body);
      response.end('taken');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  /** A client that has sent headers and the first part of a body, which the server has seen. */
  const begin = async (length: number, part: string) => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    const seen = new Promise<void>((resolve) => {
      server.once('request', (request) => (part === '' ? resolve() : request.once('data', () => resolve())));
    });
    socket.on('error', () => {});
    socket.write(
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${part}`,
    );
    const answer = new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('\r\n\r\n')) resolve(text);
      });
      socket.on('close', () => resolve(text));
    });
    await seen;
    return { answer, send: (text: string) => socket.write(text), leave: () => socket.destroy() };
  };
  return { bodies, taken, begin };
};

describe('a body on its way', () => {
  it('is taken when it is whole, however many parts it comes in', async () => {
    const { begin, taken } = await start();
    const client = await begin(10, '{"a":');
    client.send('"\u00e4"');
    client.send('}');
    expect(await client.answer).toContain('200 OK');
    expect(taken).toEqual(['{"a":"\u00e4"}']);
  });

  it('is given up after its time, and told why', async () => {
    const { begin, taken } = await start();
    const client = await begin(100, '{"a":');
    clock.advance(9999);
    client.send('1');
    clock.advance(1);
    const answer = await client.answer;
    expect(answer).toContain('408 Request Timeout');
    expect(answer).toContain('did not arrive within 10 seconds');
    expect(answer).toMatch(/connection: close/i);
    expect(taken).toEqual([]);
  });

  it('has its own time, whoever began before', async () => {
    const { begin } = await start();
    const first = await begin(3, '{');
    clock.advance(6000);
    const second = await begin(3, '{');
    clock.advance(4000);
    expect(await first.answer).toContain('408');
    clock.advance(5999);
    second.send(' }');
    expect(await second.answer).toContain('200 OK');
  });

  it('is dropped when its client goes', async () => {
    const { begin } = await start();
    const client = await begin(100, '{');
    const closed = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)));
    client.leave();
    const next = await begin(2, '{}');
    expect(await next.answer).toContain('200 OK');
    sockets.at(-1)?.destroy();
    await closed;
  });
});

describe('bodies on their way, all together', () => {
  it('hold no more than allowed: the one that takes longest is given up for those that come', async () => {
    const { begin, taken } = await start();
    const slow = await begin(1000, 'x'.repeat(900));
    const slower = await begin(1000, 'x'.repeat(900));
    const late = await begin(1000, 'x'.repeat(900));
    const refused = await slow.answer;
    expect(refused).toContain('503 Service Unavailable');
    expect(refused).toContain('"RATE_LIMITED"');
    for (const client of [slower, late]) {
      client.send('x'.repeat(100));
      expect(await client.answer).toContain('200 OK');
    }
    expect(taken).toHaveLength(2);
  });
});

describe('a body that another server has read', () => {
  it.each([
    ['{"query":"a"}', '{"query":"a"}'],
    [{ query: 'a' }, '{"query":"a"}'],
  ])('is taken as it is: %j', async (given, expected) => {
    const { bodies, begin } = await start();
    const taken: unknown[] = [];
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      request.resume();
      request.on('end', () => {
        (request as { body?: unknown }).body = given;
        bodies.take(request, response, () => {
          taken.push((request as { body?: unknown }).body);
          response.end('taken');
        });
      });
    });
    expect(await (await begin(2, '{}')).answer).toContain('200 OK');
    expect(taken).toEqual([expected]);
  });
});
