import type { Signal } from '../../platform/abort.ts';
import type { GraphQLError, GraphQLResolveInfo } from 'graphql';
import type { Variables } from './collect-fields.ts';
import type { Arguments, Plan, PlannedField } from './compile.ts';

/** What one execution of a plan is given. */
export interface PlanArguments {
  readonly rootValue: unknown;
  readonly contextValue: unknown;
  /** Coerced already, as `getVariableValues` does. */
  readonly variables: Variables;
  /** Once it aborts, what still comes in is not looked at any more. */
  readonly signal: Signal | undefined;
}

/** One execution of a plan. */
export interface Run extends PlanArguments {
  readonly plan: Plan;
  /** Fields whose arguments use variables: worked out once an execution, however many objects have the field. */
  readonly argumentsByField: Map<PlannedField, Arguments>;
  readonly errors: CollectedErrors;
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

export const infoOf = (run: Run, field: PlannedField, parentPath: Path | undefined): GraphQLResolveInfo =>
  new Info(run, field, parentPath) as unknown as GraphQLResolveInfo;

/** What a resolver is told beside its arguments. Hardly any asks, so nothing is put together before one does. */
class Info {
  readonly #run: Run;
  readonly #field: PlannedField;
  readonly #parentPath: Path | undefined;

  constructor(run: Run, field: PlannedField, parentPath: Path | undefined) {
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
    return this.#run.plan.schema;
  }
  get fragments() {
    return this.#run.plan.fragments;
  }
  get rootValue() {
    return this.#run.rootValue;
  }
  get operation() {
    return this.#run.plan.operation;
  }
  get variableValues() {
    return this.#run.variables;
  }
}

/** The errors of one execution, but for those below a place that an earlier error has nulled already. */
export class CollectedErrors {
  readonly list: GraphQLError[] = [];
  readonly #nulled = new Set<Path | undefined>();

  add(error: GraphQLError, path: Path | undefined): void {
    for (let at = path; at !== undefined; at = at.prev) if (this.#nulled.has(at)) return;
    if (this.#nulled.has(undefined)) return;
    this.#nulled.add(path);
    this.list.push(error);
  }
}
