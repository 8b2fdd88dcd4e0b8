import { createHash } from 'node:crypto';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { badInput } from './document-limits.ts';
import type { Manifest } from './manifest.ts';

export interface KnownOperationsOptions {
  /** Documents by id. Absent: none are known beforehand. */
  readonly manifest: Manifest | undefined;
  /** True: nothing but the manifest's documents is run, and clients cannot register any by their hash (automatic persisted queries). */
  readonly trustedOnly: boolean;
}

/** Characters that documents which clients registered may have together. Those not used for longest go first. */
const registeredLength = 4_000_000;

/**
 * Lets clients send the id of a document in place of the document: as `documentId` (persisted documents of GraphQL over HTTP) or as
 * `extensions.persistedQuery` (Apollo). Clients know the message `PersistedQueryNotFound`, and answer it by sending the document once.
 */
export const knowOperations = (options: KnownOperationsOptions): Plugin => {
  const { manifest, trustedOnly } = options;
  const takesText = createTextGate(options);
  const registered = new LRUCache<string, string>({
    maxSize: registeredLength,
    sizeCalculation: (text) => text.length + 1,
  });

  /** The document to run. */
  const documentOf = (id: string, isHash: boolean, sent: string | undefined): string => {
    const known = manifest?.get(id) ?? manifest?.get(id.replace(/^sha256:/, ''));
    if (known !== undefined) {
      if (sent !== undefined && sent !== known) throw badInput('The id is that of another document than the one sent.');
      return known;
    }
    if (trustedOnly) throw badInput(sent === undefined ? notFound : onlyKnown);
    if (!isHash) throw badInput(notFound);
    if (sent === undefined) {
      const document = registered.get(id);
      if (document === undefined) throw badInput(notFound);
      return document;
    }
    if (createHash('sha256').update(sent).digest('hex') !== id) {
      throw badInput('The sha256Hash is not that of the document sent.');
    }
    registered.set(id, sent);
    return sent;
  };

  return {
    onParams({ params, request, setParams }) {
      const { query: sent } = params;
      if (sent !== undefined && typeof sent !== 'string') return;
      const hash = hashOf(params);
      const id = hash ?? documentIdOf(params, request, sent);
      if (id !== undefined) setParams({ ...params, query: documentOf(id, hash !== undefined, sent) });
      else if (trustedOnly && (sent === undefined || !takesText(sent))) throw badInput(onlyKnown);
    },
  };
};

/** Whether a document may be sent whole. */
export const createTextGate = ({ manifest, trustedOnly }: KnownOperationsOptions): ((text: string) => boolean) => {
  if (!trustedOnly) return () => true;
  const trusted = new Set(manifest?.values());
  return (text) => trusted.has(text);
};

/** Name of the parameter that names a document, beside GraphQL's own four. */
export const documentIdParameter = 'documentId';

const notFound = 'PersistedQueryNotFound';

const onlyKnown =
  'This gateway runs only the operations that it was given. Send the id of one as `documentId` or as `extensions.persistedQuery.sha256Hash`.';

const hashOf = ({ extensions }: GraphQLParams): string | undefined => {
  const persisted: unknown = extensions?.['persistedQuery'];
  if (typeof persisted !== 'object' || persisted === null) return undefined;
  const { version, sha256Hash } = persisted as { version?: unknown; sha256Hash?: unknown };
  return version === 1 && typeof sha256Hash === 'string' ? sha256Hash : undefined;
};

const documentIdOf = (
  params: GraphQLParams & { [documentIdParameter]?: unknown },
  request: Request,
  sent: string | undefined,
): string | undefined => {
  const given = params[documentIdParameter];
  if (typeof given === 'string') return given;
  if (sent !== undefined || request.method !== 'GET') return undefined;
  return new URLSearchParams(request.url.split('?', 2)[1]).get(documentIdParameter) ?? undefined;
};
