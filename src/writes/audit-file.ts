import { open } from 'node:fs/promises';
import { GatewayError } from '../model/errors.ts';

/** Where audit lines are kept beside the log. */
export interface AuditFile {
  /** Rejects with `INTERNAL` where nothing can be written: then nothing may be changed. */
  check(): Promise<void>;
  /** Appends a line, and resolves when it is on the disk. Rejects as `check` does. */
  append(line: object): Promise<void>;
}

/** Appends NDJSON to a file that only its owner can read. It is opened for each line, so that it can be moved away at any time. */
export const createAuditFile = (path: string): AuditFile => {
  const append = async (text: string): Promise<void> => {
    try {
      const file = await open(path, 'a', 0o600);
      try {
        if (text !== '') await file.appendFile(text);
        await file.datasync();
      } finally {
        await file.close();
      }
    } catch (cause) {
      throw new GatewayError(
        'INTERNAL',
        'The audit file of this gateway cannot be written, so nothing is changed. Whoever runs the gateway should look at ROLESCOPE_AUDIT_FILE.',
        { cause },
      );
    }
  };
  return { check: () => append(''), append: (line) => append(`${JSON.stringify(line)}\n`) };
};
