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
  GraphQLBoolean,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  TypeNameMetaFieldDef,
  visit,
} from 'graphql';
import { factsOf } from '../../graph/field-facts.ts';
import { isWrittenText } from '../../platform/byte-text.ts';
import type { JsonWriter } from './json-writer.ts';
import { collectFields, type Planning, type Variables } from './collect-fields.ts';

export type Arguments = { [argument: string]: unknown };

/** An operation of a document, and what is needed to plan it. */
export interface Plan {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly root: Selection;
}

/** The fields that a selection asks of one object type, in the order of the answer. */
export interface Selection {
  readonly fields: readonly PlannedField[];
  /** Whether what is written for an object follows from the object alone. */
  readonly isOfObjectAlone: boolean;
}

/** One field of a selection, with all that can be known of it before there is a value. */
export interface PlannedField {
  readonly responseName: string;
  /** What stands before the value: the name, and the comma after the field before. */
  readonly key: Uint8Array;
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly nodes: readonly FieldNode[];
  readonly shape: Shape;
  /** How many bytes its value had that came later, and an item of it. */
  readonly size: { usualBytes: number };
  readonly itemSize: { usualBytes: number };
  /** Absent where a variable is used, or where the arguments are wrong. Resolvers must not change what they are given. */
  readonly constantArguments: Arguments | undefined;
  /** Throws what GraphQL throws. */
  readonly argumentsOf: (variables: Variables) => Arguments;
}

/** How a value of a type is completed. */
export type Shape = { readonly isNonNull: boolean } & (
  | { readonly kind: 'leaf'; readonly type: GraphQLLeafType; readonly write: WriteLeaf }
  | { readonly kind: 'list'; readonly item: Shape }
  | { readonly kind: 'object'; readonly type: GraphQLObjectType; readonly selection: Selection }
  | { readonly kind: 'abstract'; readonly type: GraphQLAbstractType; readonly selectionFor: SelectionFor }
);

/** Writes a leaf; false where its type cannot serialize it. Throws what the type throws. */
type WriteLeaf = (value: unknown, out: JsonWriter) => boolean;

/** The selection on one of the types that a value can have; planned when the first such value comes. */
type SelectionFor = (type: GraphQLObjectType) => Selection;

/**
 * Plans an operation for variables whose conditions have the values given. Follows "Executing Operations" of the GraphQL
 * specification, so that nothing is left to do for a value but to complete it.
 */
export const createPlan = (
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): Plan => {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null) as Record<
    string,
    FragmentDefinitionNode
  >;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  const queryType = schema.getQueryType();
  if (!queryType) throw new Error('The schema has no query type.');
  const root = planSelection({ schema, fragments, variables }, queryType, [operation.selectionSet]);
  return { schema, operation, fragments, root };
};

const planSelection = (
  planning: Planning,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): Selection => {
  const nodesByName = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  for (const selectionSet of selectionSets) collectFields(planning, type, selectionSet, nodesByName, visited);
  const fields: PlannedField[] = [];
  for (const [responseName, nodes] of nodesByName) {
    const [first] = nodes;
    const definition = first && definitionOf(type, first.name.value);
    // A field that the type does not have is left out; validation has refused it before.
    if (definition !== undefined) {
      const key = Buffer.from(`${fields.length === 0 ? '' : ','}"${responseName}":`);
      fields.push({ ...planField(planning, type, definition, nodes), responseName, key });
    }
  }
  return { fields, isOfObjectAlone: fields.length > 0 && fields.every(isFieldOfObjectAlone) };
};

const isFieldOfObjectAlone = ({ definition, constantArguments, shape }: PlannedField): boolean =>
  constantArguments !== undefined &&
  (definition === TypeNameMetaFieldDef || factsOf(definition).isPure === true) &&
  isShapeOfObjectAlone(shape);

const isShapeOfObjectAlone = (shape: Shape): boolean => {
  switch (shape.kind) {
    case 'leaf':
      return true;
    case 'list':
      return isShapeOfObjectAlone(shape.item);
    case 'object':
      return shape.type.isTypeOf === undefined && shape.selection.isOfObjectAlone;
    case 'abstract':
      return false;
  }
};

const definitionOf = (type: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> | undefined =>
  name === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : type.getFields()[name];

const planField = (
  planning: Planning,
  parentType: GraphQLObjectType,
  definition: GraphQLField<unknown, unknown>,
  nodes: readonly FieldNode[],
): Omit<PlannedField, 'responseName' | 'key'> => {
  const selections = new Map<GraphQLObjectType, Selection>();
  const selectionFor: SelectionFor = (type) => {
    let selection = selections.get(type);
    if (selection === undefined) {
      const selectionSets = nodes.flatMap(({ selectionSet }) => (selectionSet === undefined ? [] : [selectionSet]));
      selection = planSelection(planning, type, selectionSets);
      selections.set(type, selection);
    }
    return selection;
  };
  return {
    parentType,
    definition,
    nodes,
    shape: shapeOf(definition.type, selectionFor),
    size: { usualBytes: 0 },
    itemSize: { usualBytes: 0 },
    ...planArguments(definition, nodes[0] as FieldNode),
  };
};

const planArguments = (
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
): Pick<PlannedField, 'constantArguments' | 'argumentsOf'> => {
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

const shapeOf = (type: GraphQLOutputType, selectionFor: SelectionFor, isNonNull = false): Shape => {
  if (isNonNullType(type)) return shapeOf(type.ofType, selectionFor, true);
  if (isListType(type)) {
    return { isNonNull, kind: 'list', item: shapeOf(type.ofType, selectionFor) };
  }
  if (isLeafType(type)) return { isNonNull, kind: 'leaf', type, write: writerOf(type) };
  if (isAbstractType(type)) return { isNonNull, kind: 'abstract', type, selectionFor };
  return { isNonNull, kind: 'object', type, selection: selectionFor(type) };
};

const textTypes: readonly string[] = ['String', 'ID'];
const trueBytes = Buffer.from('true');
const falseBytes = Buffer.from('false');

/** Asks the type, as GraphQL does. */
const writeBySerializing =
  (type: GraphQLLeafType): WriteLeaf =>
  (value, out) => {
    const serialized: unknown = type.serialize(value);
    if (serialized === undefined || serialized === null) return false;
    if (typeof serialized === 'string') out.text(serialized);
    else out.json(JSON.stringify(serialized));
    return true;
  };

/** Texts, switches and known values of enums, which are most of every answer, need no asking; everything else asks its type. */
const writerOf = (type: GraphQLLeafType): WriteLeaf => {
  const write = writeBySerializing(type);
  if (isEnumType(type)) {
    const known = new Map(type.getValues().map(({ value, name }) => [value as unknown, Buffer.from(`"${name}"`)]));
    return (value, out) => {
      const bytes = known.get(value);
      if (bytes === undefined) return write(value, out);
      out.bytes(bytes);
      return true;
    };
  }
  if (type === GraphQLBoolean) {
    return (value, out) => {
      if (typeof value !== 'boolean') return write(value, out);
      out.bytes(value ? trueBytes : falseBytes);
      return true;
    };
  }
  if (!textTypes.includes(type.name)) return write;
  return (value, out) => {
    if (typeof value === 'string') out.text(value);
    else if (isWrittenText(value)) out.writtenText(value);
    else return write(value, out);
    return true;
  };
};
