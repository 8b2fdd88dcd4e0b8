import { GraphQLError } from 'graphql';
import { type ErrorCode, errorCodes, GatewayError } from '../model/errors.ts';
import type { Logger } from '../platform/logger.ts';

/** The one place where errors become what clients see: a code from the closed list and a safe sentence. */
export const createErrorFormatter =
  (logger: Logger): ((error: unknown) => GraphQLError) =>
  (error) => {
    if (!(error instanceof GraphQLError)) return fromOriginal(error, undefined, logger);
    // GraphQL wraps what a resolver threw, sometimes more than once.
    let original: unknown = error;
    while (original instanceof GraphQLError && original.originalError) original = original.originalError;
    if (!(original instanceof GraphQLError)) return fromOriginal(original, error, logger);
    return withKnownCode(error);
  };

const fromOriginal = (original: unknown, located: GraphQLError | undefined, logger: Logger): GraphQLError => {
  if (original instanceof GatewayError) {
    return relocate(original.message, located, {
      code: original.code,
      ...(original.requestId === undefined ? {} : { requestId: original.requestId }),
      ...(original.retryAfterMs === undefined ? {} : { retryAfterMs: original.retryAfterMs }),
      ...(original.upstreamStatus === undefined ? {} : { upstreamStatus: original.upstreamStatus }),
      ...original.progress,
    });
  }
  logger.error({ err: original }, 'an operation met an unexpected error');
  return relocate(
    'The gateway failed on its own account. Its log says why; try again, and report it if it stays.',
    located,
    {
      code: 'INTERNAL',
    },
  );
};

const relocate = (message: string, located: GraphQLError | undefined, extensions: { code: ErrorCode }): GraphQLError =>
  new GraphQLError(message, {
    extensions,
    ...(located?.nodes ? { nodes: located.nodes } : {}),
    ...(located?.source ? { source: located.source } : {}),
    ...(located?.positions ? { positions: located.positions } : {}),
    ...(located?.path ? { path: located.path } : {}),
  });

/** GraphQL's own refusals (syntax, validation, variables) are the client's to mend. */
const withKnownCode = (error: GraphQLError): GraphQLError => {
  const { code } = error.extensions;
  if (typeof code === 'string' && (errorCodes as readonly string[]).includes(code)) return error;
  const { http } = error.extensions;
  return relocate(error.message, error, { code: 'BAD_USER_INPUT', ...(http === undefined ? {} : { http }) });
};
