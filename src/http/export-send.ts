import type { ServerResponse } from 'node:http';
import { GatewayError } from '../model/errors.ts';
import type { ReviewFormat } from '../review/review-request.ts';
import type { Review } from '../review/reviews.ts';

const mediaTypes: Readonly<Record<ReviewFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
};

interface SendOptions {
  readonly format: ReviewFormat;
  /** Part of the file's name. */
  readonly date: string;
  /** Told at the end of each page, of all pages until then. */
  readonly onPage: (reached: { readonly rows: number; readonly subjects: number }) => void;
}

/**
 * Sends an export as fast as it is read: not more than one piece waits here for the client. Nothing is sent before upstream has answered. Fails as the export
 * does, or with the reason why the client is gone.
 */
export const sendExport = async (
  response: ServerResponse,
  { pieces }: Review,
  { format, date, onPage }: SendOptions,
): Promise<void> => {
  const begin = (): void => {
    if (response.headersSent) return;
    response.writeHead(200, {
      'content-type': mediaTypes[format],
      'content-disposition': `attachment; filename="rolescope-${date}.${format}"`,
    });
  };
  // The header row needs no answer of upstream's: with it, an export that is refused would look like one that broke.
  let held = '';
  let isFirst = true;
  for await (const piece of pieces) {
    if (piece.kind === 'page') {
      onPage(piece.progress);
      if (held === '') continue;
    } else if (isFirst) {
      isFirst = false;
      held = piece.text;
      continue;
    }
    begin();
    const text = held + (piece.kind === 'text' ? piece.text : '');
    held = '';
    if (!response.write(text)) await drained(response);
  }
  begin();
  response.end(held);
};
/** Resolves when the client has read on. Rejects where it has gone. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve, reject) => {
    const settle = (): void => {
      response.off('drain', settle);
      response.off('close', settle);
      if (response.destroyed) reject(disconnected());
      else resolve();
    };
    response.once('drain', settle);
    response.once('close', settle);
    if (response.destroyed) settle();
  });

/** The reason why nothing more is sent, where the client has gone. */
export const disconnected = (): GatewayError => new GatewayError('INTERNAL', 'The client disconnected.');
