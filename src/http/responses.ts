import type { ServerResponse } from 'node:http';
import type { ErrorCode } from '../model/errors.ts';

/** Answers with one line for people and probes. */
export const sendText = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
};

/** Refuses a request before it is GraphQL, in the form in which GraphQL refuses. */
export const sendError = (
  response: ServerResponse,
  status: number,
  message: string,
  code: ErrorCode = 'BAD_USER_INPUT',
): void => {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    .end(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
};
