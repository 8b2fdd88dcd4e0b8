import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { GatewayError } from '../../model/errors.ts';
import type { Parameters } from '../parameters.ts';
import { MalformedRequest } from '../refusal.ts';
import type { Manifest } from './manifest.ts';

export interface PersistedOperationsOptions {
  /** Documents by id. Absent: none are known beforehand. */
  readonly manifest?: Manifest | undefined;
  /** True: nothing but the manifest's documents is run, and clients cannot register any by their hash (automatic persisted queries). */
  readonly trustedOnly: boolean;
  /** A document that is longer is not registered. */
  readonly maxDocumentBytes: number;
}

/** A document to run. */
interface NamedDocument {
  readonly text: string;
  /** Whether it is the operator's, and not something that a client made up. */
  readonly isTrusted: boolean;
}

/** Finds documents by what names them. */
interface PersistedOperations {
  /** Throws a `GatewayError` or `MalformedRequest` where there is none, or where it must not run. */
  documentOf(parameters: Parameters): NamedDocument;
}

/** Memory that documents which clients registered may take together, about. Those not used for longest go first. */
const registeredBytes = 8_000_000;

/**
 * Lets clients send the id of a document in place of the document: as `documentId` (persisted documents of GraphQL over HTTP) or as
 * `extensions.persistedQuery` (Apollo). Clients know the message `PersistedQueryNotFound`, and answer it by sending the document once.
 */
export const createPersistedOperations = (options: PersistedOperationsOptions): PersistedOperations => {
  const { manifest, trustedOnly, maxDocumentBytes } = options;
  const trusted = new Set(manifest?.values());
  const registered = new LRUCache<string, string>({
    maxSize: registeredBytes,
    // Two bytes a character, should there be any but Latin ones.
    sizeCalculation: (text) => 2 * text.length + 200,
  });

  const trustedDocument = (id: string, sent: string | undefined): NamedDocument | undefined => {
    const text = manifest?.get(id) ?? manifest?.get(id.replace(/^sha256:/, ''));
    if (text === undefined) return undefined;
    if (sent !== undefined && sent !== text) throw badInput('The id is that of another document than the one sent.');
    return { text, isTrusted: true };
  };

  const registeredDocument = (hash: string, sent: string | undefined): NamedDocument => {
    if (sent === undefined) {
      const text = registered.get(hash);
      if (text === undefined) throw badInput(notFound);
      return { text, isTrusted: false };
    }
    if (sent.length > maxDocumentBytes || createHash('sha256').update(sent).digest('hex') !== hash) {
      throw badInput('The sha256Hash is not that of the document sent, or the document is too large.');
    }
    registered.set(hash, sent);
    return { text: sent, isTrusted: false };
  };

  return {
    documentOf({ query, documentId, documentHash }) {
      const id = documentHash ?? documentId;
      if (id === undefined) {
        if (trustedOnly && (query === undefined || !trusted.has(query))) throw badInput(onlyKnown);
        if (query === undefined) throw new MalformedRequest('The request has no query. Send the document as `query`.');
        return { text: query, isTrusted: trusted.has(query) };
      }
      const known = trustedDocument(id, query);
      if (known !== undefined) return known;
      if (trustedOnly) throw badInput(query === undefined ? notFound : onlyKnown);
      if (documentHash === undefined) throw badInput(notFound);
      return registeredDocument(documentHash, query);
    },
  };
};

const notFound = 'PersistedQueryNotFound';

const onlyKnown =
  'This gateway runs only the operations that it was given. Send the id of one as `documentId` or as `extensions.persistedQuery.sha256Hash`.';

const badInput = (message: string): GatewayError => new GatewayError('BAD_USER_INPUT', message);
