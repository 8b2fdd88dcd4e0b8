import {
  getDirectiveValues,
  getNamedType,
  GraphQLIncludeDirective,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { GraphContext } from '../context.ts';

/** Fields for which the directory is asked who somebody is, by their type. */
const namingFields: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['Subject', new Set(['displayName', 'email', 'resolution'])],
  ['User', new Set(['eset'])],
]);

type AsksForNames = (context: GraphContext, info: Readonly<GraphQLResolveInfo>) => boolean;

/** Tells whether an operation asks what subjects are called, wherever it does: then names will be read beside whatever else it wants to know of users. Looks once for each operation. */
export const createAsksForNames = (): AsksForNames => {
  const known = new WeakMap<GraphContext, boolean>();
  return (context, info) => {
    let isAsked = known.get(context);
    if (isAsked === undefined) known.set(context, (isAsked = look(info)));
    return isAsked;
  };
};

const look = ({ schema, operation, fragments, variableValues }: GraphQLResolveInfo): boolean => {
  const seen = new Set<string>();
  const isLeftOut = (selection: SelectionNode): boolean =>
    getDirectiveValues(GraphQLSkipDirective, selection, variableValues)?.['if'] === true ||
    getDirectiveValues(GraphQLIncludeDirective, selection, variableValues)?.['if'] === false;
  const isIn = (type: GraphQLNamedType | undefined, { selections }: SelectionSetNode): boolean =>
    selections.some((selection) => {
      if (isLeftOut(selection)) return false;
      if (selection.kind === Kind.FIELD) {
        const { name, selectionSet } = selection;
        if (!isObjectType(type) && !isInterfaceType(type)) return false;
        if (namingFields.get(type.name)?.has(name.value) === true) return true;
        const field = type.getFields()[name.value];
        return field !== undefined && selectionSet !== undefined && isIn(getNamedType(field.type), selectionSet);
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const { typeCondition, selectionSet } = selection;
        return isIn(typeCondition === undefined ? type : schema.getType(typeCondition.name.value), selectionSet);
      }
      const { value: name } = selection.name;
      const fragment = fragments[name];
      if (fragment === undefined || seen.has(name)) return false;
      seen.add(name);
      return isIn(schema.getType(fragment.typeCondition.name.value), fragment.selectionSet);
    });
  return isIn(schema.getRootType(operation.operation) ?? undefined, operation.selectionSet);
};
