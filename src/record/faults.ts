import { GatewayError } from '../model/errors.ts';

/** What the database calls an error (PostgreSQL, "Error Codes"), or what the system does. For logs: holds no address and no text of anybody's. */
export const codeOfFault = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return code;
  return error instanceof Error ? error.name : 'unknown';
};

/** Classes of errors that say something about one statement, and nothing about the database. */
const ofStatements = new Set(['0A', '21', '22', '23', '40', '42']);

/** Whether the database itself is at fault: gone, ending, full, refusing. */
export const isOfDatabase = (error: unknown): boolean => {
  const code = codeOfFault(error);
  return !(/^[0-9A-Z]{5}$/.test(code) && ofStatements.has(code.slice(0, 2)));
};

/** What a question is told. The cause never leaves the process. */
export const unavailable = (cause: unknown): GatewayError =>
  new GatewayError(
    'UPSTREAM_UNAVAILABLE',
    'The record cannot be asked now, because its database does not answer as it should. Everything else works; ask again in a while.',
    { cause },
  );
