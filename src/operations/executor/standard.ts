import {
  createSourceEventStream,
  type DocumentNode,
  execute,
  type GraphQLError,
  type ExecutionResult as GraphqlResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import { turnFor, type Turns } from '../../platform/turns.ts';
import { AnswerMeter } from './answer-meter.ts';
import { type CountingContext, countingSchema } from './counting-schema.ts';
import type { ExecutionArguments, ExecutionResult, Executor } from './executor.ts';
import { maxListedErrors } from './field-errors.ts';
import { type Chunk, JsonWriter } from './json-writer.ts';

interface StandardExecutorOptions {
  readonly schema: GraphQLSchema;
  readonly turns: Turns;
}

/**
 * Runs whatever graphql-js runs, by graphql-js: mutations, whose fields run one after the other, and everything where compiling is switched off. Several times
 * slower than what is compiled, held to the same bounds, and lets others have a turn between fields.
 */
export const createStandardExecutor = ({ schema, turns }: StandardExecutorOptions): Executor => {
  // Made for the first operation: most gateways have none for this executor.
  let counting: GraphQLSchema | undefined;
  return {
    prepare: (document, operation) => ({
      executor: 'standard',
      execute: (given) => run((counting ??= countingSchema(schema)), document, operation, given, turns),
      ...(operation.operation === OperationTypeNode.SUBSCRIPTION && {
        subscribe: (given) => eventsOf(schema, document, operation, given),
      }),
    }),
  };
};

/** By graphql-js, as its `subscribe` does before it executes anything. */
const eventsOf = async (
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  {
    rootValue,
    contextValue,
    givenVariables,
  }: Pick<ExecutionArguments, 'rootValue' | 'contextValue' | 'givenVariables'>,
): Promise<AsyncIterator<unknown> | readonly GraphQLError[]> => {
  const source = await createSourceEventStream({
    schema,
    document,
    operationName: operation.name?.value,
    rootValue,
    contextValue,
    variableValues: givenVariables,
  });
  if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]();
  return source.errors ?? [];
};

const run = async (
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  given: ExecutionArguments,
  turns: Turns,
): Promise<ExecutionResult> => {
  const meter = new AnswerMeter(given.bounds);
  // The root is one too, and no field gives it.
  meter.countObject();
  const result = await new Promise<GraphqlResult>((resolve, reject) => {
    const contextValue: CountingContext = {
      inner: given.contextValue,
      signal: given.signal,
      meter,
      turns,
      owner: given.owner,
      end: reject,
    };
    Promise.resolve(
      execute({
        schema,
        document,
        operationName: operation.name?.value,
        rootValue: given.rootValue,
        contextValue,
        variableValues: given.givenVariables,
      }),
    ).then(resolve, reject);
  });
  const errors = result.errors ?? [];
  return {
    data: await write(result.data, meter.forWriting(), turns),
    errors: errors.slice(0, maxListedErrors),
    unlistedErrors: Math.max(0, errors.length - maxListedErrors),
  };
};

/** Writes what graphql-js put together, and looks after each item of a list whether the turn is over. */
const write = async (data: unknown, meter: AnswerMeter, turns: Turns): Promise<Chunk> => {
  const out = new JsonWriter(1024, meter);
  const pieces = jsonOf(data);
  for (let piece = pieces.next(); piece.done !== true; piece = pieces.next()) {
    out.json(piece.value);
    const turn = turnFor(turns, out);
    if (turn !== undefined) await turn;
  }
  return [out.finish()];
};

function* jsonOf(value: unknown): Generator<string> {
  if (Array.isArray(value)) {
    let before = '[';
    for (const item of value) {
      yield before;
      before = ',';
      yield* jsonOf(item);
    }
    yield before === '[' ? '[]' : ']';
  } else if (typeof value === 'object' && value !== null) {
    let before = '{';
    for (const [key, inside] of Object.entries(value)) {
      yield `${before}${JSON.stringify(key)}:`;
      before = ',';
      yield* jsonOf(inside);
    }
    yield before === '{' ? '{}' : '}';
  } else {
    yield JSON.stringify(value ?? null);
  }
}
