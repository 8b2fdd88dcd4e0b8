import { GraphQLError } from 'graphql';
import { createErrorFormatter } from '../graph/errors.ts';
import { type ErrorCode, GatewayError } from '../model/errors.ts';
import type { Logger } from '../platform/logger.ts';
import { AnswerLimitError } from './executor/answer-meter.ts';
import { EventsNotAccepted, MalformedRequest, ReadOnlyRequest } from './refusal.ts';

/** An error as it stands in an answer. */
export interface ClientError {
  readonly message: string;
  readonly locations?: readonly SourceLocation[];
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: ErrorCode; readonly [fact: string]: unknown };
}

interface SourceLocation {
  readonly line: number;
  readonly column: number;
}

/** Makes errors what clients are to see. `text`: the document that they are about, where there is one. */
type FormatErrors = (errors: readonly unknown[], text: string | undefined) => ClientError[];

export const createClientErrors = (logger: Logger): FormatErrors => {
  const format = createErrorFormatter(logger);
  return (errors, text) => {
    const locate = createLocator(text);
    return errors.map((error): ClientError => {
      const { message, positions, path, extensions } = format(asGatewayError(error));
      const { http: _http, ...facts } = extensions;
      return {
        message: message.length > maxMessageLength ? `${message.slice(0, maxMessageLength)}…` : message,
        ...(positions && text !== undefined && { locations: positions.map(locate) }),
        ...(path && { path }),
        extensions: { ...facts, code: extensions['code'] as ErrorCode },
      };
    });
  };
};

/** Messages quote what was sent, which may be of any length. */
const maxMessageLength = 1000;

/** Refusals of this layer, in the form that the graph's own formatter knows. */
const asGatewayError = (error: unknown): unknown => {
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  return original instanceof AnswerLimitError ||
    original instanceof MalformedRequest ||
    original instanceof EventsNotAccepted ||
    original instanceof ReadOnlyRequest
    ? new GatewayError('BAD_USER_INPUT', original.message)
    : error;
};

/** Finds the line and column of a place in a text; looks through the text once, and only if it is asked. */
const createLocator = (text = ''): ((position: number) => SourceLocation) => {
  let lineStarts: number[] | undefined;
  return (position) => {
    lineStarts ??= lineStartsOf(text);
    let [low, high] = [0, lineStarts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((lineStarts[middle] as number) <= position) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: position - (lineStarts[low] as number) + 1 };
  };
};

/** "LineTerminator" of the GraphQL specification. */
const lineStartsOf = (text: string): number[] => {
  const starts = [0];
  for (const { index, 0: terminator } of text.matchAll(/\r\n|[\n\r]/g)) starts.push(index + terminator.length);
  return starts;
};
