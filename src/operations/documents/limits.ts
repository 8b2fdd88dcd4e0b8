import { type DocumentNode, type ExecutionArgs, getOperationAST, GraphQLError, type GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { type CostPlan, planCost } from './call-cost.ts';
import { badInput, type DocumentLimits, parseWithin } from './document-limits.ts';

/** What one operation may be. Everything over it is refused before anything runs. */
export interface OperationLimits extends DocumentLimits {
  /** Fields, fragments put in their places. */
  readonly maxFields: number;
  /** Objects that it may return or look at, by its arguments. */
  readonly maxNodes: number;
  /** Upstream calls that it may need. As it runs, the budget of the operation holds it to the same number. */
  readonly maxCalls: number;
}

/** Refuses what one operation must not cost. */
export interface Limits {
  /** Parses within the bounds on the document. Throws a `GraphQLError`. */
  parse(source: string): DocumentNode;
  /** Throws a `GraphQLError` where the operation of a validated document, with these variables, would cost too much. */
  checkCost(operation: Pick<ExecutionArgs, 'document' | 'operationName' | 'variableValues'>): void;
}

/** Limits for operations on one schema. A document is read once, however often it is sent. */
export const createLimits = (schema: GraphQLSchema, limits: OperationLimits): Limits => {
  const { maxFields, maxNodes, maxCalls } = limits;
  const plans = new WeakMap<object, CostPlan | GraphQLError>();

  const planOf = (document: DocumentNode, operationName: string | null | undefined): CostPlan | undefined => {
    const operation = getOperationAST(document, operationName);
    // The executor says it better that there is none of that name.
    if (!operation) return undefined;
    let plan = plans.get(operation);
    if (plan === undefined) {
      plan = planOrRefusal(schema, document, operation, maxFields);
      plans.set(operation, plan);
    }
    if (plan instanceof GraphQLError) throw plan;
    return plan;
  };

  return {
    parse: (source) => parseWithin(limits, source),
    checkCost({ document, operationName, variableValues }) {
      const cost = planOf(document, operationName)?.costOf(variableValues);
      if (cost === undefined) return;
      if (cost.nodes > maxNodes) throw tooManyNodes(cost.nodes, maxNodes);
      if (cost.calls > maxCalls) throw tooManyCalls(cost.calls, maxCalls);
    },
  };
};

/** The limits as a plugin for Yoga. */
export const limitOperations = (limits: Limits): Plugin => ({
  onParse: ({ setParseFn }) => {
    setParseFn((source: string) => limits.parse(source));
  },
  onExecute({ args, setResultAndStopExecution }) {
    try {
      limits.checkCost(args);
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      setResultAndStopExecution({ errors: [error] });
    }
  },
});

/** Characters of source that kept documents may have together. A parsed document takes 100 to 240 bytes of memory for each. */
const keptSourceLength = 250_000;

/**
 * A place for parsed documents, or for why they could not be parsed, by their source. Yoga's own is bounded by number alone, and a thousand
 * documents of a megabyte each would be a gigabyte.
 */
export const createDocumentCache = <Value extends object>() => {
  const cache = new LRUCache<string, Value>({
    max: 1000,
    maxSize: keptSourceLength,
    sizeCalculation: (_value, source) => source.length + 1,
  });
  return {
    get: (source: string): Value | undefined => cache.get(source),
    set: (source: string, value: Value): void => void cache.set(source, value),
  };
};

const planOrRefusal = (...args: Parameters<typeof planCost>): CostPlan | GraphQLError => {
  try {
    return planCost(...args);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
};

const tooManyNodes = (nodes: number, maxNodes: number): GraphQLError =>
  badInput(
    `This operation can return or go through ${written(nodes)} objects, and ${written(maxNodes)} is the most. Ask for smaller pages with \`first\`, or for less below them.`,
  );

const tooManyCalls = (calls: number, maxCalls: number): GraphQLError =>
  new GraphQLError(
    `This operation needs at least ${written(calls)} upstream calls, and ${written(maxCalls)} is the most that one operation may cost. Ask for less at once.`,
    { extensions: { code: 'CALL_BUDGET_EXCEEDED', http: { status: 400, spec: true } } },
  );

/** Products of page sizes soon have more digits than anybody reads. */
const written = (count: number): string =>
  count < 1e15 ? count.toLocaleString('en-US') : `more than ${(1e15).toLocaleString('en-US')}`;
