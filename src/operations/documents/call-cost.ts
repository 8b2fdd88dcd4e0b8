import {
  type DocumentNode,
  type FieldNode,
  getNamedType,
  getNullableType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  type ValueNode,
} from 'graphql';
import { factsOf } from '../../graph/field-facts.ts';
import { GatewayError } from '../../model/errors.ts';

/** What an operation of a validated document costs at least, before anything is kept, worked out without running it. */
export interface CallCost {
  /** Fields, fragments put in their places and merged as the executor merges them. */
  readonly fieldCount: number;
  /**
   * Upstream calls that it needs on the cheapest way to its answer. It may need more: how long lists are nobody knows before they are read, and the
   * budget of calls bounds it as it runs.
   */
  callsWith(variables: Readonly<Record<string, unknown>>): number;
}

/** Fields may be written several times and merged: fragments of components that stand side by side do so. */
const stepsPerField = 10;

/** Lookups that one page of upstream can answer. */
const lookupsPerCall = 1000;

/** How many keys a lookup is given: a number, or a variable's. */
type KeyCount = number | { readonly variable: string; readonly fallback: number };

/**
 * Reads an operation once: fragments are put in their places, and fields that the executor would merge are merged. Throws `BAD_USER_INPUT` at the first field
 * over `maxFields`, which is how fragments that multiply one another end.
 */
export const callCostOf = (
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  maxFields: number,
): CallCost => {
  const reading: Reading = {
    schema,
    fragments: fragmentsOf(document),
    defaults: new Map(
      operation.variableDefinitions?.map(({ variable, defaultValue }) => [variable.name.value, defaultValue]),
    ),
    maxFields,
    fieldCount: 0,
    stepCount: 0,
    lists: 0,
    lookups: [],
  };
  const root = schema.getRootType(operation.operation);
  if (root) read(reading, root, [operation.selectionSet]);
  const { fieldCount, lists, lookups } = reading;
  return {
    fieldCount,
    callsWith: (variables) => {
      let keys = 0;
      for (const lookup of lookups) keys += typeof lookup === 'number' ? lookup : lengthOf(variables, lookup);
      return lists + Math.ceil(keys / lookupsPerCall);
    },
  };
};

interface Reading {
  readonly schema: GraphQLSchema;
  readonly fragments: ReturnType<typeof fragmentsOf>;
  readonly defaults: ReadonlyMap<string, ValueNode | undefined>;
  readonly maxFields: number;
  fieldCount: number;
  stepCount: number;
  /** One for each list in the document, however many parents it has, because they read the same pages. */
  lists: number;
  readonly lookups: KeyCount[];
}

interface MergedField {
  readonly parent: GraphQLCompositeType;
  readonly nodes: FieldNode[];
}

const read = (reading: Reading, parent: GraphQLCompositeType, sets: readonly SelectionSetNode[]): void => {
  const merged = new Map<string, MergedField>();
  const seen = new Set<string>();
  for (const set of sets) collect(reading, parent, set, merged, seen);
  reading.fieldCount += merged.size;
  if (reading.fieldCount > reading.maxFields) throw tooManyFields(reading.maxFields);
  for (const { parent: owner, nodes } of merged.values()) {
    const [node] = nodes as [FieldNode];
    const field = fieldOf(reading.schema, owner, node.name.value);
    const type = field && getNamedType(field.type);
    if (field === undefined || !isCompositeType(type)) continue;
    const { cost } = factsOf(field);
    if (cost === 'list') reading.lists++;
    if (cost === 'lookup') reading.lookups.push(keyCountOf(reading, field, node));
    read(
      reading,
      type,
      nodes.flatMap(({ selectionSet }) => selectionSet ?? []),
    );
  }
};

const collect = (
  reading: Reading,
  type: GraphQLCompositeType,
  set: SelectionSetNode,
  merged: Map<string, MergedField>,
  seen: Set<string>,
): void => {
  const { schema, fragments, maxFields } = reading;
  reading.stepCount += set.selections.length;
  if (reading.stepCount > stepsPerField * maxFields) throw tooManyFields(maxFields);
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      const key = `${type.name} ${(selection.alias ?? selection.name).value}`;
      const known = merged.get(key);
      if (known === undefined) merged.set(key, { parent: type, nodes: [selection] });
      else known.nodes.push(selection);
      continue;
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
    if (fragment === undefined) continue;
    const condition = fragment.typeCondition?.name.value;
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      // A second spread in the same place adds nothing.
      const spread = `${type.name} ${selection.name.value}`;
      if (seen.has(spread)) continue;
      seen.add(spread);
    }
    const narrowed = condition === undefined ? type : schema.getType(condition);
    if (narrowed !== undefined && isCompositeType(narrowed)) {
      collect(reading, narrowed, fragment.selectionSet, merged, seen);
    }
  }
};

const fragmentsOf = (document: DocumentNode) =>
  new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );

const fieldOf = (schema: GraphQLSchema, parent: GraphQLCompositeType, name: string) => {
  if (name === SchemaMetaFieldDef.name && parent === schema.getQueryType()) return SchemaMetaFieldDef;
  if (name === TypeMetaFieldDef.name && parent === schema.getQueryType()) return TypeMetaFieldDef;
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
};

/** As many as its list argument has; one where it has none. */
const keyCountOf = ({ defaults }: Reading, field: GraphQLField<unknown, unknown>, node: FieldNode): KeyCount => {
  const list = field.args.find((argument) => isListType(getNullableType(argument.type)));
  const value = node.arguments?.find((argument) => argument.name.value === list?.name)?.value;
  if (value?.kind !== Kind.VARIABLE) return literalLength(value);
  const variable = value.name.value;
  return { variable, fallback: literalLength(defaults.get(variable)) };
};

const literalLength = (value: ValueNode | undefined): number => (value?.kind === Kind.LIST ? value.values.length : 1);

const lengthOf = (
  variables: Readonly<Record<string, unknown>>,
  { variable, fallback }: Exclude<KeyCount, number>,
): number => {
  const value = variables[variable];
  if (value === undefined) return fallback;
  return Array.isArray(value) ? value.length : 1;
};

const tooManyFields = (maxFields: number): GatewayError =>
  new GatewayError(
    'BAD_USER_INPUT',
    `The operation has more than the ${maxFields} fields that one may have, fragments put in their places. Split it, or send less of it.`,
  );
