import * as fc from 'fast-check';
import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { assignmentsOver } from '../assignments/open-assignments.ts';
import { createSchema } from '../../src/graph/schema.ts';
import type { Subject } from '../../src/model/subject.ts';
import { world } from '../assignments/worlds.ts';
import { createOperation } from '../pages/operations.ts';
import { createModelSource } from '../support/model-source.ts';

// Who holds what where, said as a table of grants and asked by going through its rows: another way than the graph goes.

/** One line of the table: a role of a subject, and one component of one scope that it lists, or everywhere. */
interface Grant {
  readonly subject: number;
  readonly role: number;
  readonly name: string;
  readonly at: 'everywhere' | 'nowhere' | { readonly field: string; readonly uuid: string };
}

const tableOf = (subjects: readonly Subject[]): Grant[] =>
  subjects.flatMap(({ roles }, subject) =>
    roles.flatMap(({ name, scopes }, role): Grant[] => {
      const grant = (at: Grant['at']) => ({ subject, role, name, at });
      if (scopes.length === 0) return [grant('everywhere')];
      const components = scopes.flatMap((scope) => scope.components);
      // A scope without any field is no place that an argument could name, and not everywhere either.
      return components.length === 0 ? [grant('nowhere')] : components.map(grant);
    }),
  );

interface Asked {
  readonly name?: string | undefined;
  readonly scopes?: readonly { readonly field: string; readonly uuid: string }[] | undefined;
  readonly includeGlobal: boolean;
  readonly isGlobal?: boolean | undefined;
}

/** The roles that meet what is asked, by subject. */
const rolesIn = (table: readonly Grant[], { name, scopes, includeGlobal, isGlobal }: Asked): Map<number, number[]> => {
  const met = new Map<number, number[]>();
  for (const grant of table) {
    const { at } = grant;
    if (name !== undefined && grant.name !== name) continue;
    if (isGlobal !== undefined && isGlobal !== (at === 'everywhere')) continue;
    const isThere =
      scopes === undefined ||
      (at === 'everywhere' && includeGlobal) ||
      (typeof at === 'object' && scopes.some(({ field, uuid }) => field === at.field && uuid === at.uuid));
    if (!isThere) continue;
    const roles = met.get(grant.subject) ?? [];
    if (!roles.includes(grant.role)) roles.push(grant.role);
    met.set(grant.subject, roles);
  }
  return met;
};

const schema = createSchema();
const described = 'name isGlobal scopes { nodes { components { field uuid } } }';
const document = parse(/* GraphQL */ `
  query (
    $name: String!
    $maybeName: String
    $scope: ScopeInput!
    $maybeScope: ScopeInput
    $includeGlobal: Boolean
    $filter: SubjectFilter
  ) {
    all: subjects(first: 1000) {
      nodes {
        reference
        rawType
        has: hasRole(name: $name, scope: $maybeScope)
        counted: roles(name: $name, scope: $maybeScope, includeGlobal: true) { totalCount }
        roles(name: $maybeName, scope: $maybeScope, includeGlobal: $includeGlobal) { nodes { ${described} } }
      }
    }
    filtered: subjects(first: 1000, filter: $filter) {
      totalCount
      edges { node { reference rawType } roles { ${described} } }
    }
    firstFiltered: subjects(first: 1, filter: $filter) { totalCount }
    scope(by: $scope) {
      subjects(first: 1000, roleName: $maybeName, includeGlobal: $includeGlobal) {
        totalCount
        edges { node { reference rawType } roles { ${described} } }
      }
    }
    role(name: $name) {
      subjects(first: 1000, scope: $maybeScope, includeGlobal: $includeGlobal) {
        totalCount
        edges { node { reference rawType } roles { ${described} } }
      }
    }
  }
`);

const names = fc.constantFrom('admin', 'auditor', 'root');
const places = fc.constantFrom(
  { field: 'customerUuid', uuid: 'c1' },
  { field: 'customerUuid', uuid: 'c2' },
  { field: 'siteUuid', uuid: 's1' },
  { field: 'siteUuid', uuid: 'c1' },
);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

const question = fc.record({
  name: names,
  maybeName: maybe(names),
  place: places,
  hasPlace: fc.boolean(),
  scopes: maybe(fc.array(places, { minLength: 1, maxLength: 2 })),
  includeGlobal: fc.constantFrom(true, false, null, undefined),
  isGlobal: maybe(fc.boolean()),
});

describe('who holds a role where', () => {
  it('is told alike by hasRole, roles, Scope.subjects, Role.subjects and the filter, as a table of grants has it', async () => {
    await fc.assert(
      fc.asyncProperty(world(25), question, async (subjects, asked) => {
        const { name, maybeName, place, hasPlace, scopes, isGlobal } = asked;
        const inputOf = ({ field, uuid }: { field: string; uuid: string }) => ({ [field]: uuid });
        const { data, errors } = await execute({
          schema,
          document,
          variableValues: {
            name,
            maybeName,
            scope: inputOf(place),
            ...(hasPlace && { maybeScope: inputOf(place) }),
            ...(asked.includeGlobal !== undefined && { includeGlobal: asked.includeGlobal }),
            filter: {
              ...(maybeName !== undefined && { roleName: maybeName }),
              ...(scopes !== undefined && { scopes: scopes.map(inputOf) }),
              ...(asked.includeGlobal !== undefined && { includeGlobal: asked.includeGlobal }),
              ...(isGlobal !== undefined && { isGlobal }),
            },
          },
          contextValue: {
            operation: createOperation(),
            assignments: assignmentsOver(createModelSource(subjects)).forOperation(createOperation()),
          },
        });
        expect(errors).toBeUndefined();

        const table = tableOf(subjects);
        const includeGlobal = asked.includeGlobal ?? false;
        const maybeScopes = hasPlace ? [place] : undefined;
        const describeSubject = ({ reference, rawType }: Subject) => ({ reference, rawType });
        const describeRole = ({ name: held, scopes: listed }: Subject['roles'][number]) => ({
          name: held,
          isGlobal: listed.length === 0,
          scopes: {
            nodes: listed.map(({ components }) => ({
              components: components.map(({ field, uuid }) => ({ field, uuid })),
            })),
          },
        });
        const rolesOf = (index: number, met: Map<number, number[]>) =>
          (met.get(index) ?? []).map((role) => describeRole((subjects[index] as Subject).roles[role]!));
        const listOf = (met: Map<number, number[]>) => ({
          totalCount: met.size,
          edges: [...met.keys()].map((index) => ({
            node: describeSubject(subjects[index] as Subject),
            roles: rolesOf(index, met),
          })),
        });
        const named = rolesIn(table, { name, scopes: maybeScopes, includeGlobal: true });
        const held = rolesIn(table, { name: maybeName, scopes: maybeScopes, includeGlobal });
        const asksForRoles = maybeName !== undefined || scopes !== undefined || isGlobal !== undefined;
        const everybody = new Map(subjects.map(({ roles }, index) => [index, roles.map((_, role) => role)]));
        const filtered = listOf(
          asksForRoles ? rolesIn(table, { name: maybeName, scopes, includeGlobal, isGlobal }) : everybody,
        );
        expect(JSON.parse(JSON.stringify(data))).toEqual({
          all: {
            nodes: subjects.map((subject, index) => ({
              ...describeSubject(subject),
              has: named.has(index),
              counted: { totalCount: named.get(index)?.length ?? 0 },
              roles: { nodes: rolesOf(index, held) },
            })),
          },
          filtered,
          firstFiltered: { totalCount: filtered.totalCount },
          scope: { subjects: listOf(rolesIn(table, { name: maybeName, scopes: [place], includeGlobal })) },
          role: { subjects: listOf(rolesIn(table, { name, scopes: maybeScopes, includeGlobal })) },
        });
      }),
      { numRuns: 300 },
    );
  });
});
