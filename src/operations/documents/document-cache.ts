import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type OperationTypeNode,
  validate,
  type ValidationRule,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { keyPart } from '../../platform/key-part.ts';
import { turnFor, type Turns } from '../../platform/turns.ts';
import type { PreparedOperation } from '../executor/executor.ts';
import { InvalidRequest } from '../refusal.ts';
import { type CallCost, callCostOf } from './call-cost.ts';
import { type DocumentLimits, maxFields, parseWithin } from './document-limits.ts';
import { RenewedMap } from '../../platform/renewed.ts';

/** One operation of a document that may be run. */
export interface KnownOperation {
  /** Unlike that of every other document and operation. */
  readonly id: number;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly cost: CallCost;
  readonly prepared: PreparedOperation;
}

/** Documents that were read, checked and prepared. */
interface DocumentCache {
  /**
   * The operation of a document that a name asks for: at once where it is kept; else it is read in turns, once for all who ask for it meanwhile. Rejects
   * with an `InvalidRequest` or a `GatewayError` that says what is wrong; nothing is kept of what is refused.
   */
  operationOf(text: string, operationName: string | undefined): KnownOperation | Promise<KnownOperation>;
  /** What the document asks for there, whether it may be run or not. Throws as `operationOf` rejects where it cannot be read. */
  kindOf(text: string, operationName: string | undefined): OperationTypeNode;
  /** Keeps an operation that was found to be within all limits. */
  keep(text: string, operationName: string | undefined, known: KnownOperation): void;
}

interface DocumentCacheOptions {
  readonly schema: GraphQLSchema;
  readonly limits: DocumentLimits;
  /** Every rule that a document has to keep. */
  readonly rules: readonly ValidationRule[];
  /** Whether errors may propose names of the schema. */
  readonly suggestsNames: boolean;
  readonly prepare: (document: DocumentNode, operation: OperationDefinitionNode) => PreparedOperation;
  readonly turns: Turns;
}

/** Memory that documents and what was prepared of them may take together, about. Those not used for longest go first. */
const keptBytes = 64_000_000;
/** A parsed document takes 100 to 240 bytes for each character of its text, a compiled field some hundred. */
const bytesPerCharacter = 250;
const bytesPerField = 800;

/** Whoever gets so many errors has enough to go on. */
const maxErrors = 10;

/** Reads each document once, and keeps those that were used last. */
export const createDocumentCache = (options: DocumentCacheOptions): DocumentCache => {
  const { schema, limits, rules, suggestsNames, prepare, turns } = options;
  let lastId = 0;
  const operations = new LRUCache<string, KnownOperation>({
    maxSize: keptBytes,
    // Each of its operations has its own copy of the document, so that what one of them takes is known when it is kept.
    sizeCalculation: ({ cost }, key) => 200 + key.length * bytesPerCharacter + cost.fieldCount * bytesPerField,
  });

  /** Those that are read now, by the same keys. */
  const beingRead = new RenewedMap<string, Promise<KnownOperation>>();

  /** A few milliseconds' work a step, and others in between. */
  const read = async (text: string, operationName: string | undefined): Promise<KnownOperation> => {
    const owner = {};
    await turnFor(turns, owner);
    const document = documentOf(limits, text);
    await turnFor(turns, owner);
    const errors = validate(schema, document, rules, { maxErrors, hideSuggestions: !suggestsNames });
    if (errors.length > 0) throw new InvalidRequest(errors);
    const operation = operationIn(document, operationName);
    await turnFor(turns, owner);
    const cost = callCostOf(schema, document, operation, maxFields);
    await turnFor(turns, owner);
    return { id: ++lastId, document, operation, cost, prepared: prepare(document, operation) };
  };

  return {
    operationOf(text, operationName) {
      const key = keyOf(text, operationName);
      const known = operations.get(key) ?? beingRead.get(key);
      if (known !== undefined) return known;
      const reading = read(text, operationName).finally(() => beingRead.delete(key));
      beingRead.set(key, reading);
      return reading;
    },
    kindOf(text, operationName) {
      const known = operations.get(keyOf(text, operationName));
      return (known?.operation ?? operationIn(documentOf(limits, text), operationName)).operation;
    },
    keep(text, operationName, known) {
      const key = keyOf(text, operationName);
      if (!operations.has(key)) operations.set(key, known);
    },
  };
};

const keyOf = (text: string, operationName: string | undefined): string => keyPart(operationName) + text;

const documentOf = (limits: DocumentLimits, text: string): DocumentNode => {
  try {
    return parseWithin(limits, text);
  } catch (error) {
    throw error instanceof GraphQLError ? new InvalidRequest([error]) : error;
  }
};

const operationIn = (document: DocumentNode, name: string | undefined): OperationDefinitionNode => {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [first] = operations;
  if (name === undefined && operations.length > 1) {
    throw invalid('The document has several operations. Say by operationName which one to run.');
  }
  const found = name === undefined ? first : operations.find((operation) => operation.name?.value === name);
  if (found === undefined) throw invalid('The document has no operation of this name.');
  return found;
};

const invalid = (message: string): InvalidRequest => new InvalidRequest([new GraphQLError(message)]);
