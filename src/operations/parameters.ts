import { MalformedRequest } from './refusal.ts';

/** What a client asks for: GraphQL over HTTP's parameters, and what names a document in place of its text. */
export interface Parameters {
  readonly query: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  /** An id of a manifest. */
  readonly documentId: string | undefined;
  /** The hash of a document (automatic persisted queries). */
  readonly documentHash: string | undefined;
}

/** Name of the parameter that names a document, beside GraphQL's own four. */
export const documentIdParameter = 'documentId';

const known: readonly string[] = ['query', 'operationName', 'variables', 'extensions', documentIdParameter];

/** Reads the parameters of one request. Throws a `MalformedRequest` that says what is wrong. */
export const readParameters = (sent: unknown): Parameters => {
  if (Array.isArray(sent)) throw new MalformedRequest('Send one operation at a time: an object, not a list.');
  if (!isRecord(sent)) throw new MalformedRequest('Send a JSON object with a query.');
  for (const name in sent) {
    if (sent[name] !== null && sent[name] !== undefined && !known.includes(name)) {
      throw new MalformedRequest(`There is no parameter of this name. The parameters are ${known.join(', ')}.`);
    }
  }
  const { variables, extensions } = sent;
  if (!isRecordOrAbsent(variables)) throw new MalformedRequest('The variables have to be an object.');
  if (!isRecordOrAbsent(extensions)) throw new MalformedRequest('The extensions have to be an object.');
  return {
    query: textIn(sent, 'query'),
    operationName: textIn(sent, 'operationName'),
    variables: variables ?? {},
    documentId: textIn(sent, documentIdParameter),
    documentHash: hashIn(extensions),
  };
};

const textIn = (sent: Readonly<Record<string, unknown>>, name: string): string | undefined => {
  const value = sent[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new MalformedRequest(`The ${name} has to be a string.`);
};

/** Apollo's way to say it. Whatever else stands in extensions is somebody else's. */
const hashIn = (extensions: Readonly<Record<string, unknown>> | null | undefined): string | undefined => {
  const persisted = extensions?.['persistedQuery'];
  if (!isRecord(persisted)) return undefined;
  const { version, sha256Hash } = persisted;
  return version === 1 && typeof sha256Hash === 'string' ? sha256Hash : undefined;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isRecordOrAbsent = (value: unknown): value is Readonly<Record<string, unknown>> | null | undefined =>
  value === undefined || value === null || isRecord(value);
