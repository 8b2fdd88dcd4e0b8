import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ErrorCode, GatewayError } from '../model/errors.ts';
import type { Caller } from '../model/operation.ts';
import type { IdentifyCaller } from '../operations/pipeline.ts';
import { Aborter } from '../platform/abort.ts';
import type { Clock } from '../platform/clock.ts';
import { keyPart } from '../platform/key-part.ts';
import type { Logger } from '../platform/logger.ts';
import { requestIdOf } from '../operations/request-id.ts';
import type { ReviewRequest } from '../review/review-request.ts';
import type { Reviews } from '../review/reviews.ts';
import { readExportQuery } from './export-query.ts';
import { disconnected, sendExport } from './export-send.ts';
import { sendError } from './responses.ts';
import { unauthenticated } from './unauthenticated.ts';

interface ExportOptions {
  readonly reviews: Reviews;
  readonly identify: IdentifyCaller;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: ExportObserver;
}

/** How an export ended: `refused` before its first byte, `broken off` after it, or `left` by the client. */
type ExportOutcome = 'whole' | 'refused' | 'broken off' | 'left';

/** Is told of exports, for metrics. Must not throw. */
interface ExportObserver {
  /** So many more were sent. */
  rows(count: number): void;
  /** `OK` where nothing went wrong. */
  ended(how: { readonly outcome: ExportOutcome; readonly code: ErrorCode | 'OK' }): void;
}

/** Answers `/export`. */
export interface ExportListener {
  readonly answer: (request: IncomingMessage, response: ServerResponse, search: string) => void;
  /** How many are being sent. */
  readonly running: number;
  /** Breaks off what runs. */
  abortAll(reason: GatewayError): void;
}

/** An export takes minutes of upstream's time, so a third one would only make the others slower. */
const maxAtOnce = 2;

/**
 * Exports with the caller's credential, as fast as the client reads. What fails before the first byte is answered with an error; what fails later breaks the
 * transfer off, so that no client takes what it has for all of it.
 */
export const createExportListener = ({ reviews, identify, clock, logger, observer }: ExportOptions): ExportListener => {
  const running = new Map<string, number>();
  const aborters = new Set<Aborter>();

  const answer = async (request: IncomingMessage, response: ServerResponse, search: string): Promise<void> => {
    const wanted = readExportQuery(search);
    const caller = await identify(request.headers);
    if (caller === undefined) throw unauthenticated('The export needs a credential.');
    const key = keyPart(caller.credentialKey) + keyPart(caller.name);
    const count = running.get(key) ?? 0;
    if (count >= maxAtOnce) throw tooMany();
    running.set(key, count + 1);
    const aborter = new Aborter();
    aborters.add(aborter);
    const onClose = (): void => aborter.abort(disconnected());
    response.once('close', onClose);
    try {
      await send(response, caller, wanted, aborter);
    } finally {
      response.off('close', onClose);
      aborters.delete(aborter);
      const left = (running.get(key) ?? 1) - 1;
      if (left === 0) running.delete(key);
      else running.set(key, left);
    }
  };

  const send = async (
    response: ServerResponse,
    caller: Caller,
    { wanted, withAsOf }: ReturnType<typeof readExportQuery>,
    aborter: Aborter,
  ): Promise<void> => {
    const startedAtMs = clock.nowMs();
    const begun = new Date(startedAtMs).toISOString();
    const request: ReviewRequest = { ...wanted, ...(withAsOf && { asOf: begun }) };
    const review = reviews.open({ request, caller, signal: aborter.signal });
    let reached = { rows: 0, subjects: 0 };
    let outcome: ExportOutcome = 'whole';
    let code: ErrorCode | undefined;
    try {
      await sendExport(response, review, {
        format: request.format,
        date: begun.slice(0, 10),
        onPage({ rows, subjects }) {
          observer.rows(rows - reached.rows);
          reached = { rows, subjects };
        },
      });
    } catch (error) {
      code = error instanceof GatewayError ? error.code : 'INTERNAL';
      outcome = response.destroyed ? 'left' : response.headersSent ? 'broken off' : 'refused';
      throw error;
    } finally {
      const { calls, waitedMs } = review.report;
      observer.ended({ outcome, code: code ?? 'OK' });
      logger.info(
        {
          requestId: requestIdOf(response),
          ...(caller.name !== undefined && { caller: caller.name }),
          format: request.format,
          outcome,
          ...reached,
          ...(code !== undefined && { code }),
          calls,
          waitedMs,
          durationMs: clock.nowMs() - startedAtMs,
        },
        'export',
      );
    }
  };

  return {
    answer(request, response, search) {
      answer(request, response, search).catch((error: unknown) => {
        if (response.headersSent || response.destroyed) {
          response.destroy();
          return;
        }
        const { code, message, retryAfterMs } =
          error instanceof GatewayError ? error : new GatewayError('INTERNAL', 'The export failed inside the gateway.');
        if (retryAfterMs !== undefined) response.setHeader('retry-after', String(Math.ceil(retryAfterMs / 1000)));
        sendError(response, statusByCode[code] ?? 502, message, code);
      });
    },
    get running() {
      return aborters.size;
    },
    abortAll(reason) {
      for (const aborter of aborters) aborter.abort(reason);
    },
  };
};

const statusByCode: Partial<Record<ErrorCode, number>> = {
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  UPSTREAM_UNAVAILABLE: 503,
  UPSTREAM_TIMEOUT: 504,
};

const tooMany = (): GatewayError =>
  new GatewayError(
    'RATE_LIMITED',
    `Of one caller at most ${maxAtOnce} exports run at once. Wait until one of them has ended.`,
    { retryAfterMs: 10_000 },
  );
