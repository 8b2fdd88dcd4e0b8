import {
  type FieldNode,
  type FragmentDefinitionNode,
  getDirectiveValues,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  type InlineFragmentNode,
  isAbstractType,
  Kind,
  type NamedTypeNode,
  type SelectionNode,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql';
import type { Variables } from './executor.ts';

/** What the selections of one operation depend on. */
export interface SelectionContext {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variables: Variables;
}

/** "CollectFields" of the specification. */
export const collectFields = (
  context: SelectionContext,
  type: GraphQLObjectType,
  { selections }: SelectionSetNode,
  nodesByName: Map<string, FieldNode[]>,
  visited: Set<string>,
): void => {
  for (const selection of selections) {
    if (!isIncluded(selection, context.variables)) continue;
    if (selection.kind === Kind.FIELD) {
      const name = selection.alias?.value ?? selection.name.value;
      const nodes = nodesByName.get(name);
      if (nodes === undefined) nodesByName.set(name, [selection]);
      else nodes.push(selection);
      continue;
    }
    let fragment: FragmentDefinitionNode | InlineFragmentNode = selection as InlineFragmentNode;
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const name = selection.name.value;
      const named = context.fragments[name];
      if (visited.has(name)) continue;
      visited.add(name);
      if (named === undefined) continue;
      fragment = named;
    }
    if (isForType(context.schema, fragment.typeCondition, type)) {
      collectFields(context, type, fragment.selectionSet, nodesByName, visited);
    }
  }
};

const isIncluded = (selection: SelectionNode, variables: Variables): boolean =>
  !selection.directives?.length ||
  (getDirectiveValues(GraphQLSkipDirective, selection, variables)?.['if'] !== true &&
    getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.['if'] !== false);

const isForType = (schema: GraphQLSchema, condition: NamedTypeNode | undefined, type: GraphQLObjectType): boolean => {
  if (condition === undefined) return true;
  const conditionType = typeFromAST(schema, condition);
  return conditionType === type || (isAbstractType(conditionType) && schema.isSubType(conditionType, type));
};
