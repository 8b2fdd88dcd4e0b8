import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  visit,
} from 'graphql';
import type { WriteDirectly } from '../../platform/byte-text.ts';
import { AnswerLimitError } from './answer-meter.ts';
import { collectFields, type SelectionContext } from './collect-fields.ts';
import type { Variables } from './executor.ts';
import { type WriteLeaf, writerOf } from './leaf-writers.ts';

export type Arguments = { [argument: string]: unknown };

/** An operation, with all that can be known of it before there is a value. */
export interface CompiledQuery {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly root: Selection;
}

/** The fields that a selection asks of one object type, in the order of the answer. */
export interface Selection {
  readonly fields: readonly CompiledField[];
  /** Whether what is written for an object follows from the object alone. */
  readonly isPure: boolean;
}

export interface CompiledField {
  readonly responseName: string;
  /** What stands before the value: the name, and the comma after the field before. */
  readonly key: Uint8Array;
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly nodes: readonly FieldNode[];
  readonly output: OutputType;
  /** How many bytes its value had that came later, and an item of it. */
  readonly size: { usualBytes: number };
  readonly itemSize: { usualBytes: number };
  /** Absent where a variable is used, or where the arguments are wrong. Resolvers must not change what they are given. */
  readonly constantArguments: Arguments | undefined;
  /** Throws what GraphQL throws. */
  readonly argumentsOf: (variables: Variables) => Arguments;
  /** Writes its value of an object past its resolver. */
  readonly writeDirectly: WriteDirectly | undefined;
}

/** How a value is completed, and the field that it is a value of. */
export type OutputType = { readonly isNonNull: boolean; readonly field: CompiledField } & (
  | { readonly kind: 'leaf'; readonly type: GraphQLLeafType; readonly write: WriteLeaf }
  | { readonly kind: 'list'; readonly item: OutputType }
  | { readonly kind: 'object'; readonly type: GraphQLObjectType; readonly selection: Selection }
  | AbstractOutput
);

export interface AbstractOutput {
  readonly isNonNull: boolean;
  readonly field: CompiledField;
  readonly kind: 'abstract';
  readonly type: GraphQLAbstractType;
  readonly selectionFor: SelectionFor;
}

/** The selection on one of the types that a value can have; compiled when the first such value comes. */
type SelectionFor = (type: GraphQLObjectType) => Selection;

export interface CompileOptions {
  readonly schema: GraphQLSchema;
  /** Whether a field's value follows from its object alone: the same object, asked again by the same selection, has the same. */
  readonly isPure: (field: GraphQLField<unknown, unknown>) => boolean;
  /** How a field's value is written past its resolver, where that is possible. */
  readonly writeDirectly: (field: CompiledField) => WriteDirectly | undefined;
  /** Fields that one operation may have, fragments put in their places. */
  readonly maxFields: number;
}

/** What the selections of one operation are compiled with. */
interface Compilation extends CompileOptions, SelectionContext {
  fieldCount: number;
  /** Of selections that stand alone in their places, what they were compiled to on each type, and how many fields that has: a fragment is spread again and again. */
  readonly compiled: Map<
    SelectionSetNode,
    Map<GraphQLObjectType, { readonly selection: Selection; readonly fieldCount: number }>
  >;
}

/**
 * Compiles a query for variables whose conditions have the values given. Follows "Executing Operations" of the GraphQL specification, so that nothing
 * is left to do for a value but to complete it. Throws an `AnswerLimitError` at the first field too many: fragments that nest can multiply a
 * kilobyte into any number.
 */
export const compileQuery = (
  options: CompileOptions,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): CompiledQuery => {
  const fragments = Object.create(null) as Record<string, FragmentDefinitionNode>;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  const { schema } = options;
  const queryType = schema.getQueryType();
  if (!queryType) throw new Error('The schema has no query type.');
  const compilation: Compilation = { ...options, fragments, variables, fieldCount: 0, compiled: new Map() };
  const root = compileSelection(compilation, queryType, [operation.selectionSet]);
  return { schema, operation, fragments, root };
};

const compileSelection = (
  compilation: Compilation,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): Selection => {
  const [set, ...more] = selectionSets;
  // Fields that are merged have selections of their own.
  if (set === undefined || more.length > 0) return compileMerged(compilation, type, selectionSets);
  let onTypes = compilation.compiled.get(set);
  if (onTypes === undefined) compilation.compiled.set(set, (onTypes = new Map()));
  const known = onTypes.get(type);
  if (known !== undefined) {
    countFields(compilation, known.fieldCount);
    return known.selection;
  }
  const before = compilation.fieldCount;
  const selection = compileMerged(compilation, type, selectionSets);
  onTypes.set(type, { selection, fieldCount: compilation.fieldCount - before });
  return selection;
};

const countFields = (compilation: Compilation, count: number): void => {
  compilation.fieldCount += count;
  if (compilation.fieldCount > compilation.maxFields) throw tooManyFields(compilation.maxFields);
};

const compileMerged = (
  compilation: Compilation,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): Selection => {
  const nodesByName = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  for (const selectionSet of selectionSets) collectFields(compilation, type, selectionSet, nodesByName, visited);
  countFields(compilation, nodesByName.size);
  const fields: CompiledField[] = [];
  for (const [responseName, nodes] of nodesByName) {
    const [first] = nodes;
    const definition = first && definitionOf(compilation, type, first.name.value);
    // A field that the type does not have is left out; validation has refused it before.
    if (definition === undefined) continue;
    const key = Buffer.from(`${fields.length === 0 ? '' : ','}"${responseName}":`);
    fields.push(compileField(compilation, type, definition, { responseName, key, nodes }));
  }
  return { fields, isPure: fields.length > 0 && fields.every((field) => isPureField(compilation, field)) };
};

const isPureField = ({ isPure }: Compilation, { definition, constantArguments, output }: CompiledField): boolean =>
  constantArguments !== undefined &&
  (definition === TypeNameMetaFieldDef || isPure(definition)) &&
  isPureOutput(output);

const isPureOutput = (output: OutputType): boolean => {
  switch (output.kind) {
    case 'leaf':
      return true;
    case 'list':
      return isPureOutput(output.item);
    case 'object':
      return output.type.isTypeOf === undefined && output.selection.isPure;
    case 'abstract':
      return false;
  }
};

const definitionOf = (
  { schema }: Compilation,
  type: GraphQLObjectType,
  name: string,
): GraphQLField<unknown, unknown> | undefined => {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (type === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  return type.getFields()[name];
};

const compileField = (
  compilation: Compilation,
  parentType: GraphQLObjectType,
  definition: GraphQLField<unknown, unknown>,
  named: Pick<CompiledField, 'responseName' | 'key' | 'nodes'>,
): CompiledField => {
  const { nodes } = named;
  const selections = new Map<GraphQLObjectType, Selection>();
  const selectionFor: SelectionFor = (type) => {
    let selection = selections.get(type);
    if (selection === undefined) {
      const selectionSets = nodes.flatMap(({ selectionSet }) => (selectionSet === undefined ? [] : [selectionSet]));
      selection = compileSelection(compilation, type, selectionSets);
      selections.set(type, selection);
    }
    return selection;
  };
  const incomplete: Omit<CompiledField, 'output' | 'writeDirectly'> & {
    output: OutputType | undefined;
    writeDirectly: WriteDirectly | undefined;
  } = {
    ...named,
    parentType,
    definition,
    size: { usualBytes: 0 },
    itemSize: { usualBytes: 0 },
    ...compileArguments(definition, nodes[0] as FieldNode),
    output: undefined,
    writeDirectly: undefined,
  };
  // The field and its type know each other, so one of the two is completed last.
  const field = incomplete as CompiledField;
  incomplete.output = outputOf(field, definition.type, selectionFor);
  incomplete.writeDirectly = compilation.writeDirectly(field);
  return field;
};

const compileArguments = (
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
): Pick<CompiledField, 'constantArguments' | 'argumentsOf'> => {
  let usesVariables = false;
  for (const argument of node.arguments ?? []) {
    visit(argument, {
      Variable: () => {
        usesVariables = true;
      },
    });
  }
  const argumentsOf = (variables: Variables) => getArgumentValues(definition, node, variables);
  if (usesVariables) return { constantArguments: undefined, argumentsOf };
  try {
    return { constantArguments: getArgumentValues(definition, node), argumentsOf };
  } catch {
    return { constantArguments: undefined, argumentsOf };
  }
};

const outputOf = (
  field: CompiledField,
  type: GraphQLOutputType,
  selectionFor: SelectionFor,
  isNonNull = false,
): OutputType => {
  if (isNonNullType(type)) return outputOf(field, type.ofType, selectionFor, true);
  if (isListType(type)) return { isNonNull, field, kind: 'list', item: outputOf(field, type.ofType, selectionFor) };
  if (isLeafType(type)) return { isNonNull, field, kind: 'leaf', type, write: writerOf(type) };
  if (isAbstractType(type)) return { isNonNull, field, kind: 'abstract', type, selectionFor };
  return { isNonNull, field, kind: 'object', type, selection: selectionFor(type) };
};

const tooManyFields = (maxFields: number): AnswerLimitError =>
  new AnswerLimitError(
    `The operation has more than the ${maxFields} fields that one may have, fragments put in their places. Split it, or send less of it.`,
  );
