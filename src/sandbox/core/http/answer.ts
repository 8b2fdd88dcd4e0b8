import { canary } from './canary.ts';

/** What goes back to a caller. The server adds `request-id` and the length. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parts of the body, so that large kept ones need not be copied. */
  readonly body: readonly (string | Buffer)[];
}

const json = { 'content-type': 'application/json' };

/** An answer with a JSON body. */
export const answerJson = (value: unknown, status = 200): Answer => ({
  status,
  headers: json,
  body: [JSON.stringify(value)],
});

/** An answer whose JSON text is ready. */
export const answerText = (body: readonly (string | Buffer)[]): Answer => ({ status: 200, headers: json, body });

/** The codes that bodies of errors carry are those of gRPC, as behind every gateway that turns it into REST. */
const codeByStatus: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  414: 3,
  415: 3,
  409: 6,
  429: 8,
  500: 13,
  501: 12,
  502: 14,
  503: 14,
  504: 4,
};

/** An error with the usual body. What it says in words may say too much, so that it is nothing to pass on: a canary is in it. */
export const answerError = (
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer => {
  const body = {
    code: codeByStatus[status] ?? 2,
    message: status === 403 ? `${message} (${canary('errors', 'message', '403')})` : message,
    details: [{ reason: canary('errors', 'details', String(status)) }],
  };
  return { ...answerJson(body, status), headers: { ...json, ...headers } };
};

/** The 202 of a question that is still being worked on. */
export const answerPending = (responseId: string): Answer => ({
  status: 202,
  headers: { 'response-id': responseId },
  body: [],
});
