import {
  getIntrospectionQuery,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { factsOf } from '../../../src/graph/field-facts.ts';
import { createSubgraphSchema } from '../../../src/graph/federation/subgraph-schema.ts';
import { createSchema } from '../../../src/graph/schema.ts';
import { callCostOf } from '../../../src/operations/documents/call-cost.ts';

const graph = createSchema();
const subgraph = createSubgraphSchema();

const costOf = (query: string, schema = graph) => {
  const document = parse(query);
  return callCostOf(schema, document, document.definitions[0] as OperationDefinitionNode, 2000);
};
const callsOf = (query: string, variables: Record<string, unknown> = {}, schema = graph) =>
  costOf(query, schema).callsWith(variables);

describe('the calls of an operation', () => {
  it.each([
    ['a page of subjects', '{ subjects(first: 10) { nodes { reference } } }', 1],
    [
      'one lookup',
      '{ subject(reference: "a") { roles(first: 3) { nodes { scopes(first: 4) { nodes { kind } } } } } }',
      1,
    ],
    ['only a count', '{ subjects(first: 5) { totalCount pageInfo { hasNextPage } } }', 1],
    ['a list of lookups', '{ subjectsByReference(references: ["a", "b", "c"]) { id } }', 1],
    ['two lists of subjects', '{ a: subjects(first: 1) { nodes { id } } b: subjects(first: 2) { nodes { id } } }', 2],
    [
      'walks below a list, which share their pages',
      '{ subject(reference: "a") { roles(first: 10) { nodes { role { subjects(first: 2) { nodes { id } } } } } } }',
      2,
    ],
    [
      'lookups below a page, of which nobody knows how many there will be',
      '{ subjects(first: 1000) { nodes { principal { ... on User { subject { id } } } } } }',
      2,
    ],
    ['what comes from no call', '{ __typename role(name: "a") { name } }', 0],
    ['introspection', getIntrospectionQuery(), 0],
  ])('are at least those of %s', (_what, query, calls) => {
    expect(callsOf(query)).toBe(calls);
  });

  it('follow variables, and their defaults', () => {
    const references = Array.from({ length: 1001 }, String);
    const query = 'query ($references: [String!]! = ["a"]) { subjectsByReference(references: $references) { id } }';
    expect(callsOf(query, { references })).toBe(2);
    expect(callsOf(query, { references: 'one' })).toBe(1);
    expect(callsOf(query)).toBe(1);
    const literal = `{ subjectsByReference(references: ${JSON.stringify(references)}) { id } }`;
    expect(callsOf(literal)).toBe(2);
  });

  it('count once what the executor merges, in fragments or side by side', () => {
    const often =
      costOf(`query { subjects(first: 9) { ...A ...B nodes { ...C } } ... on Query { subjects(first: 9) { ...A ...A } } }
      fragment A on SubjectConnection { nodes { roles { nodes { name } } } }
      fragment B on SubjectConnection { ...A nodes { ...C roles { nodes { name } } } }
      fragment C on Subject { roles { nodes { name ...D } } }
      fragment D on ScopedRole { name }`);
    const once = costOf('{ subjects(first: 9) { nodes { roles { nodes { name } } } } }');
    expect(often.callsWith({})).toBe(1);
    expect(often.fieldCount).toBe(once.fieldCount);
  });

  it('count the entities of a subgraph as lookups', () => {
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { subject { id } } } }`;
    const representations = Array.from({ length: 1000 }, () => ({ __typename: 'User', uuid: 'a' }));
    expect(callsOf(query, { representations }, subgraph)).toBe(2);
  });

  it.each([1, 20, 200])('end soon with %s fragments that each spread the next one twice', (count) => {
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
    if (count === 1) expect(costOf(query).fieldCount).toBeGreaterThan(10);
    else expect(() => costOf(query)).toThrow('more than the 2000 fields');
    expect(performance.now() - startedAtMs).toBeLessThan(1000);
  });
});

describe('the facts of fields', () => {
  /** Null where there is nothing, and never asked for by itself: what tells of it was read with the object around it. */
  const fromWhatIsThere = new Set([
    'EsetAssetGroup.parentGroup',
    'EsetDevice.parentGroup',
    'AccessReason.memberOf',
    'Finding.scope',
    'Finding.scopedRole',
    'CreateRolePayload.problem',
    'CreateRolePayload.role',
    'DeleteRolePayload.problem',
    'RoleChangeResult.problem',
    'RoleChangeResult.subject',
    // A database of our own is asked, and nobody upstream.
    'Query.record',
    'Subject.history',
    'Scope.history',
    'AccessChange.scope',
    'RecordedAssignment.scope',
  ]);

  it.each([
    ['graph', graph],
    ['subgraph', subgraph],
  ])('name every field of the %s that can cause a call: one that returns objects and can be null', (_name, schema) => {
    const calling: string[] = [];
    const known: string[] = [];
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type) || type.name.startsWith('__') || /Connection$|Edge$/.test(type.name)) continue;
      for (const field of Object.values(type.getFields())) {
        const named = getNamedType(field.type);
        if (!isCompositeType(named)) continue;
        const list = getNullableType(field.type);
        // A field is nullable exactly where an upstream call can fail, or where there is nothing to join with.
        const canBeNull = !isNonNullType(field.type) || (isListType(list) && !isNonNullType(list.ofType));
        const isJoinPoint = isUnionType(named) && named.name !== '_Entity';
        const place = `${type.name}.${field.name}`;
        if (canBeNull && !isJoinPoint && !fromWhatIsThere.has(place)) calling.push(place);
        if (factsOf(field).cost !== undefined) known.push(place);
      }
    }
    expect(known.sort()).toEqual(calling.sort());
    expect(calling.length).toBeGreaterThan(8);
  });
});
