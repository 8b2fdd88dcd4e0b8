import type { ErrorCode } from '../model/errors.ts';
import { bufferPool } from '../platform/buffer-pool.ts';
import type { ClientError } from './client-errors.ts';
import { AnswerLimitError } from './executor/answer-meter.ts';
import type { Chunk } from './executor/json-writer.ts';
import type { Answer } from './graphql-request.ts';
import { EventsNotAccepted, MalformedRequest, ReadOnlyRequest } from './refusal.ts';

/** What stands in an answer. */
interface AnswerParts {
  /** Absent where nothing was executed. */
  readonly data?: Chunk | undefined;
  readonly errors: readonly ClientError[];
  readonly upstream?: object | undefined;
}

/** Pieces of an answer that are smaller are put together: a socket is written to once for each. */
const pieceBytes = 262_144;

const dataKey = Buffer.from('{"data":');
const end = Buffer.from('}');

/** The bytes of an answer, from data that nobody else has. Throws an `AnswerLimitError` where all of it together is larger than it may be. */
export const writeAnswer = ({ data, errors, upstream }: AnswerParts, maxBytes = Infinity): Answer['body'] => {
  const beside: string[] = [];
  if (errors.length > 0) beside.push(`"errors":${JSON.stringify(errors)}`);
  if (upstream !== undefined) beside.push(`"extensions":{"upstream":${JSON.stringify(upstream)}}`);
  const pieces =
    data === undefined
      ? [Buffer.from(`{${beside.join()}`), end]
      : [dataKey, ...data, Buffer.from(beside.length === 0 ? '' : `,${beside.join()}`), end];
  let sizeBytes = 0;
  for (const piece of pieces) sizeBytes += piece.length;
  if (sizeBytes > maxBytes) {
    throw new AnswerLimitError(
      `The answer would be ${sizeBytes.toLocaleString('en-US')} bytes long, errors included, and ${maxBytes.toLocaleString('en-US')} are the most. Ask for less at once.`,
    );
  }
  return sizeBytes <= pieceBytes ? [join(pieces, sizeBytes)] : gather(pieces);
};

/** A copy of all of them, which are of no use any more. */
const join = (pieces: readonly Uint8Array[], sizeBytes: number): Buffer => {
  const joined = Buffer.concat(pieces, sizeBytes);
  for (const piece of pieces) bufferPool.release(piece);
  return joined;
};

const gather = (pieces: readonly Uint8Array[]): Uint8Array[] => {
  const gathered: Uint8Array[] = [];
  let [small, smallBytes]: [Uint8Array[], number] = [[], 0];
  const flush = (): void => {
    if (small.length > 0) gathered.push(join(small, smallBytes));
    [small, smallBytes] = [[], 0];
  };
  for (const piece of pieces) {
    if (smallBytes + piece.length > pieceBytes) flush();
    if (piece.length > pieceBytes) {
      gathered.push(piece);
    } else {
      small.push(piece);
      smallBytes += piece.length;
    }
  }
  flush();
  return gathered;
};

const statusByCode: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  UPSTREAM_UNAVAILABLE: 503,
};

/** The HTTP status of a request that was refused. */
export const refusalStatus = (
  error: unknown,
  [first]: readonly ClientError[],
): Pick<Answer, 'status' | 'jsonStatus'> => {
  if (error instanceof MalformedRequest) return { status: 400, jsonStatus: 400 };
  if (error instanceof EventsNotAccepted) return { status: 406, jsonStatus: 406 };
  if (error instanceof ReadOnlyRequest) return { status: 405, jsonStatus: 405 };
  const status = (first && statusByCode[first.extensions.code]) ?? 400;
  return { status, jsonStatus: 200 };
};
