import type { GraphQLResolveInfo } from 'graphql';
import type { Turns } from '../../platform/turns.ts';
import type { AnswerMeter } from './answer-meter.ts';
import type { Arguments, CompiledField, CompiledQuery } from './compile.ts';
import type { ExecutionArguments } from './executor.ts';
import type { CollectedErrors } from './field-errors.ts';
import type { JsonWriter } from './json-writer.ts';
import type { Path } from './path.ts';

/** One execution of a compiled query. */
export interface Run extends ExecutionArguments {
  readonly query: CompiledQuery;
  /** Fields whose arguments use variables: worked out once an execution, however many objects have the field. */
  readonly argumentsByField: Map<CompiledField, Arguments>;
  readonly errors: CollectedErrors;
  readonly meter: AnswerMeter;
  readonly turns: Turns;
  /** Where everything is written that is written now: whatever goes on after a wait begins a new one. */
  out: JsonWriter;
  /** Objects and items until somebody looks whether the turn is over. */
  stepsLeft: number;
}

export const infoOf = (run: Run, field: CompiledField, parentPath: Path | undefined): GraphQLResolveInfo => {
  const info: OwnInfo = new Info(run, field, parentPath);
  return info as GraphQLResolveInfo;
};

/** All that graphql-js 16 gives. The other two are in its types where a library has declared them, for an executor of its own. */
type OwnInfo = Omit<GraphQLResolveInfo, 'getAbortSignal' | 'getAsyncHelpers'>;

/** What a resolver is given beside its arguments. Hardly any looks, so nothing is put together before one does. */
class Info implements OwnInfo {
  readonly #run: Run;
  readonly #field: CompiledField;
  readonly #parentPath: Path | undefined;

  constructor(run: Run, field: CompiledField, parentPath: Path | undefined) {
    this.#run = run;
    this.#field = field;
    this.#parentPath = parentPath;
  }

  get fieldName() {
    return this.#field.definition.name;
  }
  get fieldNodes() {
    return this.#field.nodes;
  }
  get returnType() {
    return this.#field.definition.type;
  }
  get parentType() {
    return this.#field.parentType;
  }
  get path() {
    // Only the last segment knows its type.
    const prev = this.#parentPath as GraphQLResolveInfo['path']['prev'];
    return { prev, key: this.#field.responseName, typename: this.#field.parentType.name };
  }
  get schema() {
    return this.#run.query.schema;
  }
  get fragments() {
    return this.#run.query.fragments;
  }
  get rootValue() {
    return this.#run.rootValue;
  }
  get operation() {
    return this.#run.query.operation;
  }
  get variableValues() {
    return this.#run.variables;
  }
}
