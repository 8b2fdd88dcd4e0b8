import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerError, type Answer } from './answer.ts';

/** A request whose body has been read. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly remoteAddress: string | undefined;
  /** True once the caller went away before it had its answer. */
  isGone(): boolean;
  /** Aborts when that happens. Made when it is asked for: most calls never wait. */
  signal(): AbortSignal;
}

const maxBodyBytes = 1024 * 1024;

/** A port that is listened on, or known to be free. */
export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on loopback, on any free port where `port` is 0. */
export const listen = async (
  port: number,
  handle: (request: HttpRequest, response: ServerResponse) => Promise<void>,
): Promise<Listener> => {
  const server = createServer((message, response) => {
    serve(message, response, handle).catch((error: unknown) => {
      // A bug of the sandbox itself: it must not end the process that it is embedded in.
      if (!response.headersSent) send(response, answerError(500, `the sandbox failed: ${String(error)}`));
      else response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => stop(server) };
};

/** A port on which nobody listens: this one or, where it is 0, one that was free a moment ago. */
export const refuseConnections = async (port: number): Promise<Listener> => {
  const close = (): Promise<void> => Promise.resolve();
  if (port !== 0) return { port, close };
  const listener = await listen(0, () => Promise.resolve());
  await listener.close();
  return { port: listener.port, close };
};

/** How an answer breaks off: the connection ends, or stays open and silent. */
export interface Break {
  readonly how: 'cut' | 'stall';
  /** How many bytes of the body come before. */
  readonly afterBytes: number;
}

/** Ends an exchange with an answer, or in its middle. */
export const send = (response: ServerResponse, answer: Answer, breakOff?: Break): void => {
  const length = answer.body.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  // A header without a value is left out: so can a scripted fault take one away.
  const headers = Object.entries(answer.headers).filter(([, value]) => value !== '');
  response.writeHead(answer.status, [...headers.flat(), 'content-length', String(length)]);
  if (breakOff === undefined) {
    // A text goes out in one piece with its headers; a large kept part is not copied.
    if (answer.body.every((part) => typeof part === 'string')) {
      response.end(answer.body.join(''));
      return;
    }
    response.cork();
    for (const part of answer.body) response.write(part);
    response.end();
    return;
  }
  const start = Buffer.concat(answer.body.map((part) => Buffer.from(part))).subarray(0, breakOff.afterBytes);
  response.write(start, () => {
    if (breakOff.how === 'cut') response.destroy();
  });
};

const serve = async (
  message: IncomingMessage,
  response: ServerResponse,
  handle: (request: HttpRequest, response: ServerResponse) => Promise<void>,
): Promise<void> => {
  let isGone = false;
  let gone: AbortController | undefined;
  response.once('close', () => {
    isGone = !response.writableFinished;
    if (isGone) gone?.abort();
  });
  const hasBody = message.headers['content-length'] !== undefined || message.headers['transfer-encoding'] !== undefined;
  const body = hasBody ? await readBody(message) : '';
  if (body === undefined) return;
  const target = message.url ?? '/';
  const mark = target.indexOf('?');
  await handle(
    {
      method: message.method ?? 'GET',
      path: mark === -1 ? target : target.slice(0, mark),
      query: mark === -1 ? '' : target.slice(mark + 1),
      headers: message.headers,
      body,
      remoteAddress: message.socket.remoteAddress,
      isGone: () => isGone,
      signal() {
        gone ??= new AbortController();
        if (isGone) gone.abort();
        return gone.signal;
      },
    },
    response,
  );
};

/** Undefined where the caller went away; a body that is too large ends the connection. */
const readBody = async (message: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBodyBytes) {
        message.destroy();
        return undefined;
      }
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString();
};

const stop = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
