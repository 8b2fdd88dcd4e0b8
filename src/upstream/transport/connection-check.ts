import { lookup } from 'node:dns/promises';
import { connect as connectPlain, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '../../platform/clock.ts';

/** What became of a connection: how long it took, or the system's code for what was in the way. */
type ConnectionCheck =
  | { readonly isOpen: true; readonly tookMs: number }
  | { readonly isOpen: false; readonly reason: string };

/** Opens a connection to the host of an address, with TLS and a checked certificate where it is https, and closes it again. Sends no request. */
export const checkConnection = (address: string, timeoutMs: number, clock: Clock): Promise<ConnectionCheck> => {
  const { protocol, hostname, port } = new URL(address);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isTls = protocol === 'https:';
  const startedAtMs = clock.nowMs();
  return new Promise((resolve) => {
    const socket = isTls
      ? connectTls({ host, port: Number(port || 443), ...(isIP(host) === 0 && { servername: host }) })
      : connectPlain({ host, port: Number(port || 80) });
    const end = (check: ConnectionCheck): void => {
      cancelTimer();
      socket.destroy();
      resolve(check);
    };
    const cancelTimer = clock.after(timeoutMs, () => end({ isOpen: false, reason: 'no answer in time' }));
    socket.once(isTls ? 'secureConnect' : 'connect', () => end({ isOpen: true, tookMs: clock.nowMs() - startedAtMs }));
    socket.on('error', (error) => end({ isOpen: false, reason: codeOf(error) }));
  });
};

/** The addresses of a host name; throws the system's code where there is none. */
export const resolveHost = async (address: string): Promise<number> => {
  const { hostname } = new URL(address);
  try {
    return (await lookup(hostname.replace(/^\[|\]$/g, ''), { all: true })).length;
  } catch (error) {
    throw new Error(codeOf(error), { cause: error });
  }
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown fault';
