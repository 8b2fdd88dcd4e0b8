import { type DocumentNode, getVariableValues, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { GraphContext } from '../graph/context.ts';
import type { Variables } from './collect-fields.ts';
import { executePlan } from './execute-plan.ts';
import { createPlan, type Plan } from './plan.ts';
import { conditionVariables, plannableOperation } from './plannable.ts';

/** Documents that are asked for again and again. A client library has some dozens. */
const maxDocuments = 500;
/** How often a document must have been executed before it is worth a plan. */
const executionsToPlan = 2;
/** Plans of one operation, for different values of the variables that its `@skip` and `@include` look at. */
const maxPlansPerOperation = 8;

interface KnownDocument {
  executions: number;
  /** By operation name. Undefined: not an operation that can be planned. */
  readonly operations: Map<string | undefined, KnownOperation | undefined>;
}

interface KnownOperation {
  readonly operation: OperationDefinitionNode;
  readonly conditions: readonly string[];
  readonly plans: Map<string, Plan>;
}

/**
 * Answers queries that come again from a plan, made once for document, operation and conditions. Everything else, and
 * everything that is wrong before it starts (no such operation, variables that do not fit), is left to the standard executor. It needs
 * documents to be the same object when they are the same text, as Yoga's document cache gives them.
 */
export const executeByPlans = (): Plugin<Partial<GraphContext>> => {
  const documents = new LRUCache<DocumentNode, KnownDocument>({ max: maxDocuments });

  const knownOperation = (document: DocumentNode, name: string | undefined): KnownOperation | undefined => {
    let known = documents.get(document);
    if (known === undefined) documents.set(document, (known = { executions: 0, operations: new Map() }));
    if (++known.executions <= executionsToPlan) return undefined;
    if (!known.operations.has(name)) {
      const operation = plannableOperation(document, name);
      // Names that the document does not have are not kept: clients make them up.
      if (operation === undefined && known.operations.size > document.definitions.length) return undefined;
      known.operations.set(
        name,
        operation && { operation, conditions: conditionVariables(document), plans: new Map() },
      );
    }
    return known.operations.get(name);
  };

  return {
    onExecute({ args, setExecuteFn }) {
      const { schema, document, operationName, variableValues, rootValue, contextValue } = args;
      const known = knownOperation(document, operationName ?? undefined);
      if (known === undefined) return;
      const variables = coerce(schema, known.operation, variableValues);
      const plan = variables && planFor(schema, document, known, variables);
      if (variables === undefined || plan === undefined) return;
      const signal = (contextValue as Partial<GraphContext>).operation?.signal;
      setExecuteFn(() => executePlan(plan, { rootValue, contextValue, variables, signal }));
    },
  };
};

const coerce = (
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Variables | null | undefined,
): Variables | undefined => getVariableValues(schema, variableDefinitions, given ?? {}, { maxErrors: 1 }).coerced;

const planFor = (
  schema: GraphQLSchema,
  document: DocumentNode,
  { operation, conditions, plans }: KnownOperation,
  variables: Variables,
): Plan | undefined => {
  const key = conditions.map((name) => (Object.hasOwn(variables, name) ? String(variables[name]) : '-')).join();
  let plan = plans.get(key);
  if (plan === undefined) {
    if (plans.size === maxPlansPerOperation) return undefined;
    try {
      plan = createPlan(schema, document, operation, variables);
    } catch {
      // What is wrong with it is for the standard executor to say.
      return undefined;
    }
    plans.set(key, plan);
  }
  return plan;
};
