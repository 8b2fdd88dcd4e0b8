import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../platform/clock.ts';
import { sendError } from './responses.ts';
import { RenewedSet } from '../platform/renewed.ts';

export interface BodyOptions {
  /** The largest body that one request may have. */
  readonly maxBytes: number;
  /** Bytes of all bodies together that are not here to their end. Beyond it the one that takes longest is given up. */
  readonly maxUnfinishedBytes: number;
  /** How long a client may take to send a body, from its headers on. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** The bodies that are on their way. */
export interface Bodies {
  /**
   * Lets on what GraphQL over HTTP allows: GET, and POST of JSON that is not larger than the bound. Everything else is refused before anything is
   * made of it. Calls on when the body is here, and never where the client goes away before.
   */
  take(request: IncomingMessage, response: ServerResponse, next: () => void): void;
  /** Leaves no timer behind. */
  close(): void;
}

/** A body that is not here to its end. */
interface Unfinished {
  readonly response: ServerResponse;
  readonly startedAtMs: number;
  chunks: Buffer[];
  sizeBytes: number;
}

export const createBodies = ({ maxBytes, maxUnfinishedBytes, timeoutMs, clock }: BodyOptions): Bodies => {
  // In the order in which they began.
  const unfinished = new RenewedSet<Unfinished>();
  let unfinishedBytes = 0;
  let cancelTimer: (() => void) | undefined;

  const drop = (body: Unfinished): void => {
    if (!unfinished.delete(body)) return;
    unfinishedBytes -= body.sizeBytes;
    if (unfinished.size > 0) return;
    cancelTimer?.();
    cancelTimer = undefined;
  };
  const giveUp = (body: Unfinished, status: number, message: string): void => {
    drop(body);
    body.chunks = [];
    body.response.setHeader('connection', 'close');
    sendError(body.response, status, message, status === 503 ? 'RATE_LIMITED' : 'BAD_USER_INPUT');
  };
  const giveUpLate = (): void => {
    cancelTimer = undefined;
    const nowMs = clock.nowMs();
    for (const body of unfinished) {
      const leftMs = body.startedAtMs + timeoutMs - nowMs;
      if (leftMs > 0) {
        cancelTimer = clock.after(leftMs, giveUpLate);
        return;
      }
      giveUp(body, 408, `The request body did not arrive within ${timeoutMs / 1000} seconds.`);
    }
  };
  const giveUpOldest = (): void => {
    for (const body of unfinished) {
      if (unfinishedBytes <= maxUnfinishedBytes) return;
      giveUp(
        body,
        503,
        'The gateway holds as many unfinished requests as it may. Ask again, and send the body at once.',
      );
    }
  };

  const gather = (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const body: Unfinished = { response, startedAtMs: clock.nowMs(), chunks: [], sizeBytes: 0 };
    unfinished.add(body);
    cancelTimer ??= clock.after(timeoutMs, giveUpLate);
    request.on('data', (chunk: Buffer) => {
      if (!unfinished.has(body)) return;
      body.chunks.push(chunk);
      body.sizeBytes += chunk.length;
      unfinishedBytes += chunk.length;
      if (body.sizeBytes > maxBytes) giveUp(body, 413, tooLarge(maxBytes));
      else if (unfinishedBytes > maxUnfinishedBytes) giveUpOldest();
    });
    request.on('end', () => {
      if (!unfinished.has(body)) return;
      drop(body);
      if (body.sizeBytes === 0) {
        sendError(response, 400, noBody);
        return;
      }
      const { chunks } = body;
      (request as BodyReader).body = (chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString();
      next();
    });
    // The client went away.
    request.on('close', () => drop(body));
  };

  return {
    take(request, response, next) {
      if (request.method === 'GET') {
        if (hasBrokenJson(request.url ?? '')) {
          sendError(response, 400, 'The variables or extensions in the query string are not JSON.');
        } else {
          next();
        }
        return;
      }
      if (request.method !== 'POST') {
        response.setHeader('allow', 'GET, POST');
        sendError(response, 405, 'GraphQL is asked with GET or POST.');
        return;
      }
      // Forms of other sites can send every other type without asking first.
      if (!/^application\/json *(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
        sendError(response, 415, 'Send JSON, with the header Content-Type: application/json.');
        return;
      }
      if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
        sendError(response, 415, 'Send the body as it is, without a Content-Encoding.');
        return;
      }
      const parsed = (request as { body?: unknown }).body;
      if (parsed !== undefined) {
        // The server around us has read it already, and has left nothing to read.
        (request as BodyReader).body = typeof parsed === 'string' ? parsed : JSON.stringify(parsed);
        next();
        return;
      }
      const length = Number(request.headers['content-length'] ?? 0);
      const isChunked = request.headers['transfer-encoding'] !== undefined;
      if (length > maxBytes) {
        response.setHeader('connection', 'close');
        sendError(response, 413, tooLarge(maxBytes));
      } else if (length === 0 && !isChunked) {
        sendError(response, 400, noBody);
      } else {
        gather(request, response, next);
      }
    },
    close() {
      cancelTimer?.();
      cancelTimer = undefined;
    },
  };
};

const noBody = 'The request has no body. Send a JSON object with a query.';
const tooLarge = (maxBytes: number): string => `The request body is larger than the ${maxBytes} bytes allowed.`;

/**
 * Hands on the body of a request that was let on, and leaves it where the adapter of a GraphQL server finds it. Never calls back where the client
 * goes away before it has sent all of it.
 */
export const readBody = (request: IncomingMessage, next: (body: string) => void): void => {
  const gathered = (request as BodyReader).body;
  if (gathered !== undefined) return next(gathered);
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString();
    (request as BodyReader).body = body;
    next(body);
  });
};

/** The adapter takes a body that was read already from here. */
type BodyReader = IncomingMessage & { body?: string };

const hasBrokenJson = (url: string): boolean => {
  const start = url.indexOf('?');
  if (start < 0) return false;
  const parameters = new URLSearchParams(url.slice(start + 1));
  return ['variables', 'extensions'].some((name) => {
    const text = parameters.get(name);
    return text !== null && text !== '' && !isJson(text);
  });
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
