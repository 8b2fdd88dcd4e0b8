import { defaultTypeResolver, GraphQLError, type GraphQLObjectType, isObjectType } from 'graphql';
import { isWrittenText } from '../../platform/byte-text.ts';
import type { Turns } from '../../platform/turns.ts';
import { AnswerMeter } from './answer-meter.ts';
import type { AbstractOutput, Arguments, CompiledField, CompiledQuery, OutputType, Selection } from './compile.ts';
import { infoOf, type Run } from './execution-context.ts';
import type { Path } from './path.ts';
import type { ExecutionArguments, ExecutionResult } from './executor.ts';
import { CollectedErrors, handleFieldError } from './field-errors.ts';
import { type Chunk, JsonWriter } from './json-writer.ts';
import { PendingPieces } from './pending-pieces.ts';

/**
 * Answers a compiled query, straight in JSON. Follows "Executing Requests" of the GraphQL specification to the letter, as graphql-js does: same
 * values, same errors, in the same order, with the same paths. Only the work that no value can change is not done again, and no object is made that
 * would only be written. Where it takes long it lets others have a turn between fields and between items. Throws, or rejects with, an
 * `AnswerLimitError` where the answer grows too large, and with nothing else.
 */
export const executeCompiled = (
  query: CompiledQuery,
  given: ExecutionArguments,
  turns: Turns,
): ExecutionResult | Promise<ExecutionResult> => {
  const meter = new AnswerMeter(given.bounds);
  const out = new JsonWriter(smallBytes, meter);
  // Spelt out: what is added behind a spread has a hidden class of its own each time (`bench/README.md`).
  const run: Run = {
    rootValue: given.rootValue,
    contextValue: given.contextValue,
    variables: given.variables,
    givenVariables: given.givenVariables,
    signal: given.signal,
    bounds: given.bounds,
    owner: given.owner,
    query,
    argumentsByField: new Map(),
    errors: new CollectedErrors(),
    meter,
    turns,
    out,
    stepsLeft: stepsBetweenLooks,
  };
  const succeed = (data: Chunk): ExecutionResult => ({
    data,
    errors: run.errors.listed,
    unlistedErrors: run.errors.unlisted,
  });
  const fail = (error: unknown): ExecutionResult => {
    if (meter.exceeded !== undefined) throw meter.exceeded;
    run.errors.add(error, undefined);
    return succeed(nullChunk);
  };
  try {
    const pending = executeSelection(run, query.root, given.rootValue, undefined);
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
/** A name and the like. Hundreds of these may be waited for in one answer. */
const leafBytes = 64;
/** What is written in one turn may be a megabyte. */
const turnBytes = 65_536;
const nullBytes = Buffer.from('null');
const nullChunk: Chunk = [nullBytes];
const [comma, openBracket, closeBracket, openBrace, closeBrace] = [0x2c, 0x5b, 0x5d, 0x7b, 0x7d];

/** So many objects take some tens of microseconds: looking at the time costs nothing beside them. */
const stepsBetweenLooks = 64;

const isTurnOver = (run: Run): boolean => {
  if (--run.stepsLeft > 0) return false;
  const isOver = run.turns.isOver();
  // Once it is over, whatever is around this has to look as well.
  run.stepsLeft = isOver ? 1 : stepsBetweenLooks;
  return isOver;
};

/** Goes on in a later turn, with a writer of its own. */
const inLaterTurn = (run: Run, write: () => Pending): Promise<Chunk> =>
  new Promise((resolve, reject) => {
    run.turns.wait(run.owner, () => {
      run.stepsLeft = stepsBetweenLooks;
      try {
        if (run.meter.exceeded !== undefined) throw run.meter.exceeded;
        resolve(intoNewWriter(run, turnBytes, write));
      } catch (error) {
        reject(error);
      }
    });
  });

const intoNewWriter = (run: Run, sizeBytes: number, write: () => Pending): Chunk | Promise<Chunk> => {
  const out = new JsonWriter(sizeBytes, run.meter);
  run.out = out;
  return write() ?? [out.finish()];
};

/** Writes the fields from one on; the first one opens the object. */
const executeSelection = (
  run: Run,
  selection: Selection,
  source: unknown,
  path: Path | undefined,
  from = 0,
): Pending => {
  const { out } = run;
  const { fields } = selection;
  const start = out.length;
  let pieces: PendingPieces | undefined;
  try {
    if (from === 0) {
      run.meter.countObject();
      out.byte(openBrace);
    }
    for (let index = from; index < fields.length; index++) {
      // A field of the root may do a lot. Of other objects there are many, and lists look between them.
      if (path === undefined && index > from && run.turns.isOver()) {
        (pieces ??= new PendingPieces()).add(laterFields(run, selection, source, path, index), out.length);
        return pieces.join(out, start);
      }
      const field = fields[index] as CompiledField;
      out.bytes(field.key);
      const pending = executeField(run, field, source, path);
      if (pending !== undefined) (pieces ??= new PendingPieces()).add(pending, out.length);
    }
  } catch (error) {
    if (pieces === undefined) throw error;
    if (run.meter.exceeded !== undefined) {
      pieces.ignore();
      throw error;
    }
    out.truncate(start);
    // What the other fields wait for may fail as well, and has to be listened to.
    return pieces.failAfter(error);
  }
  out.byte(closeBrace);
  return pieces?.join(out, start);
};

/** Not where it is called: a closure in a loop costs a frame for each object and another one for each field, whether it is made or not. */
const laterFields = (
  run: Run,
  selection: Selection,
  source: unknown,
  path: Path | undefined,
  from: number,
): Promise<Chunk> => inLaterTurn(run, () => executeSelection(run, selection, source, path, from));

const executeField = (run: Run, field: CompiledField, source: unknown, parentPath: Path | undefined): Pending => {
  const { definition, output, responseName, writeDirectly } = field;
  const { resolve } = definition;
  const start = run.out.length;
  // Only what can have something below it needs its path before something is wrong with it.
  const path = output.kind === 'leaf' ? undefined : { prev: parentPath, key: responseName };
  try {
    const written = writeDirectly?.(source, run.out);
    if (written !== undefined) {
      run.meter.countObjects(written);
      // These take a fraction of the time.
      run.stepsLeft -= written >> 2;
      return undefined;
    }
    const value =
      resolve === undefined
        ? propertyOf(run, field, source, parentPath)
        : resolve(source, argumentsOf(run, field), run.contextValue, infoOf(run, field, parentPath));
    // Most of every answer, and nothing that follows could be true of it.
    if (output.kind === 'leaf' && (typeof value === 'string' || isWrittenText(value)) && output.write(value, run.out)) {
      return undefined;
    }
    const pending = isThenable(value)
      ? completeLater(run, output, value, path, field.size)
      : complete(run, output, value, path);
    return pending && orNull(pending, run, output, path ?? { prev: parentPath, key: responseName });
  } catch (error) {
    return nullSince(start, run, output, path ?? { prev: parentPath, key: responseName }, error);
  }
};

/** Writes null in the place of what was written since then and has failed, where there may be null. */
const nullSince = (start: number, run: Run, output: OutputType, path: Path, error: unknown): undefined => {
  run.out.truncate(start);
  handleFieldError(run, output, path, error);
  run.out.bytes(nullBytes);
};

/** What comes later, with null in its place should it fail, where there may be null. */
const orNull = (pending: Promise<Chunk>, run: Run, output: OutputType, path: Path): Promise<Chunk> =>
  pending.catch((error) => {
    handleFieldError(run, output, path, error);
    return nullChunk;
  });

/** What a field without a resolver is: the source's property of its name, called where it is a function. */
const propertyOf = (run: Run, field: CompiledField, source: unknown, parentPath: Path | undefined): unknown => {
  if ((typeof source !== 'object' || source === null) && typeof source !== 'function') return undefined;
  const owner = source as Record<string, unknown>;
  const { name } = field.definition;
  const value = owner[name];
  if (typeof value !== 'function') return value;
  return value.call(source, argumentsOf(run, field), run.contextValue, infoOf(run, field, parentPath)) as unknown;
};

const argumentsOf = (run: Run, field: CompiledField): Arguments => {
  if (field.constantArguments !== undefined) return field.constantArguments;
  let known = run.argumentsByField.get(field);
  if (known === undefined) {
    known = field.argumentsOf(run.variables);
    run.argumentsByField.set(field, known);
  }
  return known;
};

const isThenable = <Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';

const completeLater = (
  run: Run,
  output: OutputType,
  value: PromiseLike<unknown>,
  path: Path | undefined,
  size: CompiledField['size'],
): Promise<Chunk> =>
  Promise.resolve(value).then((known) => {
    run.signal?.throwIfAborted();
    if (run.meter.exceeded !== undefined) throw run.meter.exceeded;
    const write = (): Pending => complete(run, output, known, path);
    // Thousands may come at the same moment.
    if (isTurnOver(run)) return inLaterTurn(run, write);
    const out = new JsonWriter(output.kind === 'leaf' ? leafBytes : size.usualBytes, run.meter);
    run.out = out;
    const pending = write();
    if (pending !== undefined) return pending;
    // A little more than last time, and slowly less again after something unusually large.
    size.usualBytes = Math.max(out.length + (out.length >> 3), size.usualBytes - (size.usualBytes >> 4), smallBytes);
    return [out.finish()];
  });

/** "CompleteValue" of the specification. A leaf is given no path. */
const complete = (run: Run, output: OutputType, value: unknown, path: Path | undefined): Pending => {
  if (value instanceof Error) throw value;
  if (value === undefined || value === null) {
    if (output.isNonNull) throw new Error(`Cannot return null for non-nullable field ${coordinateOf(output)}.`);
    run.out.bytes(nullBytes);
    return undefined;
  }
  switch (output.kind) {
    case 'leaf':
      if (output.write(value, run.out)) return undefined;
      throw new Error(`The value of ${coordinateOf(output)} cannot be written as ${output.type.name}.`);
    case 'list':
      return completeList(run, output.item, itemsOf(output, value), path);
    case 'object':
      return completeObject(run, output, output.type, output.selection, value, path);
    case 'abstract':
      return completeAbstract(run, output, value, path);
  }
};

const coordinateOf = ({ field: { parentType, definition } }: OutputType): string =>
  `${parentType.name}.${definition.name}`;

const itemsOf = (output: OutputType, value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function') {
    return Array.from(value as Iterable<unknown>);
  }
  throw new GraphQLError(`Expected Iterable, but did not find one for field "${coordinateOf(output)}".`);
};

/** Writes the items from one on; the first one opens the list. */
const completeList = (
  run: Run,
  output: OutputType,
  items: readonly unknown[],
  path: Path | undefined,
  from = 0,
): Pending => {
  const { out } = run;
  const start = out.length;
  let pieces: PendingPieces | undefined;
  try {
    if (from === 0) out.byte(openBracket);
    for (let index = from; index < items.length; index++) {
      if (index > from && isTurnOver(run)) {
        if (from === 0) ignoreRejections(items, index);
        (pieces ??= new PendingPieces()).add(laterItems(run, output, items, path, index), out.length);
        return pieces.join(out, start);
      }
      if (index > 0) out.byte(comma);
      const pending = completeItem(run, output, items[index], path, index);
      if (pending !== undefined) (pieces ??= new PendingPieces()).add(pending, out.length);
    }
  } catch (error) {
    // The list is lost already. What its other items wait for may fail as well, and nobody else listens: neither to those before, nor after.
    pieces?.ignore();
    ignoreRejections(items, from);
    throw error;
  }
  out.byte(closeBracket);
  return pieces?.join(out, start);
};

const laterItems = (
  run: Run,
  output: OutputType,
  items: readonly unknown[],
  path: Path | undefined,
  from: number,
): Promise<Chunk> => inLaterTurn(run, () => completeList(run, output, items, path, from));

/** Listens to the items that come later, so that a rejection which nobody waits for yet, or any more, does not end the process. */
const ignoreRejections = (items: readonly unknown[], from: number): void => {
  for (let index = from; index < items.length; index++) {
    const item = items[index];
    if (isThenable(item)) item.then(undefined, () => {});
  }
};

const completeItem = (
  run: Run,
  output: OutputType,
  item: unknown,
  listPath: Path | undefined,
  index: number,
): Pending => {
  const start = run.out.length;
  const path = output.kind === 'leaf' ? undefined : { prev: listPath, key: index };
  try {
    const pending = isThenable(item)
      ? completeLater(run, output, item, path, output.field.itemSize)
      : complete(run, output, item, path);
    return pending && orNull(pending, run, output, path ?? { prev: listPath, key: index });
  } catch (error) {
    return nullSince(start, run, output, path ?? { prev: listPath, key: index }, error);
  }
};

/** Six parameters and no frame around them: this runs once for every object of an answer, and a frame would be one more object for each. */
const completeObject = (
  run: Run,
  output: OutputType,
  type: GraphQLObjectType,
  selection: Selection,
  value: unknown,
  path: Path | undefined,
): Pending => {
  if (!type.isTypeOf) {
    return selection.isPure
      ? executeOnce(run, selection, value as object, path)
      : executeSelection(run, selection, value, path);
  }
  const verdict = type.isTypeOf(value, run.contextValue, infoOf(run, output.field, path?.prev));
  const proceed = (isSo: boolean): Pending => {
    if (isSo) return executeSelection(run, selection, value, path);
    throw new GraphQLError(`Expected value of type "${type.name}" but got another.`, { nodes: output.field.nodes });
  };
  return isThenable(verdict) ? whenKnown(run, verdict, proceed) : proceed(verdict);
};

/** Copies what was written for the same object before, if all went well then. */
const executeOnce = (run: Run, selection: Selection, value: object, path: Path | undefined): Pending => {
  const { out } = run;
  if (out.repeat(selection, value)) {
    run.meter.countObject();
    return undefined;
  }
  const start = out.length;
  const errorCount = run.errors.count;
  const pending = executeSelection(run, selection, value, path);
  if (pending === undefined && run.errors.count === errorCount) out.remember(selection, value, start);
  return pending;
};

const completeAbstract = (run: Run, output: AbstractOutput, value: unknown, path: Path | undefined): Pending => {
  const { field, type, selectionFor } = output;
  const resolveType = type.resolveType ?? defaultTypeResolver;
  const name = resolveType(value, run.contextValue, infoOf(run, field, path?.prev), type);
  const proceed = (known: unknown): Pending => {
    const objectType = typeof known === 'string' ? run.query.schema.getType(known) : undefined;
    if (isObjectType(objectType) && run.query.schema.isSubType(type, objectType)) {
      return completeObject(run, output, objectType, selectionFor(objectType), value, path);
    }
    throw new GraphQLError(
      `Abstract type "${type.name}" must resolve to one of its types for field "${coordinateOf(output)}".`,
      { nodes: field.nodes },
    );
  };
  return isThenable(name) ? whenKnown(run, name, proceed) : proceed(name);
};

/** Goes on with a writer of its own. */
const whenKnown = <Value>(run: Run, value: PromiseLike<Value>, proceed: (known: Value) => Pending): Promise<Chunk> =>
  Promise.resolve(value).then((known) => intoNewWriter(run, smallBytes, () => proceed(known)));
