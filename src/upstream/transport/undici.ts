import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Pool, type Dispatcher } from 'undici';
import { bufferPool } from '../../platform/buffer-pool.ts';
import type { Call, WireAnswer, WireSend } from '../call.ts';
import { invalidResponse, OversizedAnswerError, unreachable } from '../errors.ts';

export interface UndiciSendOptions {
  /** `https://host[:port][/prefix]`. A call with an empty path goes to this very address. */
  readonly baseUrl: string;
  /** Longest body that is read, packed or unpacked. */
  readonly maxBodyBytes: number;
  /** Connections at the same time. An answer can take most of a minute, so this is more than calls in a second. */
  readonly maxConnections: number;
}

/** The wire, and how to let go of it. */
export interface UndiciSend {
  readonly send: WireSend;
  /** Breaks off what is under way and closes every connection. */
  close(): Promise<void>;
}

/**
 * The one door to HTTP. Sends with undici over kept-alive connections and reads the whole body within the cap. Follows no redirect, keeps
 * no answer, shares no call. Ends at once when `call.signal` aborts, whatever phase it is in, with the signal's reason.
 *
 * Speaks to `dispatch` because it is the only level at which one abort covers connecting, headers and body, and because it costs
 * no stream per call.
 */
export const createUndiciSend = ({ baseUrl, maxBodyBytes, maxConnections }: UndiciSendOptions): UndiciSend => {
  const { origin, pathname, search } = new URL(baseUrl);
  const prefix = pathname.replace(/\/+$/, '');
  const pathOf = (path: string): string => (path === '' ? pathname + search : prefix + path);
  // The policies time every phase with the gateway's clock, so undici's own timeouts are off, but for connecting.
  const pool = new Pool(origin, {
    connections: maxConnections,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 10_000,
    // The bundled command has no HTTP/2 (`cli/bundle.mjs`).
    allowH2: false,
  });
  const send: WireSend = async (call) =>
    unpack(await dispatch(pool, call, { path: pathOf(call.path), maxBodyBytes }), maxBodyBytes);
  return { send, close: () => pool.destroy() };
};

interface PackedAnswer extends WireAnswer {
  readonly encoding: string | undefined;
}

interface Dispatch {
  /** Behind the origin. */
  readonly path: string;
  readonly maxBodyBytes: number;
}

const dispatch = (pool: Pool, call: Call, { path, maxBodyBytes }: Dispatch): Promise<PackedAnswer> =>
  new Promise((resolve, reject) => {
    const { signal } = call;
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    let controller: Dispatcher.DispatchController | undefined;
    let isSettled = false;
    let hasLeft = false;
    let head: Omit<PackedAnswer, 'body'> | undefined;
    let chunks: Buffer[] = [];
    let sizeBytes = 0;

    const settle = (): boolean => {
      if (isSettled) return false;
      isSettled = true;
      signal.removeEventListener('abort', onAbort);
      return true;
    };
    const fail = (error: Error): void => {
      if (!settle()) return;
      chunks = [];
      // Without a controller the call still waits for a connection; it is stopped when it gets one.
      controller?.abort(error);
      reject(error);
    };
    const onAbort = (): void => fail(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });

    pool.dispatch(
      {
        path,
        method: call.endpoint.method,
        headers: requestHeaders(call),
        body: call.body?.text ?? null,
      },
      {
        onRequestStart(started) {
          controller = started;
          hasLeft = true;
          if (isSettled) started.abort(signal.aborted ? (signal.reason as Error) : new Error('the call is over'));
          else call.onLeave?.();
        },
        onResponseStart(_controller, status, headers) {
          // 1xx answers are notes on the way to the real one.
          if (status < 200) return;
          head = {
            status,
            requestId: safeId(headers['request-id']),
            responseId: safeId(headers['response-id']),
            retryAfter: single(headers['retry-after']),
            date: single(headers['date']),
            encoding: single(headers['content-encoding']),
          };
        },
        onResponseData(_controller, chunk) {
          sizeBytes += chunk.length;
          if (sizeBytes > maxBodyBytes) fail(tooLarge(maxBodyBytes, head));
          else chunks.push(chunk);
        },
        onResponseEnd() {
          if (head === undefined || !settle()) return;
          const { status, requestId, responseId, retryAfter, date, encoding } = head;
          const { body, release } = inOne(chunks, sizeBytes);
          resolve({ status, requestId, responseId, retryAfter, date, encoding, body, release });
        },
        onResponseError(_controller, error) {
          if (head === undefined) fail(unreachable(systemCode(error), hasLeft ? 'unknown' : 'notSent'));
          else if (head.status === 200) fail(cutOff(head));
          // The body of a refusal is a help at most; its status stands without it.
          else if (settle()) resolve({ ...head, body: Buffer.alloc(0) });
        },
      },
    );
  });

/** A body, in the pool's memory where it came in several chunks. */
const inOne = (chunks: readonly Buffer[], sizeBytes: number): Pick<WireAnswer, 'body' | 'release'> => {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return { body: only };
  const pooled = bufferPool.acquire(sizeBytes);
  if (pooled === undefined) return { body: Buffer.concat(chunks, sizeBytes) };
  const body = pooled.subarray(0, sizeBytes);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return { body, release: () => bufferPool.release(pooled) };
};

const requestHeaders = ({ authorization, responseId, body }: Call): string[] => {
  const headers = ['accept', 'application/json', 'accept-encoding', 'gzip', 'user-agent', 'rolescope'];
  if (authorization !== undefined) headers.push('authorization', authorization);
  if (responseId !== undefined) headers.push('response-id', responseId);
  if (body !== undefined) headers.push('content-type', body.type);
  return headers;
};

const unzip = promisify(gunzip);

const unpack = async (answer: PackedAnswer, maxBodyBytes: number): Promise<WireAnswer> => {
  const encoding = answer.encoding?.toLowerCase() ?? 'identity';
  if (encoding === 'identity' || answer.body.length === 0) return answer;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw invalidResponse('the body is packed in a way that was not asked for', detailsOf(answer));
  }
  try {
    const body = await unzip(answer.body, { maxOutputLength: maxBodyBytes });
    answer.release?.();
    return { ...answer, body, release: undefined };
  } catch (error) {
    throw systemCode(error) === 'ERR_BUFFER_TOO_LARGE'
      ? tooLarge(maxBodyBytes, answer)
      : invalidResponse('the body cannot be unpacked', detailsOf(answer));
  }
};

type Head = Pick<WireAnswer, 'status' | 'requestId'>;

const detailsOf = (head: Head | undefined) => ({ requestId: head?.requestId, upstreamStatus: head?.status });

const tooLarge = (maxBodyBytes: number, head: Head | undefined): Error =>
  new OversizedAnswerError(maxBodyBytes, detailsOf(head));

const cutOff = (head: Head): Error => invalidResponse('the body was cut off', detailsOf(head));

/** The code of a system or undici error. Their messages hold addresses, so nothing else of them is kept. */
const systemCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown fault';

const single = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.[0];

/** These ids are shown to clients, or sent back: they must be nothing but ids. */
const safeId = (value: string | string[] | undefined): string | undefined => {
  const id = single(value);
  return id !== undefined && /^[\w.:-]{1,128}$/.test(id) ? id : undefined;
};
