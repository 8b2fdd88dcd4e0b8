import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type ConnectionOptions, type Connections, watchConnections } from '../../src/http/connections.ts';
import { createManualClock } from '../support/manual-clock.ts';

const clock = createManualClock();
let connections: Connections;
const sockets: Socket[] = [];
afterEach(async () => {
  const stopped = connections.stopListening();
  connections.closeAll();
  for (const socket of sockets.splice(0)) socket.destroy();
  await stopped;
  expect(clock.waiting).toBe(0);
});

const start = async (answer: RequestListener, options: Partial<ConnectionOptions> = {}) => {
  connections = watchConnections(createServer(answer), {
    maxConnections: 100,
    stallMs: 60_000,
    maxUnreadBytes: 1e9,
    clock,
    ...options,
  });
  const { port } = await connections.listen(0, '127.0.0.1');
  /** A client that is connected. It reads nothing until it is told to. */
  const open = () =>
    new Promise<Socket>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(socket));
      socket.on('error', () => {});
      sockets.push(socket);
    });
  return { port, open };
};

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const closing = (socket: Socket) => new Promise<'closed'>((resolve) => socket.once('close', () => resolve('closed')));
const reading = (socket: Socket) =>
  new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(String(chunk))));

describe('a client that does not read', () => {
  it('is cut off when its answer has not moved for a while', async () => {
    let end: (isFinished: boolean) => void;
    const ended = new Promise<boolean>((resolve) => {
      end = resolve;
    });
    const { open } = await start(
      (_request, response) => {
        ending(response, end);
        response.end(Buffer.alloc(20_000_000));
      },
      { stallMs: 300 },
    );
    const socket = await open();
    socket.write(get);
    expect(await ended).toBe(false);
  });

  it('is cut off before others when more waits than allowed, and those who read get all of it', async () => {
    const finished: string[] = [];
    const { open, port } = await start(
      (request, response) => {
        ending(response, (isTaken) => finished.push(`${request.url} ${isTaken}`));
        response.end(Buffer.alloc(20_000_000));
      },
      { maxUnreadBytes: 50_000_000 },
    );
    for (const name of ['/one', '/two']) (await open()).write(get.replace('/ ', `${name} `));
    const answer = await fetch(`http://127.0.0.1:${port}/reader`);
    expect((await answer.arrayBuffer()).byteLength).toBe(20_000_000);
    expect(finished[0]).toBe('/one false');
    expect(finished).not.toContain('/two false');
  });
});

describe('a client that waits for its answer', () => {
  it('is not cut off, however long that takes', async () => {
    const answers: (() => void)[] = [];
    const { open } = await start((_request, response) => answers.push(() => response.end('late')), { stallMs: 50 });
    const socket = await open();
    socket.write(get);
    const answered = reading(socket);
    // Twice and more what a connection that stands still is given.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => socket.setTimeout(60, () => resolve(true)));
    clock.advance(600_000);
    answers[0]?.();
    expect(await answered).toContain('late');
  });
});

describe('a connection on which nothing is asked', () => {
  it('is closed after 20 s where it is new, and after 65 s where it was used', async () => {
    const { open } = await start((_request, response) => response.end('answer'));
    const [fresh, used] = [await open(), await open()];
    used.write(get);
    await reading(used);
    const freshClosed = closing(fresh);
    clock.advance(19_000);
    expect(await Promise.race([freshClosed, settled()])).toBe('open');
    clock.advance(6000);
    expect(await freshClosed).toBe('closed');
    used.write(get);
    expect(await reading(used)).toContain('answer');
    const usedClosed = closing(used);
    clock.advance(75_000);
    expect(await usedClosed).toBe('closed');
  });

  it('is closed where headers take longer than 20 s, a letter at a time', async () => {
    const { open } = await start((_request, response) => response.end('answer'));
    const socket = await open();
    const closed = closing(socket);
    for (const letter of 'GET / HTTP') {
      socket.write(letter);
      await settled();
      clock.advance(5000);
    }
    expect(await closed).toBe('closed');
  });
});

describe('the end', () => {
  it('takes nobody new, lets those finish who are there, and then those that are idle go', async () => {
    const answers: (() => void)[] = [];
    const { open, port } = await start((_request, response) => answers.push(() => response.end('answer')));
    const [busy, idle] = [await open(), await open()];
    busy.write(get);
    while (answers.length === 0) await settled();
    const stopped = connections.stopListening();
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
    // Idle as far as anybody has read, with a request on its way.
    idle.write(get);
    while (answers.length === 1) await settled();
    const both = Promise.all([reading(busy), reading(idle)]);
    for (const answer of answers) answer();
    expect(await both).toEqual([expect.stringContaining('answer'), expect.stringContaining('answer')]);
    connections.closeIdle();
    await stopped;
  });
});

/** Calls back when a response is over, with whether its connection lives on: all of it was taken then. */
const ending = (response: ServerResponse, end: (isTaken: boolean) => void): void => {
  const { socket } = response;
  response.once('close', () => end(socket?.destroyed === false));
};

/** Lets sockets come to rest. */
const settled = async (): Promise<'open'> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  return 'open';
};
