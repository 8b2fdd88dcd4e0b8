import {
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLNamedType,
  isCompositeType,
  isListType,
} from 'graphql';

/** How many items a connection gives where neither `first` nor `last` is asked for (DESIGN §2), and the most it gives. */
export const usualPageSize = 50;
export const largestPageSize = 1000;

/** What one field can cost each time that it is resolved, its children not counted. */
export interface FieldRule {
  /**
   * - `list`: reads pages of the list of subjects. Fields of one operation that read the same list share its pages, so that a field
   *   below another one costs its calls once and not for each parent.
   * - `lookup`: looks subjects up; lookups are gathered, and one page can answer a thousand of them.
   * - `memory`: answers from what was read already.
   */
  readonly calls: 'list' | 'lookup' | 'memory';
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

/** Fields that can cause upstream calls, by type and name. A test holds it against the schema. */
const callingFields: Readonly<Record<string, Pick<FieldRule, 'calls' | 'scanned'>>> = {
  'Query.subjects': { calls: 'list', scanned: largestPageSize },
  'Scope.subjects': { calls: 'list', scanned: largestPageSize },
  'Role.subjects': { calls: 'list', scanned: largestPageSize },
  'Query.subject': { calls: 'lookup', scanned: 0 },
  'Query.subjectsByReference': { calls: 'lookup', scanned: 0 },
  'Query.node': { calls: 'lookup', scanned: 0 },
  'Query.nodes': { calls: 'lookup', scanned: 0 },
  'Query._entities': { calls: 'lookup', scanned: 0 },
  'Viewer.subject': { calls: 'lookup', scanned: 0 },
  'User.subject': { calls: 'lookup', scanned: 0 },
  'Device.subject': { calls: 'lookup', scanned: 0 },
  'UserGroup.subject': { calls: 'lookup', scanned: 0 },
  'ManagedIdentity.subject': { calls: 'lookup', scanned: 0 },
  'Service.subject': { calls: 'lookup', scanned: 0 },
};

/** Lists without arguments of their own: how many items each gives, about. All others: ten. */
const listSizes: Readonly<Record<string, number>> = {
  // Nearly always one; upstream sets more than one field on a scope only in odd cases.
  'Scope.components': 1,
  '__Schema.types': 100,
};

/** The rule of a field; undefined for a leaf, which costs nothing by itself. */
export const ruleOf = (parent: GraphQLNamedType, field: GraphQLField<unknown, unknown>): FieldRule | undefined => {
  const type = getNamedType(field.type);
  if (!isCompositeType(type)) return undefined;
  const coordinate = `${parent.name}.${field.name}`;
  const isNodeOfEdge = parent.name.endsWith('Edge') && field.name === 'node';
  return {
    ...(callingFields[coordinate] ?? { calls: 'memory', scanned: 0 }),
    items: itemsOf(coordinate, parent, field),
    isCounted: !isConnection(type) && type.name !== 'PageInfo' && !isNodeOfEdge,
  };
};

/** Connections are those of the Relay specification: their names end so. */
export const isConnection = (type: GraphQLNamedType): boolean => type.name.endsWith('Connection');

const itemsOf = (
  coordinate: string,
  parent: GraphQLNamedType,
  field: GraphQLField<unknown, unknown>,
): FieldRule['items'] => {
  if (!isListType(getNullableType(field.type))) return 1;
  if (isConnection(parent)) return 'page';
  const listArgument = field.args.find((arg) => isListType(getNullableType(arg.type)));
  return listArgument === undefined ? (listSizes[coordinate] ?? 10) : { arg: listArgument.name };
};
