import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** An address in front of the sandbox that can refuse connections, which a server that has to be read from cannot. */
export interface Relay {
  readonly url: string;
  /** Lets connections through, and refuses them after so many, until `later` says that it has been long enough. */
  open(target: string, refusing: { refuseAfter: number; times: number; later: (again: () => void) => void }): void;
  close(): Promise<void>;
}

export const createRelay = async (): Promise<Relay> => {
  const sockets = new Set<Socket>();
  const server = createServer();
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  return {
    url: `http://127.0.0.1:${port}`,
    open(target, { refuseAfter, times, later }) {
      let taken = 0;
      server.on('connection', (near) => {
        const far = connect(Number(new URL(target).port), '127.0.0.1');
        for (const socket of [near, far]) {
          sockets.add(socket);
          socket.on('error', () => {});
          socket.once('close', () => sockets.delete(socket));
        }
        near.pipe(far).pipe(near);
        if (++taken !== refuseAfter) return;
        // Whoever is connected stays so.
        server.close();
        if (times !== Infinity) later(() => void listen(port));
      });
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      if (server.listening) server.close();
    },
  };
};
