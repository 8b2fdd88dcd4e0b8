import {
  buildSchema,
  getIntrospectionQuery,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  parse,
  type OperationDefinitionNode,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { createSchema } from '../../../src/graph/schema.ts';
import { createSubgraphSchema } from '../../../src/graph/federation/subgraph-schema.ts';
import { planCost } from '../../../src/operations/documents/call-cost.ts';
import { ruleOf } from '../../../src/operations/documents/cost-rules.ts';

const graph = createSchema();
const subgraph = createSubgraphSchema();

const costOf = (query: string, variables: Record<string, unknown> = {}, schema = graph) => {
  const document = parse(query);
  return planCost(schema, document, document.definitions[0] as OperationDefinitionNode, 2000).costOf(variables);
};

describe('the cost of an operation', () => {
  it.each([
    ['a page of subjects', '{ subjects(first: 10) { nodes { reference } } }', { calls: 1, nodes: 1010 }],
    [
      'pages inside pages',
      '{ subject(reference: "a") { roles(first: 3) { nodes { scopes(first: 4) { nodes { kind } } } } } }',
      { calls: 1, nodes: 1 + 3 + 12 },
    ],
    [
      'pages of the usual size',
      '{ subject(reference: "a") { roles { nodes { scopes { edges { node { kind } } } } } } }',
      { calls: 1, nodes: 1 + 50 + 2500 },
    ],
    ['the last items', '{ subjects(last: 5) { nodes { id } } }', { calls: 1, nodes: 1005 }],
    [
      'nodes and edges both',
      '{ subjects(first: 5) { nodes { id } edges { node { id } } } }',
      { calls: 1, nodes: 1010 },
    ],
    ['only a count', '{ subjects(first: 5) { totalCount pageInfo { hasNextPage } } }', { calls: 1, nodes: 1000 }],
    ['no items at all', '{ subjects(first: 0) { nodes { roles { nodes { name } } } } }', { calls: 1, nodes: 1000 }],
    ['a list of lookups', '{ subjectsByReference(references: ["a", "b", "c"]) { id } }', { calls: 1, nodes: 3 }],
    [
      'two lists of subjects',
      '{ a: subjects(first: 1) { nodes { id } } b: subjects(first: 2) { nodes { id } } }',
      { calls: 2, nodes: 2003 },
    ],
    [
      'walks below a list, which share their pages',
      '{ subject(reference: "a") { roles(first: 10) { nodes { role { subjects(first: 2) { nodes { id } } } } } } }',
      { calls: 2, nodes: 1 + 10 + 10 + 10_000 + 20 },
    ],
    [
      'lookups below a page',
      '{ subjects(first: 1000) { nodes { principal { ... on User { subject { id } } } } } }',
      { calls: 2, nodes: 1000 + 1000 + 1000 + 1000 },
    ],
    ['an empty introspection', '{ __typename }', { calls: 0, nodes: 0 }],
  ])('counts %s', (_what, query, cost) => {
    expect(costOf(query)).toEqual(cost);
  });

  it('follows variables, their defaults, and what is wrong in them', () => {
    const query = 'query ($first: Int = 7) { subjects(first: $first) { nodes { id } } }';
    const nodesWith = (variables: Record<string, unknown>) => costOf(query, variables).nodes - 1000;
    expect(nodesWith({ first: 3 })).toBe(3);
    expect(nodesWith({})).toBe(7);
    expect(nodesWith({ first: null })).toBe(50);
    expect(nodesWith({ first: 1e9 })).toBe(1000);
    expect(nodesWith({ first: -1e9 })).toBe(0);
    expect(nodesWith({ first: 'x' })).toBe(50);
    const references = Array.from({ length: 1001 }, String);
    const lookups = 'query ($references: [String!]!) { subjectsByReference(references: $references) { id } }';
    expect(costOf(lookups, { references })).toEqual({ calls: 2, nodes: 1001 });
    expect(costOf(lookups, { references: 'one' })).toEqual({ calls: 1, nodes: 1 });
  });

  it('counts once what the executor merges, in fragments or side by side', () => {
    const once = costOf('{ subjects(first: 9) { nodes { roles { nodes { name } } } } }');
    const often =
      costOf(`query { subjects(first: 9) { ...A ...B nodes { ...C } } ... on Query { subjects(first: 9) { ...A ...A } } }
      fragment A on SubjectConnection { nodes { roles { nodes { id } } } }
      fragment B on SubjectConnection { ...A nodes { ...C roles { nodes { name } } } }
      fragment C on Subject { roles { nodes { name ...D } } }
      fragment D on ScopedRole { isGlobal }`);
    expect(often).toEqual(once);
  });

  it('counts the entities of a subgraph as lookups', () => {
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { subject { roles { nodes { name } } } } } }`;
    const representations = Array.from({ length: 1000 }, () => ({ __typename: 'User', uuid: 'a' }));
    expect(costOf(query, { representations }, subgraph)).toEqual({ calls: 2, nodes: 1000 + 1000 + 50_000 });
  });

  it('counts introspection that goes in circles', () => {
    const usual = costOf(getIntrospectionQuery({ inputValueDeprecation: true, schemaDescription: true, oneOf: true }));
    expect(usual.calls).toBe(0);
    expect(usual.nodes).toBeLessThan(1_000_000);
    const circles = costOf(
      `{ __schema { types { ${'fields { type { possibleTypes { '.repeat(4)} name ${'} } }'.repeat(4)} } } }`,
    );
    expect(circles.nodes).toBeGreaterThan(1_000_000_000);
  });

  it.each([1, 20, 200])('ends soon with %s fragments that each spread the next one twice', (count) => {
    const fragments = Array.from(
      { length: count },
      (
        _,
        index,
      ) => `fragment F${index} on Scope { a: subjects { nodes { ...G${index} } } b: subjects { nodes { ...G${index} } } }
        fragment G${index} on Subject { roles { nodes { scopes { nodes { ...F${index + 1} } } } } }`,
    );
    const query = `{ scope(by: { userUuid: "a" }) { ...F0 } } ${fragments.join('\n')} fragment F${count} on Scope { id }`;
    const startedAtMs = performance.now();
    if (count === 1) expect(costOf(query).nodes).toBeGreaterThan(100_000);
    else expect(() => costOf(query)).toThrow('more than the 2000 fields');
    expect(performance.now() - startedAtMs).toBeLessThan(1000);
  });
});

describe('the rules of costs', () => {
  it.each([
    ['graph', graph],
    ['subgraph', subgraph],
  ])('name every field of the %s that can cause a call: one that returns subjects and can be null', (_name, schema) => {
    const calling: string[] = [];
    const ruled: string[] = [];
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type) || type.name.startsWith('__') || /Connection$|Edge$/.test(type.name)) continue;
      for (const field of Object.values(type.getFields())) {
        const named = getNamedType(field.type);
        if (!isCompositeType(named)) continue;
        const list = getNullableType(field.type);
        // A field is nullable exactly where an upstream call can fail, or where there is nothing to join with.
        const canBeNull = !isNonNullType(field.type) || (isListType(list) && !isNonNullType(list.ofType));
        const isJoinPoint = isUnionType(named) && named.name !== '_Entity';
        if (canBeNull && !isJoinPoint) calling.push(`${type.name}.${field.name}`);
        if (ruleOf(type, field)?.calls !== 'memory') ruled.push(`${type.name}.${field.name}`);
      }
    }
    expect(ruled.sort()).toEqual(calling.sort());
    expect(calling.length).toBeGreaterThan(8);
  });

  it('know connections by their names, as the Relay specification has them', () => {
    const schema = buildSchema('type Query { things: ThingConnection } type ThingConnection { nodes: [Query!]! }');
    const query = schema.getQueryType();
    expect(query && ruleOf(query, query.getFields()['things']!)).toMatchObject({ items: 1, isCounted: false });
  });
});
