import {
  type DocumentNode,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from 'graphql';

/** The operation that a name asks for, if it is the kind that can be planned: a query that uses no directive but `@skip` and `@include`. */
export const plannableOperation = (
  document: DocumentNode,
  operationName: string | null | undefined,
): OperationDefinitionNode | undefined => {
  let found: OperationDefinitionNode | undefined;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    if (operationName === undefined || operationName === null) {
      if (found !== undefined) return undefined;
      found = definition;
    } else if (definition.name?.value === operationName) {
      found = definition;
    }
  }
  return found?.operation === OperationTypeNode.QUERY && isPlannable(document) ? found : undefined;
};

const isPlannable = (document: DocumentNode): boolean => {
  let isSo = true;
  visit(document, {
    Directive: ({ name }) => {
      if (name.value !== GraphQLSkipDirective.name && name.value !== GraphQLIncludeDirective.name) isSo = false;
    },
    Field: ({ name, alias }) => {
      // Introspection is rare and has resolvers of its own; `__proto__` is a key that no plain object takes.
      if (name.value === '__schema' || name.value === '__type' || alias?.value === '__proto__') isSo = false;
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
