import {
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLNamedType,
  isCompositeType,
  isListType,
  __Schema,
} from 'graphql';
import { type FieldFacts, factsOf } from '../../graph/field-facts.ts';

/** How many items a connection gives where neither `first` nor `last` is asked for (DESIGN §2), and the most it gives. */
export const usualPageSize = 50;
export const largestPageSize = 1000;

/** What one field can cost each time that it is resolved, its children not counted. */
export interface FieldRule {
  /** What stands at the field, or that it answers from what was read already. */
  readonly calls: NonNullable<FieldFacts['cost']> | 'memory';
  /** Objects looked at beside those returned: a filtered list goes through at least a page. */
  readonly scanned: number;
  /**
   * How many objects it gives for each parent: a number, as many as the named list argument has, or, for `nodes` and `edges`, as many as the
   * connection above was asked for.
   */
  readonly items: number | { readonly arg: string } | 'page';
  /** False where the objects only lead to others: connections, what they say of their page, and edges' nodes. */
  readonly isCounted: boolean;
}

/** The rule of a field; undefined for a leaf, which costs nothing by itself. */
export const ruleOf = (parent: GraphQLNamedType, field: GraphQLField<unknown, unknown>): FieldRule | undefined => {
  const type = getNamedType(field.type);
  if (!isCompositeType(type)) return undefined;
  const { cost = 'memory' } = factsOf(field);
  const isNodeOfEdge = parent.name.endsWith('Edge') && field.name === 'node';
  return {
    calls: cost,
    // A filtered list goes through a page at least.
    scanned: cost === 'list' ? largestPageSize : 0,
    items: itemsOf(parent, field),
    isCounted: !isConnection(type) && type.name !== 'PageInfo' && !isNodeOfEdge,
  };
};

/** Connections are those of the Relay specification: their names end so. */
export const isConnection = (type: GraphQLNamedType): boolean => type.name.endsWith('Connection');

const itemsOf = (parent: GraphQLNamedType, field: GraphQLField<unknown, unknown>): FieldRule['items'] => {
  if (!isListType(getNullableType(field.type))) return 1;
  if (isConnection(parent)) return 'page';
  const listArgument = field.args.find((arg) => isListType(getNullableType(arg.type)));
  if (listArgument !== undefined) return { arg: listArgument.name };
  // GraphQL's own fields are shared by all schemas, so nothing can stand at them.
  if (parent === __Schema && field.name === 'types') return 100;
  return factsOf(field).usualLength ?? 10;
};
