import { readFileSync } from 'node:fs';
import { type GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import { ConfigError } from '../../model/errors.ts';

/** Documents by their id. */
export type Manifest = ReadonlyMap<string, string>;

/**
 * Reads a manifest of operations: Relay's form, `{"<id>": "<document>"}`, or Apollo's, `{"format": "apollo-persisted-query-manifest", …}`. Throws a
 * `ConfigError` where it is neither, or where an operation is not valid for the schema: better at the start than at the first request.
 */
export const readManifest = (file: string, schema: GraphQLSchema): Manifest => {
  const manifest = manifestOf(jsonOf(file));
  const named = `ROLESCOPE_MANIFEST ${JSON.stringify(file)}`;
  if (manifest === undefined) {
    throw new ConfigError(
      `${named} holds no operations: it must be {"<id>": "<document>"}, or the manifest that Apollo generates`,
    );
  }
  for (const [id, document] of manifest) {
    const [error] = errorsOf(document, schema);
    if (error !== undefined) {
      throw new ConfigError(`${named}: operation ${JSON.stringify(id)} cannot be used: ${error.message}`);
    }
  }
  return manifest;
};

const jsonOf = (file: string): unknown => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(
      `ROLESCOPE_MANIFEST ${JSON.stringify(file)} cannot be read: ${(error as NodeJS.ErrnoException).code}`,
      {
        cause: error,
      },
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`ROLESCOPE_MANIFEST ${JSON.stringify(file)} is not JSON`, { cause: error });
  }
};

const manifestOf = (json: unknown): Manifest | undefined => {
  if (!isRecord(json)) return undefined;
  const { format, operations } = json;
  const entries: unknown[][] =
    format === 'apollo-persisted-query-manifest' && Array.isArray(operations)
      ? operations.map((operation) => (isRecord(operation) ? [operation['id'], operation['body']] : []))
      : Object.entries(json);
  const isWhole = entries.every(([id, document]) => typeof id === 'string' && typeof document === 'string');
  return isWhole && entries.length > 0 ? new Map(entries as [string, string][]) : undefined;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const errorsOf = (document: string, schema: GraphQLSchema): readonly GraphQLError[] => {
  try {
    return validate(schema, parse(document));
  } catch (error) {
    return [error as GraphQLError];
  }
};
