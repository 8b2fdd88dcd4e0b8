import {
  type DocumentNode,
  type ExecutionArgs,
  getVariableValues,
  type GraphQLSchema,
  type OperationDefinitionNode,
  validate,
  type ValidationRule,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Variables } from '../executor/collect-fields.ts';
import { createPlan, type Plan } from '../executor/compile.ts';
import { conditionVariables, plannableOperation } from '../executor/can-compile.ts';

/** What a client asks for: GraphQL over HTTP's parameters. */
export interface QueryParameters {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Variables | null | undefined;
}

/** A query that can be answered at once. */
export interface PlannedQuery {
  readonly document: DocumentNode;
  readonly plan: Plan;
  /** Coerced. */
  readonly variables: Variables;
}

/** Queries with the plans that answer them. */
export interface KnownQueries {
  /**
   * Undefined for what is no query, or is wrong in some way (it does not parse or validate, has no such operation, variables that do not fit):
   * the standard way knows what to say.
   */
  find(parameters: QueryParameters): PlannedQuery | undefined;
}

export interface KnownQueriesOptions {
  readonly schema: GraphQLSchema;
  /** Whether a query may be run, whatever it asks for. */
  readonly mayRun: (query: string) => boolean;
  /** Throws where a document must not be run. */
  readonly parse: (query: string) => DocumentNode;
  /** Every rule that a document has to keep. */
  readonly rules: readonly ValidationRule[];
  /** Throws where an operation would cost too much. Asked before a plan is made: a plan of what is refused could be of any size. */
  readonly checkCost: (operation: Pick<ExecutionArgs, 'document' | 'operationName' | 'variableValues'>) => void;
}

/** Characters of source that known documents may have together. A document and its plans take some hundred bytes for each. */
const keptSourceLength = 500_000;
/** Plans of one operation, for different values of the variables that its `@skip` and `@include` look at. */
const maxPlansPerOperation = 8;

interface KnownDocument {
  readonly document: DocumentNode;
  /** By operation name. Undefined: nothing that can be planned. */
  readonly operations: Map<string | undefined, KnownOperation | undefined>;
}

interface KnownOperation {
  readonly operation: OperationDefinitionNode;
  readonly conditions: readonly string[];
  readonly plans: Map<string, Plan>;
}

/** Reads each query once, and keeps those that were used last. */
export const createKnownQueries = ({ schema, mayRun, parse, rules, checkCost }: KnownQueriesOptions): KnownQueries => {
  const documents = new LRUCache<string, KnownDocument | typeof wrong>({
    maxSize: keptSourceLength,
    sizeCalculation: (_known, query) => query.length + 1,
  });

  const read = (query: string): KnownDocument | typeof wrong => {
    if (!mayRun(query)) return wrong;
    try {
      const document = parse(query);
      // What else is wrong is for the standard way to find.
      if (validate(schema, document, rules, { maxErrors: 1 }).length > 0) return wrong;
      return { document, operations: new Map() };
    } catch {
      return wrong;
    }
  };

  const documentOf = (query: string): KnownDocument | undefined => {
    let known = documents.get(query);
    if (known === undefined) {
      known = read(query);
      documents.set(query, known);
    }
    return known === wrong ? undefined : known;
  };

  const operationIn = (known: KnownDocument, name: string | undefined): KnownOperation | undefined => {
    const { document, operations } = known;
    if (operations.has(name)) return operations.get(name);
    const operation = plannableOperation(document, name);
    // Names that the document does not have are not kept: clients make them up.
    if (operation === undefined && operations.size > document.definitions.length) return undefined;
    const found = operation && { operation, conditions: conditionVariables(document), plans: new Map() };
    operations.set(name, found);
    return found;
  };

  const planFor = (
    document: DocumentNode,
    { operation, conditions, plans }: KnownOperation,
    variables: Variables,
  ): Plan | undefined => {
    const key = conditions.map((name) => (Object.hasOwn(variables, name) ? String(variables[name]) : '-')).join();
    let plan = plans.get(key);
    if (plan === undefined && plans.size < maxPlansPerOperation) {
      try {
        plan = createPlan(schema, document, operation, variables);
      } catch {
        return undefined;
      }
      plans.set(key, plan);
    }
    return plan;
  };

  return {
    find({ query, operationName, variables: given }) {
      const known = documentOf(query);
      const found = known && operationIn(known, operationName ?? undefined);
      if (known === undefined || found === undefined) return undefined;
      const { variableDefinitions = [] } = found.operation;
      const variables = getVariableValues(schema, variableDefinitions, given ?? {}, { maxErrors: 1 }).coerced;
      if (variables === undefined) return undefined;
      checkCost({ document: known.document, operationName: found.operation.name?.value, variableValues: variables });
      const plan = planFor(known.document, found, variables);
      return plan && { document: known.document, plan, variables };
    },
  };
};

/** In place of a document that must not be run. Kept as well, so that sending it again costs nothing. */
const wrong = Symbol('wrong');
