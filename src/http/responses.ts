import { STATUS_CODES, ServerResponse } from 'node:http';
import type { ErrorCode } from '../model/errors.ts';

/** An answer on a connection of the gateway's own server: what is written to it goes to the system and nowhere else, where somebody else's server may keep it. */
export class OwnResponse extends ServerResponse {}

/** On every answer but GraphiQL's page, which has a policy of its own: nothing here is to be shown, kept or framed. */
export const strictHeaders = Object.entries({
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  vary: 'Authorization, X-Api-Key',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
});

/** Answers with one line for people and probes. */
export const sendText = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
};

/** Refuses a request before it is GraphQL, in the form in which GraphQL refuses. Does nothing where an answer has begun already. */
export const sendError = (
  response: ServerResponse,
  status: number,
  message: string,
  code: ErrorCode = 'BAD_USER_INPUT',
): void => {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(refusalText(message, code));
};

/** A refusal for a connection on which nothing can be understood, so that there is no response to write it by. */
export const rawRefusal = (status: number, message: string): string => {
  const text = refusalText(message, 'BAD_USER_INPUT');
  const headers = [
    ...strictHeaders,
    ['content-type', 'application/json; charset=utf-8'],
    ['content-length', String(Buffer.byteLength(text))],
    ['connection', 'close'],
  ];
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`;
};

const refusalText = (message: string, code: ErrorCode): string =>
  JSON.stringify({ errors: [{ message, extensions: { code } }] });
