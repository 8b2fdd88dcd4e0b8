import type { GraphQLResolveInfo } from 'graphql';
import type { Turns } from '../../platform/turns.ts';
import type { AnswerMeter } from './answer-meter.ts';
import type { Arguments, CompiledField, CompiledQuery } from './compile.ts';
import type { ExecutionArguments } from './executor.ts';
import type { CollectedErrors } from './field-errors.ts';
import type { JsonWriter } from './json-writer.ts';

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

/** Where in the answer a value stands. */
export interface Path {
  readonly prev: Path | undefined;
  readonly key: string | number;
}

export const pathToArray = (path: Path): (string | number)[] => {
  const keys: (string | number)[] = [];
  for (let at: Path | undefined = path; at !== undefined; at = at.prev) keys.push(at.key);
  return keys.reverse();
};

export const infoOf = (run: Run, field: CompiledField, parentPath: Path | undefined): GraphQLResolveInfo =>
  new Info(run, field, parentPath) as unknown as GraphQLResolveInfo;

/** What a resolver is given beside its arguments. Hardly any looks, so nothing is put together before one does. */
class Info {
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
    return { prev: this.#parentPath, key: this.#field.responseName, typename: this.#field.parentType.name };
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
