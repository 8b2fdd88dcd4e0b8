import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { ConfigError } from '../model/errors.ts';
import type { ReviewedSubject } from './ndjson.ts';

/** The longest line that is taken for one of an export. */
const maxLineLength = 256 * 1024 * 1024;

/**
 * The subjects of an ndjson export, as it is or gzipped, one after the other. Fails with a `ConfigError` that names the file and the line where it cannot be read,
 * is none, or was cut off.
 */
export async function* readNdjson(file: string): AsyncGenerator<ReviewedSubject> {
  let number = 0;
  try {
    for await (const line of linesOf(await streamOf(file))) {
      number++;
      const subject = subjectOf(line);
      if (subject === undefined) throw new ConfigError(`${file}: line ${number} is no subject of an ndjson export`);
      yield subject;
    }
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = error === cutOff ? `it was cut off after line ${number}` : (code ?? message);
    throw new ConfigError(`${file} cannot be read: ${reason}`, { cause: error });
  }
}

/** Told by its first bytes, not by its name. */
const streamOf = async (file: string): Promise<Readable> => {
  const handle = await open(file);
  const start = Buffer.alloc(2);
  try {
    await handle.read(start, 0, 2, 0);
  } finally {
    await handle.close();
  }
  const plain = createReadStream(file);
  if (start[0] !== 0x1f || start[1] !== 0x8b) return plain;
  const unzipped = createGunzip();
  plain.once('error', (error) => unzipped.destroy(error));
  return plain.pipe(unzipped);
};

const cutOff = new Error('cut off');

/** By line feeds alone: a name may hold what others take for the end of a line. */
async function* linesOf(stream: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    rest += decoder.write(chunk as Buffer);
    let start = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      yield rest.slice(start, end);
      start = end + 1;
    }
    rest = rest.slice(start);
    if (rest.length > maxLineLength) throw new Error('a line is too long');
  }
  if (rest + decoder.end() !== '') throw cutOff;
}

const subjectOf = (line: string): ReviewedSubject | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isSubject(value) ? value : undefined;
};

type Fields<Of> = { readonly [Key in keyof Of]?: unknown } | null;

const isSubject = (value: unknown): value is ReviewedSubject => {
  const { reference, type, rawType, roles, displayName, asOf } = (value ?? {}) as Fields<ReviewedSubject> & object;
  return (
    [reference, type, rawType].every((text) => typeof text === 'string') &&
    isOptionalText(displayName) &&
    isOptionalText(asOf) &&
    Array.isArray(roles) &&
    roles.every(isRole)
  );
};

const isRole = (value: unknown): boolean => {
  const { name, scopes } = (value ?? {}) as Fields<ReviewedSubject['roles'][number]> & object;
  return typeof name === 'string' && Array.isArray(scopes) && scopes.every(isScope);
};

type AnyScope = ReviewedSubject['roles'][number]['scopes'][number];

const isScope = (value: unknown): boolean => {
  const { kind, uuid, components, displayName } = (value ?? {}) as Fields<AnyScope> & object;
  return (
    typeof kind === 'string' &&
    typeof uuid === 'string' &&
    isOptionalText(displayName) &&
    Array.isArray(components) &&
    components.every((component: unknown) => {
      const { field, uuid: of } = (component ?? {}) as { readonly field?: unknown; readonly uuid?: unknown };
      return typeof field === 'string' && typeof of === 'string';
    })
  );
};

const isOptionalText = (value: unknown): boolean => value === undefined || typeof value === 'string';
