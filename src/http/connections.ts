import { createServer as createNetServer, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../platform/clock.ts';
import { RenewedMap } from '../platform/renewed.ts';

export interface ConnectionOptions {
  /** More are dropped as they come. */
  readonly maxConnections: number;
  /** A connection whose answer has not moved for so long is ended. */
  readonly stallMs: number;
  /** Bytes of answers that clients have not taken yet, of all connections together. Beyond it those that wait longest are ended. */
  readonly maxUnreadBytes: number;
  readonly clock: Clock;
}

/** How long a client may take to send the headers of a request, and a new connection to begin with one. */
const headersMs = 20_000;
/** Longer than load balancers keep connections (a minute is usual), so that it is they who close them and no request meets a closed one. */
const keepAliveMs = 65_000;
/** How often connections are looked at that take their time. */
const sweepMs = 5000;

/** The connections of an HTTP server: who may stay, and for how long. */
export interface Connections {
  /** Starts to listen and gives the address. Rejects where the port is taken. */
  listen(port: number, host: string): Promise<AddressInfo>;
  /**
   * Resolves as soon as none comes any more, while it still listens: those that the system has taken, and that wait for their turn, would be reset where it stopped at once. With a
   * request on each as well, as far as the client can tell.
   */
  untilNoneComes(): Promise<void>;
  /** Takes no new ones, and resolves when the last one is closed. Those that are open stay as they are. */
  stopListening(): Promise<void>;
  /** Whether no request is under way on it. */
  isIdle(socket: Duplex): boolean;
  /** Closes those on which none is. */
  closeIdle(): void;
  closeAll(): void;
}

/** What is known of a connection. */
interface Watched {
  /** Requests that are not answered to their end. */
  running: number;
  /** When it last became idle, and what it had brought by then. */
  idleSinceMs: number;
  idleAtBytes: number;
  /** When it was first seen to bring more: headers are on their way. */
  headersSinceMs: number | undefined;
  hasServed: boolean;
}

/**
 * Listens for an HTTP server, which does not listen itself: its own `close` cuts connections that are idle as far as it has read, and requests on
 * their way with them. So the port is ours, and connections are handed in, as the event `connection` is there for (Node.js, "http.Server").
 */
export const watchConnections = (server: Server, options: ConnectionOptions): Connections => {
  const { maxConnections, stallMs, maxUnreadBytes, clock } = options;
  const watched = new RenewedMap<Duplex, Watched & { readonly socket: Socket }>();
  // What an HTTP server gives itself to listen with.
  let taken = 0;
  const door = createNetServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    taken++;
    watched.set(socket, { socket, running: 0, ...idleNow(socket, clock), hasServed: false });
    socket.once('close', () => watched.delete(socket));
    server.emit('connection', socket);
  });
  door.maxConnections = maxConnections;

  server.keepAliveTimeout = keepAliveMs;
  // Comes when a connection has not moved at all: nothing was read, and nothing of what is being written was taken.
  server.timeout = stallMs;
  server.on('timeout', (socket: Socket) => {
    const isWaiting = (watched.get(socket)?.running ?? 0) > 0 && socket.writableLength === 0;
    // An operation takes its time. Its answer will be watched again.
    if (isWaiting) socket.setTimeout(stallMs);
    else socket.destroy();
  });

  const unread = new RenewedMap<ServerResponse, number>();
  let unreadBytes = 0;
  const take = (response: ServerResponse): void => {
    unreadBytes -= unread.get(response) ?? 0;
    unread.delete(response);
  };
  const boundUnread = (): void => {
    for (const response of unread.keys()) {
      if (unreadBytes <= maxUnreadBytes) return;
      take(response);
      response.destroy();
    }
  };

  // Before those who answer, which they may do at once.
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = watched.get(socket);
    if (connection !== undefined) connection.running++;
    // All of the answer is there, and waits to be taken.
    response.once('prefinish', () => {
      const waitingBytes = socket.writableLength;
      unread.set(response, waitingBytes);
      unreadBytes += waitingBytes;
      if (unreadBytes > maxUnreadBytes) boundUnread();
    });
    response.once('finish', () => take(response));
    response.once('close', () => {
      take(response);
      if (connection === undefined) return;
      connection.running--;
      Object.assign(connection, idleNow(socket, clock), { hasServed: true });
    });
  });

  let cancelSweep: (() => void) | undefined;
  const sweep = (): void => {
    cancelSweep = clock.after(sweepMs, sweep);
    const nowMs = clock.nowMs();
    for (const connection of watched.values()) {
      const { socket } = connection;
      if (connection.running > 0) continue;
      if (socket.bytesRead > connection.idleAtBytes) connection.headersSinceMs ??= nowMs;
      const { headersSinceMs, idleSinceMs, hasServed } = connection;
      const endsAtMs =
        (headersSinceMs ?? idleSinceMs) + (headersSinceMs === undefined && hasServed ? keepAliveMs : headersMs);
      if (nowMs >= endsAtMs) socket.destroy();
    }
  };

  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        door.once('error', reject);
        // So many may wait for their turn, as far as the system allows: one comes in a turn of the loop, and turns of a busy gateway are long.
        door.listen({ port, host, backlog: maxConnections }, () => {
          door.off('error', reject);
          cancelSweep = clock.after(sweepMs, sweep);
          resolve(door.address() as AddressInfo);
        });
      }),
    async untilNoneComes() {
      // One is handed in at each turn.
      for (let before = -1; before !== taken;) {
        before = taken;
        await setImmediate();
        await setImmediate();
      }
    },
    stopListening() {
      // For connections that are busy: no longer kept once they are idle.
      server.keepAliveTimeout = 1;
      return new Promise((resolve) =>
        door.close(() => {
          cancelSweep?.();
          resolve();
        }),
      );
    },
    isIdle: (socket) => (watched.get(socket)?.running ?? 0) === 0,
    closeIdle() {
      for (const { socket, running } of watched.values()) if (running === 0) socket.destroy();
    },
    closeAll() {
      for (const { socket } of watched.values()) socket.destroy();
    },
  };
};

const idleNow = (socket: Socket, clock: Clock) => ({
  idleSinceMs: clock.nowMs(),
  idleAtBytes: socket.bytesRead,
  headersSinceMs: undefined,
});
