import { type ASTNode, BREAK, type DocumentNode, Kind, parse, print, visit } from 'graphql';

/** An operation, and the variables that it is sent with. */
export interface SentOperation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * The smallest operation that is found to fail still, by leaving out one selection, argument, directive or variable's value after the other.
 * `fails` is asked at most `maxTries` times.
 */
export const shrink = async (
  sent: SentOperation,
  fails: (smaller: SentOperation) => Promise<boolean>,
  maxTries = 400,
): Promise<SentOperation> => {
  let smallest = sent;
  let tries = 0;
  for (let at = 0; ; at++) {
    const next = without(smallest, at);
    if (next === 'end' || ++tries > maxTries) return smallest;
    if (next === undefined || !(await fails(next))) continue;
    smallest = next;
    at--;
  }
};

const removable: ReadonlySet<string> = new Set([
  Kind.FIELD,
  Kind.INLINE_FRAGMENT,
  Kind.FRAGMENT_SPREAD,
  Kind.ARGUMENT,
  Kind.DIRECTIVE,
  Kind.OBJECT_FIELD,
]);

/** Without the part of this number, counted from the outside to the inside. Undefined: cannot be left out. */
const without = ({ query, variables }: SentOperation, number: number): SentOperation | 'end' | undefined => {
  const document = parse(query);
  let count = 0;
  let found: ASTNode | undefined;
  visit(document, {
    enter(node, _key, parent) {
      if (!removable.has(node.kind) || count++ !== number) return undefined;
      found = Array.isArray(parent) ? node : undefined;
      return BREAK;
    },
  });
  if (count <= number) {
    const name = Object.keys(variables)[number - count];
    if (name === undefined) return 'end';
    const { [name]: _left, ...others } = variables;
    return { query, variables: others };
  }
  if (found === undefined) return undefined;
  const left = found;
  const smaller = visit(document, { enter: (node) => (node === left ? null : undefined) });
  return tidy(smaller, variables);
};

/** Without what nothing refers to any more. Undefined: a selection is empty. */
const tidy = (document: DocumentNode, variables: Readonly<Record<string, unknown>>): SentOperation | undefined => {
  let isWhole = true;
  const used = new Set<string>();
  const look = (node: ASTNode): void =>
    visit(node, {
      SelectionSet: ({ selections }) => {
        if (selections.length === 0) isWhole = false;
      },
      VariableDefinition: () => false,
      Variable: ({ name }) => void used.add(`$${name.value}`),
      FragmentSpread: ({ name }) => {
        if (used.has(name.value)) return;
        used.add(name.value);
        const fragment = document.definitions.find(
          (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === name.value,
        );
        if (fragment !== undefined) look(fragment);
      },
    }) as unknown as void;
  for (const definition of document.definitions) if (definition.kind === Kind.OPERATION_DEFINITION) look(definition);
  if (!isWhole) return undefined;
  const tidied = visit(document, {
    FragmentDefinition: (node) => (used.has(node.name.value) ? undefined : null),
    VariableDefinition: (node) => (used.has(`$${node.variable.name.value}`) ? undefined : null),
  });
  return {
    query: print(tidied),
    variables: Object.fromEntries(Object.entries(variables).filter(([name]) => used.has(`$${name}`))),
  };
};
