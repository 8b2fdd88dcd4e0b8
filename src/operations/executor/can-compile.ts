import {
  type DocumentNode,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from 'graphql';

/** Whether an operation is the kind that can be compiled: a query that uses no directive but `@skip` and `@include`. */
export const canCompile = (document: DocumentNode, operation: OperationDefinitionNode): boolean => {
  // The fields of other roots run one after the other, or more than once.
  if (operation.operation !== OperationTypeNode.QUERY) return false;
  let isSo = true;
  visit(document, {
    Directive: ({ name }) => {
      if (name.value !== GraphQLSkipDirective.name && name.value !== GraphQLIncludeDirective.name) isSo = false;
    },
  });
  return isSo;
};

/** Names of the variables that decide what a document includes. */
export const conditionVariables = (document: DocumentNode): readonly string[] => {
  const names = new Set<string>();
  visit(document, {
    Directive: ({ arguments: given = [] }) => {
      for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
};
