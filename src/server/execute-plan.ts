import {
  defaultTypeResolver,
  type ExecutionResult,
  GraphQLError,
  type GraphQLObjectType,
  isObjectType,
  locatedError,
} from 'graphql';
import type { Arguments, Plan, PlannedField, Selection, Shape } from './plan.ts';
import { CollectedErrors, infoOf, type Path, pathToArray, type PlanArguments, type Run } from './plan-run.ts';

/**
 * Answers a planned query. Follows "Executing Requests" of the GraphQL specification to the letter, as graphql-js does: same
 * values, same errors, in the same order, with the same paths. Only the work that no value can change is not done again. Never rejects.
 */
export const executePlan = (plan: Plan, given: PlanArguments): ExecutionResult | Promise<ExecutionResult> => {
  const run: Run = { plan, ...given, argumentsByField: new Map(), errors: new CollectedErrors() };
  const succeed = (data: unknown): ExecutionResult => {
    const { list } = run.errors;
    return list.length === 0 ? { data: data as Data } : { errors: list, data: data as Data | null };
  };
  const fail = (error: unknown): ExecutionResult => {
    run.errors.add(error as GraphQLError, undefined);
    return succeed(null);
  };
  try {
    const data = executeSelection(run, plan.root, given.rootValue, undefined);
    return data instanceof Promise ? data.then(succeed, fail) : succeed(data);
  } catch (error) {
    return fail(error);
  }
};

type Data = Record<string, unknown>;

// What is completed is pending exactly where it is a native promise: no result has methods.
const executeSelection = (
  run: Run,
  { fields }: Selection,
  source: unknown,
  path: Path | undefined,
): Data | Promise<Data> => {
  const data: Data = {};
  let isPending = false;
  try {
    for (const field of fields) {
      const value = executeField(run, field, source, path);
      data[field.responseName] = value;
      if (value instanceof Promise) isPending = true;
    }
  } catch (error) {
    if (!isPending) throw error;
    // What the other fields wait for may fail as well, and somebody has to listen.
    return settle(data).finally(() => {
      throw error;
    });
  }
  return isPending ? settle(data) : data;
};

/** Waits for the promises among the values, all at once; fails with the first that fails. */
const settle = (data: Data): Promise<Data> => {
  const names = Object.keys(data);
  return Promise.all(Object.values(data)).then((values) => {
    const settled: Data = {};
    for (const [index, name] of names.entries()) settled[name] = values[index];
    return settled;
  });
};

const executeField = (run: Run, field: PlannedField, source: unknown, parentPath: Path | undefined): unknown => {
  const { definition, shape, responseName } = field;
  const { resolve } = definition;
  // Only what can have something below it needs its path before something is wrong with it.
  const path = shape.kind === 'leaf' ? undefined : { prev: parentPath, key: responseName };
  try {
    const value =
      resolve === undefined
        ? propertyOf(run, field, source, parentPath)
        : resolve(source, argumentsOf(run, field), run.contextValue, infoOf(run, field, parentPath));
    const completed = isThenable(value)
      ? completeLater(run, field, shape, value, path)
      : complete(run, field, shape, value, path);
    if (!(completed instanceof Promise)) return completed;
    return completed.catch((error) =>
      handleError(run, field, shape, path ?? { prev: parentPath, key: responseName }, error),
    );
  } catch (error) {
    return handleError(run, field, shape, path ?? { prev: parentPath, key: responseName }, error);
  }
};

/** What a field without a resolver is: the source's property of its name, called where it is a function. */
const propertyOf = (run: Run, field: PlannedField, source: unknown, parentPath: Path | undefined): unknown => {
  if ((typeof source !== 'object' || source === null) && typeof source !== 'function') return undefined;
  const owner = source as Record<string, unknown>;
  const { name } = field.definition;
  const value = owner[name];
  if (typeof value !== 'function') return value;
  return value.call(source, argumentsOf(run, field), run.contextValue, infoOf(run, field, parentPath)) as unknown;
};

const argumentsOf = (run: Run, field: PlannedField): Arguments => {
  if (field.constantArguments !== undefined) return field.constantArguments;
  let known = run.argumentsByField.get(field);
  if (known === undefined) {
    known = field.argumentsOf(run.variables);
    run.argumentsByField.set(field, known);
  }
  return known;
};

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';

const completeLater = (
  run: Run,
  field: PlannedField,
  shape: Shape,
  value: PromiseLike<unknown>,
  path: Path | undefined,
): Promise<unknown> =>
  Promise.resolve(value).then((known) => {
    run.signal?.throwIfAborted();
    return complete(run, field, shape, known, path);
  });

/** An error stops at the first place that may be null; its path is where it came up. */
const handleError = (run: Run, field: PlannedField, shape: Shape, path: Path, raw: unknown): null => {
  const error = locatedError(raw, field.nodes, pathToArray(path));
  if (shape.isNonNull) throw error;
  run.errors.add(error, path);
  return null;
};

/** "CompleteValue" of the specification. A leaf is given no path. */
const complete = (run: Run, field: PlannedField, shape: Shape, value: unknown, path: Path | undefined): unknown => {
  if (value instanceof Error) throw value;
  if (value === undefined || value === null) {
    if (!shape.isNonNull) return null;
    throw new Error(`Cannot return null for non-nullable field ${coordinateOf(field)}.`);
  }
  switch (shape.kind) {
    case 'leaf': {
      const serialized = shape.serialize(value);
      if (serialized !== undefined && serialized !== null) return serialized;
      throw new Error(`The value of ${coordinateOf(field)} cannot be written as ${shape.type.name}.`);
    }
    case 'list':
      return completeList(run, field, shape.item, value, path);
    case 'object':
      return completeObject(run, field, shape.type, shape.selectionFor(shape.type), value, path);
    case 'abstract':
      return completeAbstract(run, field, shape, value, path);
  }
};

const coordinateOf = ({ parentType, definition }: PlannedField): string => `${parentType.name}.${definition.name}`;

const completeList = (run: Run, field: PlannedField, shape: Shape, value: unknown, path: Path | undefined): unknown => {
  if (typeof value !== 'object' || typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] !== 'function') {
    throw new GraphQLError(`Expected Iterable, but did not find one for field "${coordinateOf(field)}".`);
  }
  const items: readonly unknown[] = Array.isArray(value) ? value : Array.from(value as Iterable<unknown>);
  const completed: unknown[] = [];
  let isPending = false;
  try {
    for (let index = 0; index < items.length; index++) {
      const item = completeItem(run, field, shape, items[index], path, index);
      if (item instanceof Promise) isPending = true;
      completed.push(item);
    }
  } catch (error) {
    // The list is lost already. What its other items wait for may fail as well, and nobody else listens: neither to those before, nor after.
    if (isPending) Promise.all(completed).catch(() => {});
    for (const item of items.slice(completed.length + 1)) if (isThenable(item)) item.then(undefined, () => {});
    throw error;
  }
  return isPending ? Promise.all(completed) : completed;
};

const completeItem = (
  run: Run,
  field: PlannedField,
  shape: Shape,
  item: unknown,
  listPath: Path | undefined,
  index: number,
): unknown => {
  const path = shape.kind === 'leaf' ? undefined : { prev: listPath, key: index };
  try {
    const completed = isThenable(item)
      ? completeLater(run, field, shape, item, path)
      : complete(run, field, shape, item, path);
    if (!(completed instanceof Promise)) return completed;
    return completed.catch((error) => handleError(run, field, shape, path ?? { prev: listPath, key: index }, error));
  } catch (error) {
    return handleError(run, field, shape, path ?? { prev: listPath, key: index }, error);
  }
};

const completeObject = (
  run: Run,
  field: PlannedField,
  type: GraphQLObjectType,
  selection: Selection,
  value: unknown,
  path: Path | undefined,
): unknown => {
  if (!type.isTypeOf) return executeSelection(run, selection, value, path);
  const verdict = type.isTypeOf(value, run.contextValue, infoOf(run, field, path?.prev));
  const proceed = (isSo: boolean): unknown => {
    if (isSo) return executeSelection(run, selection, value, path);
    throw new GraphQLError(`Expected value of type "${type.name}" but got another.`, { nodes: field.nodes });
  };
  return isThenable(verdict) ? Promise.resolve(verdict).then(proceed) : proceed(verdict);
};

const completeAbstract = (
  run: Run,
  field: PlannedField,
  shape: Extract<Shape, { kind: 'abstract' }>,
  value: unknown,
  path: Path | undefined,
): unknown => {
  const resolveType = shape.type.resolveType ?? defaultTypeResolver;
  const name = resolveType(value, run.contextValue, infoOf(run, field, path?.prev), shape.type);
  const proceed = (known: unknown): unknown => {
    const type = typeof known === 'string' ? run.plan.schema.getType(known) : undefined;
    if (isObjectType(type) && run.plan.schema.isSubType(shape.type, type)) {
      return completeObject(run, field, type, shape.selectionFor(type), value, path);
    }
    throw new GraphQLError(
      `Abstract type "${shape.type.name}" must resolve to one of its types for field "${coordinateOf(field)}".`,
      { nodes: field.nodes },
    );
  };
  return isThenable(name) ? Promise.resolve(name).then(proceed) : proceed(name);
};
