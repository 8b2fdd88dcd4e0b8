import { GraphQLError } from 'graphql';
import { createErrorFormatter } from '../graph/errors.ts';
import type { Logger } from '../platform/logger.ts';

type FormatError = (error: unknown) => GraphQLError;

/** The graph's own formatter, and what HTTP adds to it. */
export const createClientErrors = (logger: Logger, introspection: boolean): FormatError => {
  const formatError = withStatus(createErrorFormatter(logger));
  return introspection ? formatError : withoutSuggestions(formatError);
};

/**
 * A body that is not JSON is status 400 for every client (GraphQL over HTTP, "application/json": "JSON parsing failure"). Yoga keeps that for those
 * that accept the newer media type.
 */
const withStatus =
  (formatError: FormatError): FormatError =>
  (error) => {
    const formatted = formatError(error);
    if (!(error instanceof GraphQLError) || error.extensions['code'] !== 'BAD_REQUEST') return formatted;
    const { http } = formatted.extensions as { http?: object };
    if (http !== undefined) formatted.extensions['http'] = { ...http, spec: false };
    return formatted;
  };

/** Cuts off what GraphQL proposes where a name is not known, because it tells names that nobody was told. */
const withoutSuggestions =
  (formatError: FormatError): FormatError =>
  (error) => {
    const formatted = formatError(error);
    formatted.message = formatted.message.replace(/ Did you mean .*$/s, '');
    return formatted;
  };
