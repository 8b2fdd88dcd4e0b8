import { defaultTypeResolver, GraphQLError, type GraphQLObjectType, isObjectType, locatedError } from 'graphql';
import { failAfter, Gaps } from './pending-pieces.ts';
import { type Chunk, JsonWriter } from './json-writer.ts';
import { isWrittenText } from '../../platform/byte-text.ts';
import type { Arguments, Plan, PlannedField, Selection, Shape } from './compile.ts';
import { CollectedErrors, infoOf, type Path, pathToArray, type PlanArguments, type Run } from './execution-context.ts';

export interface PlanResult {
  /** The JSON of `data`. */
  readonly data: Chunk;
  readonly errors: readonly GraphQLError[];
}

/**
 * Answers a planned query, straight in JSON. Follows "Executing Requests" of the GraphQL specification to the letter, as graphql-js
 * does: same values, same errors, in the same order, with the same paths. Only the work that no value can change is not done
 * again, and no object is made that would only be written. Never rejects.
 */
export const executePlan = (plan: Plan, given: PlanArguments): PlanResult | Promise<PlanResult> => {
  const run: Run = { plan, ...given, argumentsByField: new Map(), errors: new CollectedErrors() };
  const succeed = (data: Chunk): PlanResult => ({ data, errors: run.errors.list });
  const fail = (error: unknown): PlanResult => {
    run.errors.add(error as GraphQLError, undefined);
    return succeed(nullChunk);
  };
  const out = new JsonWriter(smallBytes);
  try {
    const pending = executeSelection(run, plan.root, given.rootValue, undefined, out);
    return pending === undefined ? succeed([out.finish()]) : pending.then(succeed, fail);
  } catch (error) {
    return fail(error);
  }
};

/**
 * How a value was written: wholly, into the writer at hand, where undefined. Else nothing is left in the writer, and the whole of it comes
 * later. Where writing throws, what was begun is left for the caller to take back.
 */
type Pending = Promise<Chunk> | undefined;

const smallBytes = 512;
const nullBytes = Buffer.from('null');
const nullChunk: Chunk = [nullBytes];
const [comma, openBracket, closeBracket, openBrace, closeBrace] = [0x2c, 0x5b, 0x5d, 0x7b, 0x7d];

const executeSelection = (
  run: Run,
  { fields }: Selection,
  source: unknown,
  path: Path | undefined,
  out: JsonWriter,
): Pending => {
  const start = out.length;
  let gaps: Gaps | undefined;
  out.byte(openBrace);
  try {
    for (const field of fields) {
      out.bytes(field.key);
      const pending = executeField(run, field, source, path, out);
      if (pending !== undefined) (gaps ??= new Gaps()).add(pending, out.length);
    }
  } catch (error) {
    if (gaps === undefined) throw error;
    out.truncate(start);
    // What the other fields wait for may fail as well, and somebody has to listen.
    return failAfter(gaps, error);
  }
  out.byte(closeBrace);
  return gaps?.join(out, start);
};

const executeField = (
  run: Run,
  field: PlannedField,
  source: unknown,
  parentPath: Path | undefined,
  out: JsonWriter,
): Pending => {
  const { definition, shape, responseName } = field;
  const { resolve } = definition;
  const start = out.length;
  // Only what can have something below it needs its path before something is wrong with it.
  const path = shape.kind === 'leaf' ? undefined : { prev: parentPath, key: responseName };
  try {
    const value =
      resolve === undefined
        ? propertyOf(run, field, source, parentPath)
        : resolve(source, argumentsOf(run, field), run.contextValue, infoOf(run, field, parentPath));
    // Most of every answer, and nothing that follows could be true of it.
    if (shape.kind === 'leaf' && (typeof value === 'string' || isWrittenText(value)) && shape.write(value, out)) {
      return undefined;
    }
    const pending = isThenable(value)
      ? completeLater(run, field, shape, value, path, field.size)
      : complete(run, field, shape, value, path, out);
    return pending && orNull(pending, run, field, shape, path ?? { prev: parentPath, key: responseName });
  } catch (error) {
    return nullSince(start, out, run, field, shape, path ?? { prev: parentPath, key: responseName }, error);
  }
};

/** Writes null in the place of what was written since then and has failed, where there may be null. */
const nullSince = (
  start: number,
  out: JsonWriter,
  run: Run,
  field: PlannedField,
  shape: Shape,
  path: Path,
  error: unknown,
): undefined => {
  out.truncate(start);
  handleError(run, field, shape, path, error);
  out.bytes(nullBytes);
};

/** What comes later, with null in its place should it fail, where there may be null. */
const orNull = (pending: Promise<Chunk>, run: Run, field: PlannedField, shape: Shape, path: Path): Promise<Chunk> =>
  pending.catch((error) => {
    handleError(run, field, shape, path, error);
    return nullChunk;
  });

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
  size: PlannedField['size'],
): Promise<Chunk> =>
  Promise.resolve(value).then((known) => {
    run.signal?.throwIfAborted();
    const out = new JsonWriter(size.usualBytes);
    const pending = complete(run, field, shape, known, path, out);
    if (pending !== undefined) return pending;
    // A little more than last time, and slowly less again after something unusually large.
    size.usualBytes = Math.max(out.length + (out.length >> 3), size.usualBytes - (size.usualBytes >> 4), smallBytes);
    return [out.finish()];
  });

/** Notes an error at the first place that may be null, and throws it on from every other; its path is where it came up. */
const handleError = (run: Run, field: PlannedField, shape: Shape, path: Path, raw: unknown): void => {
  const error = locatedError(raw, field.nodes, pathToArray(path));
  if (shape.isNonNull) throw error;
  run.errors.add(error, path);
};

/** "CompleteValue" of the specification. A leaf is given no path. */
const complete = (
  run: Run,
  field: PlannedField,
  shape: Shape,
  value: unknown,
  path: Path | undefined,
  out: JsonWriter,
): Pending => {
  if (value instanceof Error) throw value;
  if (value === undefined || value === null) {
    if (shape.isNonNull) throw new Error(`Cannot return null for non-nullable field ${coordinateOf(field)}.`);
    out.bytes(nullBytes);
    return undefined;
  }
  switch (shape.kind) {
    case 'leaf':
      if (shape.write(value, out)) return undefined;
      throw new Error(`The value of ${coordinateOf(field)} cannot be written as ${shape.type.name}.`);
    case 'list':
      return completeList(run, field, shape.item, value, path, out);
    case 'object':
      return completeObject(run, field, shape.type, shape.selection, value, path, out);
    case 'abstract':
      return completeAbstract(run, field, shape, value, path, out);
  }
};

const coordinateOf = ({ parentType, definition }: PlannedField): string => `${parentType.name}.${definition.name}`;

const completeList = (
  run: Run,
  field: PlannedField,
  shape: Shape,
  value: unknown,
  path: Path | undefined,
  out: JsonWriter,
): Pending => {
  if (typeof value !== 'object' || typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] !== 'function') {
    throw new GraphQLError(`Expected Iterable, but did not find one for field "${coordinateOf(field)}".`);
  }
  const items: readonly unknown[] = Array.isArray(value) ? value : Array.from(value as Iterable<unknown>);
  const start = out.length;
  let gaps: Gaps | undefined;
  out.byte(openBracket);
  try {
    for (let index = 0; index < items.length; index++) {
      if (index > 0) out.byte(comma);
      const pending = completeItem(run, field, shape, items[index], path, index, out);
      if (pending !== undefined) (gaps ??= new Gaps()).add(pending, out.length);
    }
  } catch (error) {
    // The list is lost already. What its other items wait for may fail as well, and nobody else listens: neither to those before, nor after.
    if (gaps !== undefined) failAfter(gaps, error).catch(() => {});
    for (const item of items) if (isThenable(item)) item.then(undefined, () => {});
    throw error;
  }
  out.byte(closeBracket);
  return gaps?.join(out, start);
};

const completeItem = (
  run: Run,
  field: PlannedField,
  shape: Shape,
  item: unknown,
  listPath: Path | undefined,
  index: number,
  out: JsonWriter,
): Pending => {
  const start = out.length;
  const path = shape.kind === 'leaf' ? undefined : { prev: listPath, key: index };
  try {
    const pending = isThenable(item)
      ? completeLater(run, field, shape, item, path, field.itemSize)
      : complete(run, field, shape, item, path, out);
    return pending && orNull(pending, run, field, shape, path ?? { prev: listPath, key: index });
  } catch (error) {
    return nullSince(start, out, run, field, shape, path ?? { prev: listPath, key: index }, error);
  }
};

const completeObject = (
  run: Run,
  field: PlannedField,
  type: GraphQLObjectType,
  selection: Selection,
  value: unknown,
  path: Path | undefined,
  out: JsonWriter,
): Pending => {
  if (!type.isTypeOf) {
    return selection.isOfObjectAlone
      ? executeOnce(run, selection, value as object, path, out)
      : executeSelection(run, selection, value, path, out);
  }
  const verdict = type.isTypeOf(value, run.contextValue, infoOf(run, field, path?.prev));
  const proceed = (isSo: boolean, into: JsonWriter): Pending => {
    if (isSo) return executeSelection(run, selection, value, path, into);
    throw new GraphQLError(`Expected value of type "${type.name}" but got another.`, { nodes: field.nodes });
  };
  return isThenable(verdict) ? whenKnown(verdict, proceed) : proceed(verdict, out);
};

/** Copies what was written for the same object before, if all went well then. */
const executeOnce = (
  run: Run,
  selection: Selection,
  value: object,
  path: Path | undefined,
  out: JsonWriter,
): Pending => {
  if (out.repeat(selection, value)) return undefined;
  const start = out.length;
  const errorCount = run.errors.list.length;
  const pending = executeSelection(run, selection, value, path, out);
  if (pending === undefined && run.errors.list.length === errorCount) out.remember(selection, value, start);
  return pending;
};

const completeAbstract = (
  run: Run,
  field: PlannedField,
  shape: Extract<Shape, { kind: 'abstract' }>,
  value: unknown,
  path: Path | undefined,
  out: JsonWriter,
): Pending => {
  const resolveType = shape.type.resolveType ?? defaultTypeResolver;
  const name = resolveType(value, run.contextValue, infoOf(run, field, path?.prev), shape.type);
  const proceed = (known: unknown, into: JsonWriter): Pending => {
    const type = typeof known === 'string' ? run.plan.schema.getType(known) : undefined;
    if (isObjectType(type) && run.plan.schema.isSubType(shape.type, type)) {
      return completeObject(run, field, type, shape.selectionFor(type), value, path, into);
    }
    throw new GraphQLError(
      `Abstract type "${shape.type.name}" must resolve to one of its types for field "${coordinateOf(field)}".`,
      { nodes: field.nodes },
    );
  };
  return isThenable(name) ? whenKnown(name, proceed) : proceed(name, out);
};

/** Goes on with a writer of its own. */
const whenKnown = <Value>(
  value: PromiseLike<Value>,
  proceed: (known: Value, out: JsonWriter) => Pending,
): Promise<Chunk> =>
  Promise.resolve(value).then((known) => {
    const out = new JsonWriter(smallBytes);
    return proceed(known, out) ?? [out.finish()];
  });
