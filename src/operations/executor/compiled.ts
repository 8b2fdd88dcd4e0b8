import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { turnFor, type Turns } from '../../platform/turns.ts';
import { conditionVariables } from './can-compile.ts';
import { type CompiledQuery, type CompileOptions, compileQuery } from './compile.ts';
import { executeCompiled } from './execute.ts';
import type { Executor, PreparedOperation, Variables } from './executor.ts';

interface CompiledExecutorOptions extends CompileOptions {
  readonly turns: Turns;
}

/** Compiled forms of one operation that are kept, for different values of the variables that its `@skip` and `@include` look at. */
const maxVariants = 8;

/** Runs operations that `canCompile`, introspection included, from what is worked out once and kept with the operation. */
export const createCompiledExecutor = (options: CompiledExecutorOptions): Executor => ({
  prepare: (document, operation) => prepare(options, document, operation),
});

const prepare = (
  options: CompiledExecutorOptions,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): PreparedOperation => {
  const { turns } = options;
  const conditions = conditionVariables(document);
  const variants = new Map<string, CompiledQuery>();

  const keyOf = (variables: Variables): string =>
    conditions.map((name) => (Object.hasOwn(variables, name) ? String(variables[name]) : '-')).join();

  const compile = (key: string, variables: Variables): CompiledQuery => {
    const query = compileQuery(options, document, operation, variables);
    if (variants.size < maxVariants) variants.set(key, query);
    return query;
  };

  return {
    executor: 'compiled',
    execute(given) {
      const { variables, owner } = given;
      const key = keyOf(variables);
      const run = () => executeCompiled(variants.get(key) ?? compile(key, variables), given, turns);
      // Compiling is a turn's work by itself.
      const turn = variants.has(key) ? undefined : turnFor(turns, owner);
      return turn === undefined ? run() : turn.then(run);
    },
  };
};
