import {
  type FieldNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLSchema,
  isCompositeType,
  isObjectType,
  isInterfaceType,
  Kind,
  type OperationDefinitionNode,
  type DocumentNode,
  type SelectionSetNode,
  type ValueNode,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from 'graphql';
import { badInput } from './document-limits.ts';
import { type FieldRule, isConnection, largestPageSize, ruleOf, usualPageSize } from './cost-rules.ts';

/** What an operation can cost before anything is kept, worked out without running it. */
export interface Cost {
  /** Calls that it needs on the cheapest way to its answer. It may need more: those the budget of calls bounds as it runs. */
  readonly calls: number;
  /** Objects that it may return or look at. */
  readonly nodes: number;
}

type Variables = Readonly<Record<string, unknown>> | null | undefined;

/** The cost of one operation of a validated document, for any variables. */
export interface CostPlan {
  costOf(variables: Variables): Cost;
}

interface FieldPlan {
  readonly rule: FieldRule;
  /** Items for each parent; for a connection, what `nodes` and `edges` below it give. */
  readonly size: (variables: Variables) => number;
  readonly children: readonly FieldPlan[];
}

/** Fields may be written several times and merged: fragments of components that stand side by side do so. */
const stepsPerField = 20;

/** Lookups that one page of upstream can answer. */
const lookupsPerCall = largestPageSize;

/**
 * Reads an operation once: fragments are put in their places, and fields that the executor would merge are merged. Throws `BAD_USER_INPUT` where more than
 * `maxFields` fields remain, which is how fragments that multiply one another end.
 */
export const planCost = (
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  maxFields: number,
): CostPlan => {
  const root = schema.getRootType(operation.operation);
  if (!root) return { costOf: () => ({ calls: 0, nodes: 0 }) };
  const usesVariables = { is: false };
  const plans = createPlanner(schema, document, operation, maxFields, usesVariables)(root, [operation.selectionSet]);
  if (usesVariables.is) return { costOf: (variables) => addUp(plans, variables) };
  const cost = addUp(plans, undefined);
  return { costOf: () => cost };
};

const createPlanner = (
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  maxFields: number,
  usesVariables: { is: boolean },
) => {
  const fragments = fragmentsOf(document);
  const defaults = new Map(
    operation.variableDefinitions?.map(({ variable, defaultValue }) => [variable.name.value, defaultValue]),
  );
  let fieldCount = 0;
  let stepCount = 0;

  /** The value that an argument will have, as far as sizes go. */
  const valueReader = (node: FieldNode, name: string): ((variables: Variables) => unknown) | undefined => {
    const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
    if (value === undefined) return undefined;
    if (value.kind !== Kind.VARIABLE) {
      const constant = sizeValueOf(value);
      return () => constant;
    }
    usesVariables.is = true;
    const variable = value.name.value;
    const fallback = defaults.get(variable);
    const fallbackValue = fallback && sizeValueOf(fallback);
    return (variables) => (variables?.[variable] === undefined ? fallbackValue : variables[variable]);
  };

  const sizeOf = (node: FieldNode, rule: FieldRule, type: GraphQLCompositeType): FieldPlan['size'] => {
    if (isConnection(type)) {
      const first = valueReader(node, 'first');
      const last = valueReader(node, 'last');
      return (variables) => pageSizeOf(first?.(variables) ?? last?.(variables));
    }
    const { items } = rule;
    if (typeof items === 'number') return () => items;
    const list = items === 'page' ? undefined : valueReader(node, items.arg);
    return (variables) => {
      const value = list?.(variables);
      return Array.isArray(value) ? value.length : 1;
    };
  };

  const plan = (parent: GraphQLCompositeType, sets: readonly SelectionSetNode[]): FieldPlan[] => {
    const merged = new Map<string, { parent: GraphQLCompositeType; nodes: FieldNode[] }>();
    const seen = new Set<string>();
    const collect = (type: GraphQLCompositeType, set: SelectionSetNode): void => {
      stepCount += set.selections.length;
      if (stepCount > stepsPerField * maxFields) throw tooManyFields(maxFields);
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
        if (narrowed !== undefined && isCompositeType(narrowed)) collect(narrowed, fragment.selectionSet);
      }
    };
    for (const set of sets) collect(parent, set);

    const plans: FieldPlan[] = [];
    fieldCount += merged.size;
    if (fieldCount > maxFields) throw tooManyFields(maxFields);
    for (const { parent: owner, nodes } of merged.values()) {
      const [node] = nodes as [FieldNode];
      const field = fieldOf(schema, owner, node.name.value);
      const rule = field && ruleOf(owner, field);
      const type = field && getNamedType(field.type);
      if (rule === undefined || type === undefined || !isCompositeType(type)) continue;
      const below = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
      plans.push({ rule, size: sizeOf(node, rule, type), children: plan(type, below) });
    }
    return plans;
  };
  return plan;
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

/** An integer, or a list of the right length. Nothing else says how much is asked for. */
const sizeValueOf = (value: ValueNode): unknown => {
  if (value.kind === Kind.INT) return Number(value.value);
  return value.kind === Kind.LIST ? value.values : undefined;
};

/** What is out of bounds is refused when it is read; here it only must not make the sum smaller than it is. */
const pageSizeOf = (asked: unknown): number =>
  typeof asked === 'number' ? Math.min(Math.max(asked, 0), largestPageSize) : usualPageSize;

const addUp = (plans: readonly FieldPlan[], variables: Variables): Cost => {
  let lists = 0;
  let lookups = 0;
  let nodes = 0;
  const add = (siblings: readonly FieldPlan[], parents: number, pageSize: number): void => {
    for (const { rule, size, children } of siblings) {
      const sized = size(variables);
      const objects = rule.items === 'page' ? parents * pageSize : rule.items === 1 ? parents : parents * sized;
      if (rule.isCounted) nodes += objects;
      nodes += parents * rule.scanned;
      if (rule.calls === 'list' && parents > 0) lists++;
      if (rule.calls === 'lookup') lookups += objects;
      add(children, objects, sized);
    }
  };
  add(plans, 1, 0);
  return { calls: lists + Math.ceil(lookups / lookupsPerCall), nodes };
};

const tooManyFields = (maxFields: number) =>
  badInput(
    `The operation has more than the ${maxFields} fields that one may have, fragments put in their places. Split it, or send less of it.`,
  );
