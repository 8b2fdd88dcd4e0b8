import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { builtCommand } from '../support/build-command.ts';
import { type Server, startServer } from '../support/processes.ts';

let server: Server;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await server.stop();
});

/** Linux alone tells a process how many files it may have open. */
describe.skipIf(!existsSync('/proc/self/limits'))('where the system allows a hundred files', () => {
  it('clients take half of them: more are dropped as they come, and the others are answered', async () => {
    const command = `ulimit -n 100 && exec "${process.execPath}" "${builtCommand}" serve --port 0`;
    server = startServer('bash', ['-c', command], {
      env: { ...process.env, ROLESCOPE_UPSTREAM_URL: 'http://127.0.0.1:9' },
    });
    const [, port] = await server.waitFor(/127\.0\.0\.1:(\d+)\/graphql$/m);
    const open = async (): Promise<Socket> => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => {});
      sockets.push(socket);
      await once(socket, 'connect');
      return socket;
    };
    /** The beginning of an answer; undefined where the connection is dropped instead. */
    const ask = async (socket: Socket): Promise<string | undefined> => {
      if (socket.closed) return undefined;
      const answer = new Promise<string | undefined>((resolve) => {
        socket.once('data', (piece) => resolve(String(piece).slice(0, 12)));
        socket.once('close', () => resolve(undefined));
      });
      socket.write('GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n');
      return answer;
    };
    const first = await open();
    expect(await ask(first)).toBe('HTTP/1.1 200');
    const others = await Promise.all(Array.from({ length: 150 }, open));
    const answers = await Promise.all(others.map(ask));
    expect(answers.filter((answer) => answer === 'HTTP/1.1 200')).toHaveLength(49);
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(101);
    expect(await ask(first)).toBe('HTTP/1.1 200');

    for (const socket of others) socket.destroy();
    let later: string | undefined;
    // The gateway may meet it before it has seen that the others are gone.
    while (later === undefined) later = await ask(await open());
    expect(later).toBe('HTTP/1.1 200');
  });
});
