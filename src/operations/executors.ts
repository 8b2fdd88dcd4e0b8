import { type DocumentNode, type GraphQLSchema, Kind, type OperationDefinitionNode, visit } from 'graphql';
import { factsOf } from '../graph/field-facts.ts';
import type { Turns } from '../platform/turns.ts';
import { canCompile } from './executor/can-compile.ts';
import { createCompiledExecutor } from './executor/compiled.ts';
import type { PreparedOperation } from './executor/executor.ts';
import { createStandardExecutor } from './executor/standard.ts';

interface ExecutorsOptions {
  readonly schema: GraphQLSchema;
  readonly maxFields: number;
  /** Whether queries are compiled, and not run by graphql-js. */
  readonly compiles: boolean;
  readonly turns: Turns;
}

/**
 * Gives each operation to the executor that runs it: queries to the compiled one, mutations to graphql-js. Introspection is always compiled, because
 * graphql-js runs it in one go: it can be of any size, and cannot be ended there.
 */
export const createExecutors = ({ schema, maxFields, compiles, turns }: ExecutorsOptions) => {
  const compiled = createCompiledExecutor({
    schema,
    maxFields,
    turns,
    isPure: (field) => factsOf(field).isPure === true,
    writeDirectly: (field) => factsOf(field.definition).writeDirectly?.(field),
  });
  const standard = createStandardExecutor({ schema, turns });
  return (document: DocumentNode, operation: OperationDefinitionNode): PreparedOperation =>
    canCompile(document, operation) && (compiles || hasIntrospection(document))
      ? compiled.prepare(document, operation)
      : standard.prepare(document, operation);
};

const hasIntrospection = (document: DocumentNode): boolean => {
  let isSo = false;
  visit(document, {
    [Kind.FIELD]: ({ name }) => {
      if (name.value === '__schema' || name.value === '__type') isSo = true;
    },
  });
  return isSo;
};
