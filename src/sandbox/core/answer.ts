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
  415: 3,
  429: 8,
  500: 13,
  502: 14,
  503: 14,
  504: 4,
};

/** An error with the usual body. */
export const answerError = (
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({
  ...answerJson({ code: codeByStatus[status] ?? 2, message, details: [] }, status),
  headers: { ...json, ...headers },
});

/** The 202 of a question that is still being worked on. */
export const answerPending = (responseId: string): Answer => ({
  status: 202,
  headers: { 'response-id': responseId },
  body: [],
});
