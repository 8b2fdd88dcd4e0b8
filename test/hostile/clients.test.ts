import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type MeasuredGateway, startMeasuredGateway } from './measured-gateway.ts';

let gateway: MeasuredGateway;
const sockets: Socket[] = [];
beforeAll(async () => {
  gateway = await startMeasuredGateway({ heapMb: 512 });
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => gateway.close());

const open = async (): Promise<Socket> => {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  sockets.push(socket);
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
};

const head = (length: number, more = ''): string =>
  `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${more}Content-Length: ${length}\r\n\r\n`;

/** Waits until the gateway has come to everything that was sent before. */
const settled = () => gateway.send({ body: { query: '{ __typename }' } });

describe('clients that do not read', () => {
  it('hold no more than the bound on unread answers, whatever they have asked for', async () => {
    const body = JSON.stringify({
      query: '{ subjects(first: 1000) { nodes { id reference rawType roles { nodes { id name } } } } }',
    });
    await settled();
    const before = await gateway.keptBytes();
    for (let i = 0; i < 300; i++) {
      const socket = await open();
      socket.pause();
      socket.write(`${head(Buffer.byteLength(body), `Authorization: Bearer ${gateway.token}\r\n`)}${body}`);
      if (i % 10 === 9) await settled();
    }
    await gateway.send({ headers: { authorization: `Bearer ${gateway.token}` }, body });
    expect(gateway.isAlive()).toBe(true);
    expect((await gateway.keptBytes()) - before).toBeLessThan(190_000_000);
  }, 180_000);
});

describe('bodies that do not come to their end', () => {
  it('hold no more than their bound, and nobody else is kept from asking', async () => {
    const length = 250_000;
    await settled();
    const before = await gateway.keptBytes();
    for (let i = 0; i < 500; i++) {
      const socket = await open();
      socket.write(head(length) + 'x'.repeat(length - 1));
      if (i % 20 === 19) await settled();
    }
    const { status } = await settled();
    expect(status).toBe(200);
    expect((await gateway.keptBytes()) - before).toBeLessThan(100_000_000);
  });
});

describe('questions that are all unlike one another', () => {
  it.each([
    [
      'with a large variable that is used',
      (i: number) => ({
        query: 'query ($a: String!) { role(name: $a) { __typename } }',
        variables: { a: `${i} ${'ÿĀ'.repeat(50_000)}` },
      }),
    ],
    [
      'with a large text in the document',
      (i: number) => ({ query: `{ role(name: "${i} ${'y'.repeat(90_000)}") { __typename } }` }),
    ],
    ['with a large name', (i: number) => ({ query: `query N${i}${'z'.repeat(150)} { __typename }` })],
    [
      'with a hash of their own',
      (i: number) => ({
        query: `{ __typename } # ${i}`,
        extensions: { persistedQuery: { version: 1, sha256Hash: `${i}`.padStart(64, '0') } },
      }),
    ],
  ])('leave little behind, for made-up tokens: %s', async (_name, bodyOf) => {
    await settled();
    const before = await gateway.keptBytes();
    for (let i = 0; i < 600; i++) {
      await gateway.send({ headers: { authorization: `Bearer made-up-${i}` }, body: bodyOf(i) });
    }
    expect(gateway.isAlive()).toBe(true);
    expect((await gateway.keptBytes()) - before).toBeLessThan(80_000_000);
  });
});
