import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../model/errors.ts';

/** Where a record is kept: a directory of this machine with an embedded database, or a PostgreSQL server that replicas share. */
export type RecordLocation =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'server'; readonly url: string };

/**
 * Reads `ROLESCOPE_RECORD`. A path may be relative to the working directory (`file:./rolescope-record`). Throws a `ConfigError` that does not repeat the
 * address, because that may hold a password.
 */
export const readRecordLocation = (text: string): RecordLocation => {
  const [, path] = /^file:(?!\/\/)(.+)$/s.exec(text) ?? [];
  if (path !== undefined) return { kind: 'directory', path: resolve(path) };
  if (/^file:\/\/\/./.test(text) && URL.canParse(text)) return { kind: 'directory', path: fileURLToPath(text) };
  if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return { kind: 'server', url: text };
  throw new ConfigError(
    'ROLESCOPE_RECORD must be a directory such as file:./rolescope-record, or the address of a PostgreSQL database that starts with postgres://',
  );
};
