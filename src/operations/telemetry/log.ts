import type { Logger } from '../../platform/logger.ts';
import type { OperationObserver } from '../operations.ts';

/** Names of operations are the client's. */
const maxNameLength = 64;

/**
 * One line for each operation: `info` where it had errors, `debug` where it had none. Codes, counts and times only: no document, no
 * variable and no credential.
 */
export const logOperations = (logger: Logger): OperationObserver => ({
  done({ id, operation, name, codes, durationMs }) {
    const level = codes.length === 0 ? 'debug' : 'info';
    const { caller, report } = operation ?? {};
    logger[level](
      {
        operationId: id,
        operation: name?.slice(0, maxNameLength),
        caller: caller?.name,
        codes,
        durationMs,
        calls: report?.calls,
        fromCache: report?.fromCache,
        retries: report?.retries,
        waitedMs: report?.waitedMs,
      },
      codes.length === 0 ? 'an operation was answered' : 'an operation was answered with errors',
    );
  },
});
